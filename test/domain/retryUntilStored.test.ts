import { describe, expect, it } from 'vitest';
import { retryUntilStored } from '../../server/domain/retryUntilStored.ts';
import {
  CommitInDoubt,
  EngineError,
  EngineUnavailable,
  isTransient,
  QueueUnavailable,
  StoreUnavailable,
} from '../../server/ports/errors.ts';
import { ManualClock } from '../support/manualClock.ts';

const TRANSIENT = [new StoreUnavailable('away'), new CommitInDoubt('lost'), new QueueUnavailable('away')];

describe('[DU2] an error of an engine', () => {
  it('has a code of its own, its text, and says whether it passes', () => {
    const errors = [...TRANSIENT, new EngineUnavailable('absent')];
    expect(errors.every((error) => error instanceof EngineError)).toBe(true);
    expect(errors.map(({ code }) => code)).toEqual([
      'store_unavailable',
      'commit_in_doubt',
      'queue_unavailable',
      'engine_unavailable',
    ]);
    expect(errors.map(isTransient)).toEqual([true, true, true, false]);
    expect([new Error('a bug'), 'text', null].map(isTransient)).toEqual([false, false, false]);
  });

  it('that passes is waited for, however often it comes', async () => {
    const clock = new ManualClock();
    const faults: Error[] = [...TRANSIENT];
    const stored = retryUntilStored(clock, () => {
      const fault = faults.shift();
      return fault === undefined ? Promise.resolve('stored') : Promise.reject(fault);
    });
    for (let count = 0; count < TRANSIENT.length; count += 1) await clock.advance(500);
    expect(await stored).toBe('stored');
  });

  it('that does not pass is thrown at once, as any other error is', async () => {
    const clock = new ManualClock();
    for (const error of [new EngineUnavailable('absent'), new Error('a bug')]) {
      await expect(retryUntilStored(clock, () => Promise.reject(error))).rejects.toBe(error);
    }
  });
});
