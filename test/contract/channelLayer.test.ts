import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { createInProcessLayer } from '../../server/engines/layer/inProcess.ts';
import { openRedisLayer } from '../../server/engines/layer/redis.ts';
import type { ChannelLayer } from '../../server/ports/channelLayer.ts';
import { EngineUnavailable } from '../../server/ports/errors.ts';
import type { Log } from '../../server/ports/log.ts';
import { freePort, until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { type PrivateRedis, startRedis } from '../support/redis.ts';
import { channelLayerSuite } from './channelLayerSuite.ts';

const redisUrl = inject('redisUrl');

describe('[NP3] channel layer in this process', () => {
  channelLayerSuite((log) => Promise.resolve(createInProcessLayer(log)));
});

describe.skipIf(redisUrl === null)('[NP3] channel layer on Redis', () => {
  channelLayerSuite((log) => open(randomUUID(), log));
});

const opened: ChannelLayer[] = [];
async function open(
  prefix: string,
  log: Log = new RecordedLog(),
  url = String(redisUrl),
): Promise<ChannelLayer> {
  const layer = await openRedisLayer(url, { prefix, clock: systemClock, log });
  opened.push(layer);
  return layer;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((layer) => layer.close()));
});

/** Two processes that hear each other, and what the second has heard on `one`. */
async function pair(log = new RecordedLog(), url = String(redisUrl)) {
  const prefix = `${randomUUID()}:`;
  const [here, there] = await Promise.all([open(prefix, log, url), open(prefix, log, url)]);
  const heard: unknown[] = [];
  const cancel = await there.subscribe('one', (message) => heard.push(message));
  return { here, there, heard, cancel, prefix };
}

describe.skipIf(redisUrl === null)('[NP4] between processes', () => {
  it('messages arrive once each, in the order of their publishing', async () => {
    const { here, heard } = await pair();
    const all = Array.from({ length: 2_000 }, (_, index) => ({ index }));
    for (const message of all) here.publish('one', message);
    await until(() => expect(heard).toHaveLength(all.length));
    expect(heard).toEqual(all);
  });

  it('only those of the same prefix hear each other, and only what they subscribed to', async () => {
    const { here, there, heard, cancel } = await pair();
    const stranger = await open(`${randomUUID()}:`);
    const strange: unknown[] = [];
    await stranger.subscribe('one', (message) => strange.push(message));
    here.publish('one', 1);
    await until(() => expect(heard).toEqual([1]));
    cancel();
    await there.ping();
    const other: unknown[] = [];
    await there.subscribe('two', (message) => other.push(message));
    here.publish('one', 2);
    here.publish('two', 3);
    await until(() => expect(other).toEqual([3]));
    expect([heard, strange]).toEqual([[1], []]);
  });

  it('a family hears the keys that are open here', async () => {
    const { here, there } = await pair();
    const heard: unknown[] = [];
    const users = there.family('user.', (key, message) => heard.push([key, message]));
    await Promise.all([users.open(1), users.open(2), users.open(2)]);
    users.close(2);
    for (const [key, message] of [
      ['user.1', 'a'],
      ['user.2', 'b'],
      ['user.3', 'c'],
      ['user.1', 'd'],
    ] as const) {
      here.publish(key, message);
    }
    await until(() => expect(heard).toHaveLength(3));
    expect(heard).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['1', 'd'],
    ]);
  });

  it('a message over 1 MiB stays in its process, is logged, and the others are told of a gap', async () => {
    const log = new RecordedLog();
    const { here, there, heard } = await pair(log);
    let gaps = 0;
    there.onGap(() => (gaps += 1));
    const own: unknown[] = [];
    await here.subscribe('one', (message) => own.push(message));
    const large = 'x'.repeat(1024 * 1024);
    here.publish('one', large);
    here.publish('one', 'small');
    await until(() => expect([heard, gaps]).toEqual([['small'], 1]));
    expect(own).toEqual([large, 'small']);
    expect(log.lines).toMatchObject([
      { level: 'error', message: 'a message is too large for other processes' },
    ]);
  });

  it('what another program writes there is logged and harms no one', async () => {
    const log = new RecordedLog();
    const { here, heard, prefix } = await pair(log);
    const stranger = await open(prefix);
    await stranger.ping();
    const { Redis } = await import('ioredis');
    const client = new Redis(String(redisUrl));
    await client.publish(`${prefix}one`, 'nonsense that is long enough to have an origin');
    await client.quit();
    here.publish('one', 1);
    await until(() => expect(heard).toEqual([1]));
    expect(log.lines).toMatchObject([{ message: 'a message of another process cannot be read' }]);
  });
});

describe.skipIf(redisUrl === null)('[NP5] while Redis is away', () => {
  let redis: PrivateRedis | null = null;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.remove());

  it('a process hears itself; once Redis is back, empty, all hear each other and are told of the gap', async () => {
    if (redis === null) throw new Error('there is no Redis');
    const { here, there, heard } = await pair(new RecordedLog(), redis.url);
    const gaps = { here: 0, there: 0 };
    here.onGap(() => (gaps.here += 1));
    there.onGap(() => (gaps.there += 1));
    const own: unknown[] = [];
    await here.subscribe('one', (message) => own.push(message));
    await redis.kill();
    await until(() => expect(here.ping()).rejects.toThrow());
    here.publish('one', 'lost');
    expect(own).toEqual(['lost']);
    const late: unknown[] = [];
    await there.subscribe('late', (message) => late.push(message));
    await redis.start();
    await until(() => expect(Math.min(gaps.here, gaps.there)).toBeGreaterThan(0));
    await until(() => Promise.all([here.ping(), there.ping()]));
    await until(() => {
      here.publish('one', 'found');
      here.publish('late', 'found');
      expect([heard.at(-1), late.at(-1)]).toEqual(['found', 'found']);
    });
    expect(heard).not.toContain('lost');
  });
});

describe('[CM3] a Redis that is not there', () => {
  it('stops the start with one line that names the place and no password', async () => {
    const port = await freePort();
    const opening = openRedisLayer(`redis://user:sesame@127.0.0.1:${port}/0`, {
      prefix: '',
      clock: systemClock,
      log: new RecordedLog(),
    });
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toContain(`Redis at 127.0.0.1:${port} cannot be used: connect ECONNREFUSED`);
    expect(String(error)).not.toMatch(/sesame|\n/);
  });
});
