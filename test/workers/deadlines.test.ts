import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deadline, type DeadlineKind, longestDurations } from '../../server/domain/deadline.ts';
import { DeadlineWorker } from '../../server/workers/deadlines.ts';
import { testLimits } from '../support/limits.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const HOUR_MS = 3_600_000;
const DURATIONS: readonly DeadlineKind[] = [
  'ring_pause',
  'ring_close',
  'call_unanswered',
  'call_caller_absent',
  'call_telecaller_absent',
];

describe('[SA17] deadlines while the wall clock is set', () => {
  let test: TestStore;
  let clock: ManualClock;
  let met: string[];
  let worker: DeadlineWorker;
  /** What happens while a deadline is met. */
  let meet: (deadline: Deadline) => Promise<'done' | 'obsolete'>;
  beforeEach(async () => {
    clock = new ManualClock();
    test = await openTestStore('sqlite');
    met = [];
    meet = async (deadline) => {
      met.push(deadline.kind);
      await test.store.deadlines.remove(deadline);
      return 'done';
    };
    worker = newWorker();
  });
  afterEach(async () => {
    await worker.stop();
    await test.close();
  });

  const newWorker = () =>
    new DeadlineWorker({
      store: test.store.deadlines,
      meet: (deadline) => meet(deadline),
      durations: longestDurations(testLimits()),
      clock,
      log: new RecordedLog(),
    });
  /** Sets a deadline so far ahead. */
  const set = (kind: DeadlineKind, inMs: number) =>
    test.store.deadlines.set([{ kind, subjectId: 1, dueAtMs: clock.nowMs() + inMs }]);
  const start = async () => {
    worker.start();
    await asleep();
  };
  const asleep = () => until(() => expect(clock.pendingTimers).toBe(1));
  const pass = async (durationMs: number) => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
      await clock.advance(1_000);
      await asleep();
    }
  };

  it.each(DURATIONS)('back: %s ends its duration, not an hour later', async (kind) => {
    const lastsMs = longestDurations(testLimits()).get(kind) ?? 0;
    await start();
    await set(kind, lastsMs);
    clock.jump(-HOUR_MS);
    await pass(5_000);
    expect(met).toEqual([]);
    await pass(lastsMs);
    expect(met).toEqual([kind]);
  });

  it.each(DURATIONS)('ahead: %s is not over before its time', async (kind) => {
    const lastsMs = longestDurations(testLimits()).get(kind) ?? 0;
    await start();
    await set(kind, lastsMs);
    clock.jump(HOUR_MS);
    await pass(lastsMs - 1_000);
    expect(met).toEqual([]);
    await pass(6_000);
    expect(met).toEqual([kind]);
  });

  it('back before the start: no duration is longer than the longest', async () => {
    await set('ring_close', 60_000);
    clock.jump(-HOUR_MS);
    await start();
    await pass(60_000);
    expect(met).toEqual(['ring_close']);
  });

  it('ahead: an auction ends by the wall clock', async () => {
    await start();
    await set('auction_end', HOUR_MS);
    clock.jump(HOUR_MS);
    await pass(5_000);
    expect(met).toEqual(['auction_end']);
  });

  it('back: an auction ends by the wall clock, also when it was set while the end was being met', async () => {
    const meetNormally = meet;
    meet = async () => {
      clock.jump(-60_000);
      return 'obsolete';
    };
    await set('auction_end', 0);
    await start();
    meet = meetNormally;
    await pass(55_000);
    expect(met).toEqual([]);
    await pass(10_000);
    expect(met).toEqual(['auction_end']);
  });
});
