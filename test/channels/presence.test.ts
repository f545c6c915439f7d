import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Presence } from '../../server/channels/presence.ts';
import { ManualClock } from '../support/manualClock.ts';

describe('the number of viewers', () => {
  it('[SA9] is told at once, then at most 4 times a second, and the last number always', async () => {
    const clock = new ManualClock();
    const startedAtMs = clock.elapsedMs();
    const told: [string, number, number][] = [];
    const presence = new Presence<string>(clock, (key, count) =>
      told.push([key, count, clock.elapsedMs() - startedAtMs]),
    );
    for (let times = 0; times < 500; times += 1) {
      presence.join('a');
      if (times % 5 > 0) presence.leave('a');
      await clock.advance(2);
    }
    presence.join('b');
    expect(told.length).toBeLessThanOrEqual(6);
    await clock.advance(1_000);
    expect(told[0]).toEqual(['a', 1, 0]);
    expect(told.filter(([key]) => key === 'b')).toEqual([['b', 1, 1_000]]);
    expect(told.filter(([key]) => key === 'a').at(-1)?.[1]).toBe(100);
    expect(clock.pendingTimers).toBe(0);
  });

  it('[SA9] [GW6] ends at the truth whatever comes and goes, and no two are told within 250 ms', async () => {
    const step = fc.record({ joins: fc.boolean(), afterMs: fc.nat(400) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const clock = new ManualClock();
        const told: { readonly count: number; readonly atMs: number }[] = [];
        const presence = new Presence<number>(clock, (_key, count) =>
          told.push({ count, atMs: clock.elapsedMs() }),
        );
        let count = 0;
        for (const { joins, afterMs } of steps) {
          if (joins) presence.join(1);
          else if (count > 0) presence.leave(1);
          count = Math.max(0, count + (joins ? 1 : -1));
          await clock.advance(afterMs);
        }
        await clock.advance(500);
        expect(told.at(-1)?.count ?? 0).toBe(count);
        const pauses = told.slice(1).map(({ atMs }, index) => atMs - (told[index]?.atMs ?? 0));
        expect(pauses.filter((pauseMs) => pauseMs < 250)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
