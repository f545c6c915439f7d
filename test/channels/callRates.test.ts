import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientRates } from '../../server/channels/clientRates.ts';
import { KeyedWindow } from '../../server/channels/keyedWindow.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { testLimits } from '../support/limits.ts';
import { ManualClock } from '../support/manualClock.ts';

const USER = 1;

describe('a limit of calls', () => {
  const start = (changes: Parameters<typeof testLimits>[0] = {}) => {
    const clock = new ManualClock();
    return { clock, rates: new ClientRates(testLimits(changes), clock, createPrometheusMetrics()) };
  };

  it.each([
    ['callInitiate', 5],
    ['callCancel', 20],
    ['callEnd', 20],
  ] as const)('[CA21] lets %s through %i times within any 60 s, and no more', async (action, count) => {
    const { clock, rates } = start();
    const take = () => rates.take(USER, action);
    // Spread over 58 s: a bucket would have filled up again meanwhile.
    for (let taken = 0; taken < count; taken += 1) {
      expect(take()).toBe(true);
      await clock.advance(58_000 / count);
    }
    expect(take()).toBe(false);
    await clock.advance(1_999);
    expect(take()).toBe(false);
    await clock.advance(1);
    expect([take(), take()]).toEqual([true, false]);
  });

  it('[CA21] does not count what it refuses', async () => {
    const { clock, rates } = start({ callInitiatesPerMinute: 1 });
    expect(rates.take(USER, 'callInitiate')).toBe(true);
    for (let refused = 0; refused < 59; refused += 1) {
      await clock.advance(1_000);
      expect(rates.take(USER, 'callInitiate')).toBe(false);
    }
    await clock.advance(1_000);
    expect(rates.take(USER, 'callInitiate')).toBe(true);
  });

  it('[LI8] is off at 0', () => {
    const { rates } = start({ callInitiatesPerMinute: 0 });
    const taken = Array.from({ length: 100 }, () => rates.take(USER, 'callInitiate'));
    expect(taken).not.toContain(false);
  });
});

describe('a window of a minute for each key', () => {
  it('[CA21] holds over every 60 s, whenever it is asked', async () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 25_000 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), pauses, async (perMinute, pausesMs) => {
        const clock = new ManualClock();
        const rate = new KeyedWindow<string>(perMinute, clock);
        const takenAtMs: number[] = [];
        for (const pauseMs of pausesMs) {
          await clock.advance(pauseMs);
          const nowMs = clock.elapsedMs();
          const recent = takenAtMs.filter((atMs) => nowMs - atMs < 60_000).length;
          const isTaken = rate.take('a');
          expect(isTaken).toBe(recent < perMinute);
          if (isTaken) takenAtMs.push(nowMs);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('[CA21] [SA5] counts each key for itself, and forgets once a minute those that have been quiet', async () => {
    const clock = new ManualClock();
    const rate = new KeyedWindow<string>(2, clock);
    await clock.advance(30_000);
    expect([rate.take('a'), rate.take('a'), rate.take('a'), rate.take('b')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    await clock.advance(30_000);
    expect([rate.take('a'), rate.take('b'), rate.take('b')]).toEqual([false, true, false]);
    await clock.advance(60_000);
    expect([rate.take('a'), rate.take('a'), rate.take('a')]).toEqual([true, true, false]);
  });
});
