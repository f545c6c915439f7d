import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import { EngineUnavailable } from '../../ports/errors.ts';
import type { TransportContext } from './context.ts';

/** How often a port is tried, and for how long: the port of a killed process becomes free a moment later. */
const TRIED_EVERY_MS = 250;
const GIVEN_UP_AFTER_MS = 5_000;

/** So long the own port may take to answer. */
const ANSWERS_WITHIN_MS = 5_000;

/** Where nothing is sent to, and where to send it instead. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** What came of trying to listen once: the port that is listened on, or that another process has it. */
export type Attempt = { readonly port: number } | 'taken';

/** Stops the start-up: the port cannot be listened on. */
export function cannotListen(host: string, port: number, cause: string): EngineUnavailable {
  return new EngineUnavailable(`Cannot listen on ${host}:${port}: ${cause}`);
}

/** Whether a failure to listen means that another process listens there. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** What a failure says for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Listens by `attempt`, which rejects where trying again is of no use, and gives the port once it answers. While the
 * port is taken it is tried again for five seconds; the log says so once. Rejects with {@link EngineUnavailable}.
 */
export async function listenOnceFree(
  host: string,
  port: number,
  attempt: () => Promise<Attempt>,
  { clock, log }: TransportContext,
): Promise<number> {
  const startedAtMs = clock.elapsedMs();
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt();
    if (outcome !== 'taken') {
      await expectAnswer(host, outcome.port, clock);
      return outcome.port;
    }
    if (tries === 1) log.warn(`waiting for port ${port}: another process listens there`);
    if (clock.elapsedMs() - startedAtMs >= GIVEN_UP_AFTER_MS) {
      throw cannotListen(host, port, 'the address is already in use');
    }
    await new Promise<void>((resolve) => void clock.after(TRIED_EVERY_MS, resolve));
  }
}

/**
 * Why Node could not listen there: `null` when it could. The system answers at once, also where a connection would wait
 * for a listener that takes none.
 */
export async function whyNotListen(host: string, port: number): Promise<unknown> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
    return null;
  } catch (error) {
    return error;
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}

/** Connects; rejects where that does not succeed in time. */
async function expectAnswer(host: string, port: number, clock: Clock): Promise<void> {
  const probe = connect(port, WILDCARDS[host] ?? host);
  const patience = new AbortController();
  const cancel = clock.after(ANSWERS_WITHIN_MS, () => patience.abort());
  try {
    await once(probe, 'connect', { signal: patience.signal });
  } catch (error) {
    const cause = patience.signal.aborted ? `no answer within ${ANSWERS_WITHIN_MS} ms` : messageOf(error);
    throw cannotListen(host, port, `it cannot be reached there: ${cause}`);
  } finally {
    cancel();
    probe.destroy();
  }
}
