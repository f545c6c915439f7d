import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openBullQueue } from '../../server/engines/queue/bull.ts';
import { createInProcessQueue } from '../../server/engines/queue/inProcess.ts';
import type { JobQueue } from '../../server/ports/queue.ts';
import { type OutboxStore, StoreUnavailable } from '../../server/ports/store.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startRedis } from '../support/redis.ts';
import { hasEngine } from '../support/store.ts';
import { GATHER_WINDOW_MS, Street } from './postOffice.ts';

const HOUR_MS = 3_600_000;

describe('outbox relay', () => {
  let street: Street;

  beforeEach(async () => {
    street = await Street.open();
  });

  afterEach(() => street.close());

  const arrived = (...letters: string[]) =>
    until(async () => expect(await street.letters()).toEqual(letters));

  it('[OU6] sends the first letter at once and those of the next minute as one, at its very end', async () => {
    const office = street.start();
    await office.asleep();
    const sentAtMs = street.clock.nowMs() + 1_000;
    await street.clock.advance(1_000);
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    office.relay.nudge();
    await street.clock.advance(0);
    await arrived('buyer1@example.com Rs. 3100.00');

    for (const rupees of [3_200, 3_400, 3_600]) {
      await street.clock.advance(10_000);
      await street.bid(1, rupees);
      await street.bid(2, rupees + 100);
      office.relay.nudge();
      await street.clock.advance(100);
      await office.asleep();
    }
    expect(await street.store.outbox.nextDueAtMs()).toBe(sentAtMs + GATHER_WINDOW_MS);
    await street.clock.advance(sentAtMs + GATHER_WINDOW_MS - 1 - street.clock.nowMs());
    await office.asleep();
    await street.clock.advance(0);
    expect(await street.letters()).not.toContain('buyer1@example.com Rs. 3700.00');

    await street.clock.advance(1);
    await until(async () => expect(await street.letters()).toContain('buyer1@example.com Rs. 3700.00'));
    const toFirst = (await street.letters()).filter((letter) => letter.startsWith('buyer1'));
    expect(toFirst).toEqual(['buyer1@example.com Rs. 3100.00', 'buyer1@example.com Rs. 3700.00']);
  });

  it('looks once for many nudges', async () => {
    let looks = 0;
    const { outbox } = street.store;
    const claimDue: OutboxStore['claimDue'] = (...asked) => {
      looks += 1;
      return outbox.claimDue(...asked);
    };
    const office = street.start({ outbox: { ...outbox, claimDue } });
    await office.asleep();
    expect(looks).toBe(1);
    for (let nudges = 0; nudges < 100; nudges += 1) office.relay.nudge();
    await street.clock.advance(50);
    for (let nudges = 0; nudges < 100; nudges += 1) office.relay.nudge();
    await office.asleep();
    expect(looks).toBe(2);
  });

  it('finds the rows of other processes within five seconds', async () => {
    const office = street.start();
    await office.asleep();
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    await street.clock.advance(5_000);
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
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    const office = street.start({ queue });
    await office.asleep();
    expect(await street.store.outbox.nextDueAtMs()).not.toBeNull();
    for (let seconds = 0; seconds < 60; seconds += 1) {
      office.relay.nudge();
      await street.clock.advance(1_000);
      await office.asleep();
    }
    expect(refusals).toBeLessThan(10);
    expect(office.log.messages('warn')).toEqual(['letters wait in the outbox']);

    isAway = false;
    await street.clock.advance(30_000);
    await arrived('buyer1@example.com Rs. 3100.00');
    expect(office.log.messages('info')).toEqual(['letters are handed over again']);
  });

  it('outlives a store that is away, says so once, and goes on by itself', async () => {
    const { outbox } = street.store;
    let isAway = true;
    const claimDue: OutboxStore['claimDue'] = (...asked) =>
      isAway ? Promise.reject(new StoreUnavailable('away')) : outbox.claimDue(...asked);
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    const office = street.start({ outbox: { ...outbox, claimDue } });
    for (const pauseMs of [1_000, 2_000, 4_000]) {
      await office.asleep();
      await street.clock.advance(pauseMs);
    }
    await office.asleep();
    expect(office.log.messages('warn')).toHaveLength(1);
    isAway = false;
    await street.clock.advance(30_000);
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('[LE2] sends what was queued when the process ended', async () => {
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    expect(await street.store.outbox.claimDue(street.clock.nowMs(), 10, GATHER_WINDOW_MS)).toHaveLength(1);
    await street.clock.advance(1);
    street.start();
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('[LE2] hands over again, after five minutes, what the queue forgot', async () => {
    const office = street.start();
    await office.asleep();
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    expect(await street.store.outbox.claimDue(street.clock.nowMs(), 10, GATHER_WINDOW_MS)).toHaveLength(1);
    for (let seconds = 0; seconds < 300; seconds += 5) {
      await street.clock.advance(5_000);
      await office.asleep();
    }
    expect(await street.letters()).toEqual([]);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await street.clock.advance(5_000);
      await office.asleep();
    }
    await arrived('buyer1@example.com Rs. 3100.00');
  });

  it('[SA17] sends new letters at once, although the wall clock was set back by an hour', async () => {
    const office = street.start();
    await office.asleep();
    street.clock.jump(-HOUR_MS);
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    office.relay.nudge();
    await street.clock.advance(50);
    await arrived('buyer1@example.com Rs. 3100.00');
    // This one is gathered, and waits no longer than a window of the new time.
    await street.bid(1, 3_200);
    await street.bid(2, 3_300);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await office.asleep();
      await street.clock.advance(5_000);
    }
    await until(async () => expect(await street.letters()).toContain('buyer1@example.com Rs. 3300.00'));
  });

  it('[SA17] finds within seconds what was due in an hour because the wall clock was set back', async () => {
    const office = street.start();
    await office.asleep();
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    street.clock.jump(-HOUR_MS);
    await street.clock.advance(5_000);
    await arrived('buyer1@example.com Rs. 3100.00');
    expect(office.log.messages('warn')).toEqual(['the wall clock was set']);
  });

  it('[SA17] gathers for a window at most after a letter of the time before', async () => {
    const office = street.start();
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    office.relay.nudge();
    await street.clock.advance(50);
    await arrived('buyer1@example.com Rs. 3100.00');
    street.clock.jump(-HOUR_MS);
    await street.bid(1, 3_200);
    await street.bid(2, 3_300);
    for (let seconds = 0; seconds < 70; seconds += 5) {
      await office.asleep();
      await street.clock.advance(5_000);
    }
    await until(async () => expect(await street.letters()).toContain('buyer1@example.com Rs. 3300.00'));
  });

  it('[SA17] hands over at its start what a clock dated that was an hour ahead', async () => {
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    await street.bid(3, 3_200);
    const { outbox } = street.store;
    expect(await outbox.claimDue(street.clock.nowMs(), 1, GATHER_WINDOW_MS)).toHaveLength(1);
    street.clock.jump(-HOUR_MS);
    street.start();
    await until(async () => {
      const letters = [...(await street.letters())].sort();
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
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);
    const office = street.start({ queue: deaf });
    await until(() => expect(handedOver).toHaveLength(1));
    await office.asleep();
    street.clock.jump(HOUR_MS);
    const pass = async (untilSeconds: number) => {
      for (let seconds = 0; seconds < untilSeconds; seconds += 5) {
        await street.clock.advance(5_000);
        await office.asleep();
      }
    };
    await pass(295);
    expect(handedOver).toHaveLength(1);
    await pass(60);
    expect(handedOver).toHaveLength(2);
  });

  it('ends its look before it stops, and looks no more', async () => {
    const office = street.start();
    await office.stop();
    expect(street.clock.pendingTimers).toBe(0);
    office.relay.nudge();
    expect(street.clock.pendingTimers).toBe(0);
  });

  it.skipIf(inject('redisUrl') === null)('[LE2] loses no letter with the memory of Redis', async () => {
    const redis = await startRedis();
    if (redis === null) throw new Error('redis-server is gone');
    const name = randomUUID();
    const openQueue = () => openBullQueue(redis.url, new RecordedLog(), { name, concurrency: 1 });
    await street.bid(1, 3_000);
    await street.bid(2, 3_100);

    const idle = await openQueue();
    const deaf: JobQueue = {
      add: (ids) => idle.add(ids),
      ping: () => idle.ping(),
      close: () => idle.close(),
      consume: () => undefined,
    };
    const office = street.start({ queue: deaf });
    await office.asleep();
    expect(await street.store.outbox.nextDueAtMs()).toBeNull();
    await redis.kill();
    await redis.start();
    await office.stop();

    await street.clock.advance(5 * 60_000 + 1);
    const queue = await openQueue();
    const next = street.start({ queue });
    await arrived('buyer1@example.com Rs. 3100.00');
    await next.stop();
    await redis.remove();
  });
});

describe.skipIf(!hasEngine('mysql'))('two relays on one MariaDB', () => {
  it('[OU6] hand over each letter once', async () => {
    const street = await Street.open('mysql');
    const handedOver: number[] = [];
    const recording = (): JobQueue => ({
      add: (ids) => Promise.resolve(void handedOver.push(...ids)),
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
      consume: () => undefined,
    });
    const stores = [street.store, await street.reopen()];
    const offices = stores.map(({ outbox }) => {
      const clock = new ManualClock();
      return { clock, office: street.start({ outbox, queue: recording(), clock }) };
    });
    for (let bid = 0; bid < 40; bid += 1) {
      await street.bid((bid % 8) + 1, 3_000 + bid);
      await Promise.all(
        offices.map(async ({ clock, office }) => {
          office.relay.nudge();
          await clock.advance(100);
        }),
      );
    }
    await until(() => expect(new Set(handedOver).size).toBe(8));
    for (const { office } of offices) await office.asleep();
    expect(handedOver.toSorted((a, b) => a - b)).toEqual([...new Set(handedOver)].toSorted((a, b) => a - b));
    await street.close();
  });
});
