import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openBullQueue } from '../../server/engines/queue/bull.ts';
import { createInProcessQueue } from '../../server/engines/queue/inProcess.ts';
import type { JobQueue } from '../../server/ports/queue.ts';
import type { OutboxStore } from '../../server/domain/outboxStore.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startRedis } from '../support/redis.ts';
import { hasEngine } from '../support/store.ts';
import { GATHER_WINDOW_MS, OutboxHarness } from './outboxHarness.ts';

const HOUR_MS = 3_600_000;

describe('outbox relay', () => {
  let harness: OutboxHarness;

  beforeEach(async () => {
    harness = await OutboxHarness.open();
  });

  afterEach(() => harness.close());

  const arrived = (...letters: string[]) =>
    until(async () => expect(await harness.letters()).toEqual(letters));

  it('[OU6] sends the first letter at once and those of the next minute as one, at its very end', async () => {
    const process = harness.start();
    await process.asleep();
    const sentAtMs = harness.clock.nowMs() + 1_000;
    await harness.clock.advance(1_000);
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    process.relay.nudge();
    await harness.clock.advance(0);
    await arrived('buyer1@example.com Rs. 3100.00');

    for (const rupees of [3_200, 3_400, 3_600]) {
      await harness.clock.advance(10_000);
      await harness.bid(1, rupees);
      await harness.bid(2, rupees + 100);
      process.relay.nudge();
      await harness.clock.advance(100);
      await process.asleep();
    }
    expect(await harness.store.outbox.nextDueAtMs()).toBe(sentAtMs + GATHER_WINDOW_MS);
    await harness.clock.advance(sentAtMs + GATHER_WINDOW_MS - 1 - harness.clock.nowMs());
    await process.asleep();
    await harness.clock.advance(0);
    expect(await harness.letters()).not.toContain('buyer1@example.com Rs. 3700.00');

    await harness.clock.advance(1);
    await until(async () => expect(await harness.letters()).toContain('buyer1@example.com Rs. 3700.00'));
    const toFirst = (await harness.letters()).filter((letter) => letter.startsWith('buyer1'));
    expect(toFirst).toEqual(['buyer1@example.com Rs. 3100.00', 'buyer1@example.com Rs. 3700.00']);
  });

  it('looks once for many nudges', async () => {
    let looks = 0;
    const { outbox } = harness.store;
    const claimDue: OutboxStore['claimDue'] = (...asked) => {
      looks += 1;
      return outbox.claimDue(...asked);
    };
    const process = harness.start({ outbox: { ...outbox, claimDue } });
    await process.asleep();
    expect(looks).toBe(1);
    for (let nudges = 0; nudges < 100; nudges += 1) process.relay.nudge();
    await harness.clock.advance(50);
    for (let nudges = 0; nudges < 100; nudges += 1) process.relay.nudge();
    await process.asleep();
    expect(looks).toBe(2);
  });

  it('finds the rows of other processes within five seconds', async () => {
    const process = harness.start();
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    await harness.clock.advance(5_000);
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('puts letters back that the queue does not take, says so once, and hands them over later', async () => {
    const taking = createInProcessQueue(new RecordedLog(), { concurrency: 1 });
    let isAway = true;
    let refusals = 0;
    const unlessAway = async (ask: () => Promise<void>) => {
      if (isAway) refusals += 1;
      return isAway ? Promise.reject(new Error('away')) : ask();
    };
    const queue: JobQueue = {
      add: (ids) => unlessAway(() => taking.add(ids)),
      ping: () => unlessAway(() => taking.ping()),
      consume: (handle) => taking.consume(handle),
      close: () => taking.close(),
    };
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    const process = harness.start({ queue });
    await process.asleep();
    expect(await harness.store.outbox.nextDueAtMs()).not.toBeNull();
    for (let seconds = 0; seconds < 60; seconds += 1) {
      process.relay.nudge();
      await harness.clock.advance(1_000);
      await process.asleep();
    }
    expect(refusals).toBeLessThan(10);
    expect(process.log.messages('warn')).toEqual(['letters wait in the outbox']);

    isAway = false;
    await harness.clock.advance(30_000);
    await arrived('buyer1@example.com Rs. 3100.00');
    expect(process.log.messages('info')).toEqual(['letters are handed over again']);
  });

  it('outlives a store that is away, says so once, and goes on by itself', async () => {
    const { outbox } = harness.store;
    let isAway = true;
    const claimDue: OutboxStore['claimDue'] = (...asked) =>
      isAway ? Promise.reject(new StoreUnavailable('away')) : outbox.claimDue(...asked);
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    const process = harness.start({ outbox: { ...outbox, claimDue } });
    for (const pauseMs of [1_000, 2_000, 4_000]) {
      await process.asleep();
      await harness.clock.advance(pauseMs);
    }
    await process.asleep();
    expect(process.log.messages('warn')).toHaveLength(1);
    isAway = false;
    await harness.clock.advance(30_000);
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('[LE2] sends what was queued when the process ended', async () => {
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    expect(await harness.store.outbox.claimDue(harness.clock.nowMs(), 10, GATHER_WINDOW_MS)).toHaveLength(1);
    await harness.clock.advance(1);
    harness.start();
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('[LE2] hands over again, after five minutes, what the queue forgot', async () => {
    const process = harness.start();
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    expect(await harness.store.outbox.claimDue(harness.clock.nowMs(), 10, GATHER_WINDOW_MS)).toHaveLength(1);
    for (let seconds = 0; seconds < 300; seconds += 5) {
      await harness.clock.advance(5_000);
      await process.asleep();
    }
    expect(await harness.letters()).toEqual([]);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await harness.clock.advance(5_000);
      await process.asleep();
    }
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('[SA17] sends new letters at once, although the wall clock was set back by an hour', async () => {
    const process = harness.start();
    await process.asleep();
    harness.clock.jump(-HOUR_MS);
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    process.relay.nudge();
    await harness.clock.advance(50);
    await arrived('buyer1@example.com Rs. 3100.00');
    // This one is gathered, and waits no longer than a window of the new time.
    await harness.bid(1, 3_200);
    await harness.bid(2, 3_300);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await process.asleep();
      await harness.clock.advance(5_000);
    }
    await until(async () => expect(await harness.letters()).toContain('buyer1@example.com Rs. 3300.00'));
  });

  it('[SA17] finds within seconds what was due in an hour because the wall clock was set back', async () => {
    const process = harness.start();
    await process.asleep();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    harness.clock.jump(-HOUR_MS);
    await harness.clock.advance(5_000);
    await arrived('buyer1@example.com Rs. 3100.00');
    expect(process.log.messages('warn')).toEqual(['the wall clock was set']);
  });

  it('[SA17] gathers for a window at most after a letter of the time before', async () => {
    const process = harness.start();
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    process.relay.nudge();
    await harness.clock.advance(50);
    await arrived('buyer1@example.com Rs. 3100.00');
    harness.clock.jump(-HOUR_MS);
    await harness.bid(1, 3_200);
    await harness.bid(2, 3_300);
    for (let seconds = 0; seconds < 70; seconds += 5) {
      await process.asleep();
      await harness.clock.advance(5_000);
    }
    await until(async () => expect(await harness.letters()).toContain('buyer1@example.com Rs. 3300.00'));
  });

  it('[SA17] hands over at its start what a clock dated that was an hour ahead', async () => {
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    await harness.bid(3, 3_200);
    const { outbox } = harness.store;
    expect(await outbox.claimDue(harness.clock.nowMs(), 1, GATHER_WINDOW_MS)).toHaveLength(1);
    harness.clock.jump(-HOUR_MS);
    harness.start();
    await until(async () => {
      const letters = [...(await harness.letters())].sort();
      expect(letters).toEqual(['buyer1@example.com Rs. 3200.00', 'buyer2@example.com Rs. 3200.00']);
    });
  });

  it('[SA17] takes nothing for forgotten because the wall clock was set ahead', async () => {
    const handedOver: number[] = [];
    const deaf: JobQueue = {
      add: (ids) => Promise.resolve(void handedOver.push(...ids)),
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
      consume: () => undefined,
    };
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);
    const process = harness.start({ queue: deaf });
    await until(() => expect(handedOver).toHaveLength(1));
    await process.asleep();
    harness.clock.jump(HOUR_MS);
    const pass = async (untilSeconds: number) => {
      for (let seconds = 0; seconds < untilSeconds; seconds += 5) {
        await harness.clock.advance(5_000);
        await process.asleep();
      }
    };
    await pass(295);
    expect(handedOver).toHaveLength(1);
    await pass(60);
    expect(handedOver).toHaveLength(2);
  });

  it('ends its look before it stops, and looks no more', async () => {
    const process = harness.start();
    await process.stop();
    expect(harness.clock.pendingTimers).toBe(0);
    process.relay.nudge();
    expect(harness.clock.pendingTimers).toBe(0);
  });

  it.skipIf(inject('redisUrl') === null)('[LE2] loses no letter with the memory of Redis', async () => {
    const redis = await startRedis();
    if (redis === null) throw new Error('redis-server is gone');
    const name = randomUUID();
    const openQueue = () => openBullQueue(redis.url, new RecordedLog(), { name, concurrency: 1 });
    await harness.bid(1, 3_000);
    await harness.bid(2, 3_100);

    const idle = await openQueue();
    const deaf: JobQueue = {
      add: (ids) => idle.add(ids),
      ping: () => idle.ping(),
      close: () => idle.close(),
      consume: () => undefined,
    };
    const process = harness.start({ queue: deaf });
    await process.asleep();
    expect(await harness.store.outbox.nextDueAtMs()).toBeNull();
    await redis.kill();
    await redis.start();
    await process.stop();

    await harness.clock.advance(5 * 60_000 + 1);
    const queue = await openQueue();
    const next = harness.start({ queue });
    await arrived('buyer1@example.com Rs. 3100.00');
    await next.stop();
    await redis.remove();
  });
});

describe.skipIf(!hasEngine('mysql'))('two relays on one MariaDB', () => {
  it('[OU6] hand over each letter once', async () => {
    const harness = await OutboxHarness.open('mysql');
    const handedOver: number[] = [];
    const recording = (): JobQueue => ({
      add: (ids) => Promise.resolve(void handedOver.push(...ids)),
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
      consume: () => undefined,
    });
    const stores = [harness.store, await harness.reopen()];
    const processes = stores.map(({ outbox }) => {
      const clock = new ManualClock();
      return { clock, process: harness.start({ outbox, queue: recording(), clock }) };
    });
    for (let bid = 0; bid < 40; bid += 1) {
      await harness.bid((bid % 8) + 1, 3_000 + bid);
      await Promise.all(
        processes.map(async ({ clock, process }) => {
          process.relay.nudge();
          await clock.advance(100);
        }),
      );
    }
    await until(() => expect(new Set(handedOver).size).toBe(8));
    for (const { process } of processes) await process.asleep();
    expect(handedOver.toSorted((a, b) => a - b)).toEqual([...new Set(handedOver)].toSorted((a, b) => a - b));
    await harness.close();
  });
});
