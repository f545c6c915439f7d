import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { openRedisLayer } from '../../server/engines/layer/redis.ts';
import { createInProcessPresence } from '../../server/engines/presence/inProcess.ts';
import { openRedisPresence } from '../../server/engines/presence/redis.ts';
import type { Clock } from '../../server/ports/clock.ts';
import type { NodeDirectory } from '../../server/ports/nodeDirectory.ts';
import type { Presence } from '../../server/ports/presence.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { type PrivateRedis, startRedis } from '../support/redis.ts';
import { presenceSuite } from './presenceSuite.ts';

const redisUrl = inject('redisUrl');
/** A dead node is found out by others within its lease and one renewal. */
const FOUND_OUT_MS = 20_000;
const TIME_LIMIT_MS = 60_000;

describe('[NP6] presence in this process', () => {
  presenceSuite(() => Promise.resolve(createInProcessPresence()));
});

/** One node with its own connections to Redis, which can be stopped as a frozen process is. */
interface Node {
  readonly presence: Presence & NodeDirectory;
  freeze(): void;
  resume(): void;
}

const nodes: Node[] = [];
const closings: (() => Promise<void>)[] = [];

async function openNode(prefix: string, url = String(redisUrl)): Promise<Node> {
  const log = new RecordedLog();
  let isFrozen = false;
  // A frozen process runs no timer.
  const clock: Clock = {
    ...systemClock,
    every: (intervalMs, run) => systemClock.every(intervalMs, () => isFrozen || run()),
  };
  const layer = await openRedisLayer(url, { prefix, clock, log });
  const presence = await openRedisPresence(url, { prefix, nodeId: randomUUID(), layer, clock, log });
  closings.push(async () => {
    await presence.close();
    await layer.close();
  });
  const node = { presence, freeze: () => (isFrozen = true), resume: () => (isFrozen = false) };
  nodes.push(node);
  return node;
}
afterEach(async () => {
  nodes.length = 0;
  await Promise.all(closings.splice(0).map((close) => close()));
});

describe.skipIf(redisUrl === null)('[NP6] presence on Redis', { timeout: TIME_LIMIT_MS }, () => {
  presenceSuite(async () => (await openNode(`${randomUUID()}:`)).presence);

  it('a count is the sum over all nodes, also for one that begins to watch later', async () => {
    const prefix = `${randomUUID()}:`;
    const [one, two, three] = await Promise.all([openNode(prefix), openNode(prefix), openNode(prefix)]);
    const told: number[] = [];
    await one.presence.watch('a', (count) => told.push(count));
    for (let joined = 0; joined < 50; joined += 1) two.presence.join('a');
    one.presence.join('a');
    await until(() => expect(one.presence.countOf('a')).toBe(51));
    await three.presence.watch('a', () => undefined);
    await until(() => expect(three.presence.countOf('a')).toBe(51));
    for (let left = 0; left < 50; left += 1) two.presence.leave('a');
    await until(() => expect([one, three].map(({ presence }) => presence.countOf('a'))).toEqual([1, 1]));
    expect(told.at(-1)).toBe(1);
  });

  it('is asked of Redis, and absence is believed only once every node had time to enter itself', async () => {
    const prefix = `${randomUUID()}:`;
    const [one, two] = await Promise.all([openNode(prefix), openNode(prefix)]);
    two.presence.join('a');
    await until(async () => expect(await one.presence.isPresent('a')).toBe(true));
    expect(await one.presence.isPresent('b')).toBe('unknown');
    await until(async () => expect(await one.presence.isPresent('b')).toBe(false), FOUND_OUT_MS);
  });

  it('a node that stops counts for nothing, one other does what follows, and it enters itself anew', async () => {
    const prefix = `${randomUUID()}:`;
    const [one, two, frozen] = await Promise.all([openNode(prefix), openNode(prefix), openNode(prefix)]);
    const lost: string[] = [];
    for (const { presence } of [one, two]) presence.onLost((key) => lost.push(key));
    await one.presence.watch('both', () => undefined);
    frozen.presence.join('alone');
    frozen.presence.join('both');
    two.presence.join('both');
    await until(() => expect(one.presence.countOf('both')).toBe(2));
    frozen.freeze();
    await until(() => expect(lost).toEqual(['alone']), FOUND_OUT_MS);
    await until(() => expect(one.presence.countOf('both')).toBe(1), FOUND_OUT_MS);
    frozen.resume();
    await until(() => expect(one.presence.countOf('both')).toBe(2), FOUND_OUT_MS);
    await until(async () => expect(await one.presence.isPresent('alone')).toBe(true));
    expect(lost).toEqual(['alone']);
  });
});

describe.skipIf(redisUrl === null)('[NP7] presence while Redis is away', { timeout: TIME_LIMIT_MS }, () => {
  let redis: PrivateRedis | null = null;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.remove());

  it('no one is gone then, nor while nodes enter an empty Redis anew', async () => {
    if (redis === null) throw new Error('there is no Redis');
    const prefix = `${randomUUID()}:`;
    const [one, two] = await Promise.all([openNode(prefix, redis.url), openNode(prefix, redis.url)]);
    const lost: string[] = [];
    one.presence.onLost((key) => lost.push(key));
    two.presence.join('a');
    await until(async () => expect(await one.presence.isPresent('b')).toBe(false), FOUND_OUT_MS);
    await redis.kill();
    await until(async () => expect(await one.presence.isPresent('a')).toBe('unknown'));
    expect(await two.presence.isPresent('a')).toBe(true);
    await redis.start();
    await until(async () => {
      const answer = await one.presence.isPresent('a');
      expect(answer).not.toBe(false);
      expect(answer).toBe(true);
    });
    expect(await one.presence.isPresent('b')).toBe('unknown');
    expect(lost).toEqual([]);
  });
});
