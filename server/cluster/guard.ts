import type { Cancel, Clock } from '../ports/clock.ts';
import { EngineUnavailable } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import type { NodeDirectory } from '../ports/nodeDirectory.ts';
import type { Release, ServingStore } from './servingStore.ts';

/** How often a node stores that it lives. */
const BEAT_MS = 2_000;
/** A node that stored nothing for that long is taken to be dead. */
const LIVING_MS = 6_000;
/** How long a start waits for another process to end, or to be known dead; then it gives up. */
const PATIENCE_MS = 8_000;
const LOOK_EVERY_MS = 250;

const SERVED_ALONE = 'another process serves this database';
const SET_REDIS = 'set REDIS_URL on all of them to let several serve it';
const STRANGERS =
  'other processes serve this database with another REDIS_URL or REDIS_PREFIX: all must have the same';

/** What the guard works with. */
export interface GuardServices {
  readonly serving: ServingStore;
  /** `null`: this process has no Redis, and serves alone. */
  readonly directory: NodeDirectory | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when this process may serve no longer. */
  readonly lost: () => void;
}

/**
 * Sees to it that a database is served by one process, or by nodes that know each other (NP1, NP2). Resolves when
 * this process may serve; throws {@link EngineUnavailable}, with one line for the operator, after some seconds otherwise.
 */
export async function takeDatabase(services: GuardServices): Promise<Release> {
  const { serving, directory } = services;
  const isAlone = directory === null || !serving.canBeShared;
  const release = await (isAlone ? serveAlone(services) : serveTogether(services, directory));
  let released: Promise<void> | null = null;
  return () => (released ??= release());
}

async function serveAlone({ serving, clock, lost }: GuardServices): Promise<Release> {
  const patiently = patienceOf(clock);
  const release = await patiently(() => serving.takeAlone(lost));
  if (release === null) {
    throw new EngineUnavailable(serving.canBeShared ? `${SERVED_ALONE}; ${SET_REDIS}` : SERVED_ALONE);
  }
  const isFree = await patiently(async () => (await serving.living(LIVING_MS)).length === 0 || null);
  if (isFree !== null) return release;
  await release();
  throw new EngineUnavailable(`other processes serve this database with Redis; ${SET_REDIS}`);
}

/** A node enters itself before it looks for others: of two that start at once, one at least sees the other. */
async function serveTogether(
  { serving, clock, log }: GuardServices,
  directory: NodeDirectory,
): Promise<Release> {
  const patiently = patienceOf(clock);
  const { nodeId } = directory;
  await serving.beat(nodeId);
  const stopBeating = keepBeating(serving, nodeId, clock, log);
  const release = async () => {
    stopBeating();
    // Its row is too old to count in a moment.
    await serving
      .forget(nodeId)
      .catch((error: unknown) => log.debug('a node could not take itself out', { error }));
  };
  const isFree = await patiently(async () => !(await serving.isTakenAlone()) || null);
  const haveMet = await patiently(async () => {
    const others = (await serving.living(LIVING_MS)).filter((other) => other !== nodeId);
    return (await directory.known(others)).length === others.length || null;
  });
  if (isFree !== null && haveMet !== null) return release;
  await release();
  throw new EngineUnavailable(isFree === null ? `${SERVED_ALONE} without Redis; ${SET_REDIS}` : STRANGERS);
}

function keepBeating(serving: ServingStore, nodeId: string, clock: Clock, log: Log): Cancel {
  return clock.every(BEAT_MS, () => {
    serving
      .beat(nodeId)
      .catch((error: unknown) => log.debug('a node could not store that it lives', { error }));
  });
}

/** Asks until there is an answer; `null`: there was none in time. All that is asked shares the time. */
function patienceOf(clock: Clock): <Answer>(ask: () => Promise<Answer | null>) => Promise<Answer | null> {
  const untilMs = clock.elapsedMs() + PATIENCE_MS;
  return async (ask) => {
    for (;;) {
      const answer = await ask();
      if (answer !== null || clock.elapsedMs() >= untilMs) return answer;
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
  };
}
