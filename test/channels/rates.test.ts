import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { KeyedRate, perMinute } from '../../server/channels/keyedRate.ts';
import { KeyedWindow } from '../../server/channels/keyedWindow.ts';
import { MessageRate } from '../../server/channels/messageRate.ts';
import { type Pace, TokenBucket } from '../../server/channels/tokenBucket.ts';
import { testLimits } from '../support/limits.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How many of `count` takes at that moment are let through. */
function taken(take: () => boolean, count = 100): number {
  return Array.from({ length: count }, take).filter((isTaken) => isTaken).length;
}

describe('a token bucket', () => {
  const NOW_MS = 5_000;
  const PACE: Pace = { burst: 5, perSecond: 2 };

  it('[LI3] lets a burst through at once, and no more', () => {
    const bucket = new TokenBucket(PACE, NOW_MS);
    expect(taken(() => bucket.take(NOW_MS))).toBe(5);
  });

  it('[LI3] lets that many a second through for long, a whole token at a time', () => {
    const bucket = new TokenBucket(PACE, NOW_MS);
    taken(() => bucket.take(NOW_MS));
    expect(bucket.take(NOW_MS + 499)).toBe(false);
    expect(bucket.take(NOW_MS + 500)).toBe(true);
    expect(bucket.take(NOW_MS + 500)).toBe(false);
    expect(taken(() => bucket.take(NOW_MS + 2_000))).toBe(3);
  });

  it('[LI3] saves up one burst and no more', () => {
    const bucket = new TokenBucket(PACE, NOW_MS);
    expect(taken(() => bucket.take(NOW_MS + 3_600_000))).toBe(5);
  });

  it.each([
    { burst: 0, perSecond: 2 },
    { burst: 5, perSecond: 0 },
  ])('[LI8] lets everything through at %j', (pace) => {
    const bucket = new TokenBucket(pace, NOW_MS);
    expect(taken(() => bucket.take(NOW_MS))).toBe(100);
  });

  it('takes a token back, but holds no more than a burst', () => {
    const bucket = new TokenBucket(PACE, NOW_MS);
    bucket.giveBack();
    expect(taken(() => bucket.take(NOW_MS))).toBe(5);
    bucket.giveBack();
    expect(taken(() => bucket.take(NOW_MS))).toBe(1);
  });

  it('is full when it would let a whole burst through', () => {
    const bucket = new TokenBucket(PACE, NOW_MS);
    expect(bucket.isFull(NOW_MS)).toBe(true);
    bucket.take(NOW_MS);
    expect(bucket.isFull(NOW_MS + 499)).toBe(false);
    expect(bucket.isFull(NOW_MS + 500)).toBe(true);
  });
});

describe('a rate for each key', () => {
  it('[SA5] counts each key for itself', () => {
    const rate = new KeyedRate<string>({ burst: 3, perSecond: 1 }, new ManualClock());
    expect([taken(() => rate.take('a')), taken(() => rate.take('b'))]).toEqual([3, 3]);
  });

  it('[LI4] gives a minute’s worth at once and the rest over the minute', async () => {
    const clock = new ManualClock();
    const rate = new KeyedRate<string>(perMinute(30), clock);
    expect(taken(() => rate.take('a'))).toBe(30);
    await clock.advance(1_999);
    expect(rate.take('a')).toBe(false);
    await clock.advance(1);
    expect(taken(() => rate.take('a'))).toBe(1);
  });

  it.each([
    { burst: 0, perSecond: 1 },
    { burst: 1, perSecond: 0 },
  ])('[LI8] lets everything through at %j', (pace) => {
    const rate = new KeyedRate<string>(pace, new ManualClock());
    expect(taken(() => rate.take('a'))).toBe(100);
  });

  it('takes one back, of a known key and of an unknown one', () => {
    const rate = new KeyedRate<string>({ burst: 3, perSecond: 1 }, new ManualClock());
    taken(() => rate.take('a'));
    rate.giveBack('a');
    rate.giveBack('b');
    expect([taken(() => rate.take('a')), taken(() => rate.take('b'))]).toEqual([1, 3]);
  });

  it('[SA5] forgets, once a minute, no key that has not its whole burst again', async () => {
    const clock = new ManualClock();
    const rate = new KeyedRate<string>({ burst: 120, perSecond: 1 }, clock);
    taken(() => rate.take('busy'), 120);
    taken(() => rate.take('quiet'), 60);
    await clock.advance(60_000);
    expect([taken(() => rate.take('busy'), 200), taken(() => rate.take('quiet'), 200)]).toEqual([60, 120]);
  });
});

describe('the memory of a rate', () => {
  /** Counts a key that nothing else holds. */
  const takeOnce = (rate: Pick<KeyedRate<object>, 'take'>) => {
    const key = {};
    rate.take(key);
    return new WeakRef(key);
  };
  const isGone = (known: WeakRef<object>) =>
    until(() => {
      collectGarbage();
      // A matcher's error would hold the key itself.
      if (known.deref() !== undefined) throw new Error('the key is still held');
    });

  it('[SA5] holds no key that has been quiet for a minute', async () => {
    const clock = new ManualClock();
    const rate = new KeyedRate<object>({ burst: 1, perSecond: 1 }, clock);
    const known = takeOnce(rate);
    await clock.advance(60_000);
    await isGone(known);
    expect(rate.take({})).toBe(true);
  });

  it('[CA21] holds no key, and no time, of a window that has passed', async () => {
    const clock = new ManualClock();
    const rate = new KeyedWindow<object>(1, clock);
    const known = takeOnce(rate);
    await clock.advance(60_000);
    await isGone(known);
    expect(rate.take({})).toBe(true);
  });

  it('[LI8] holds no key of a window without a bound', async () => {
    const rate = new KeyedWindow<object>(0, new ManualClock());
    await isGone(takeOnce(rate));
    expect(rate.take({})).toBe(true);
  });

  it.each([
    { burst: 0, perSecond: 1 },
    { burst: 1, perSecond: 0 },
  ])('[LI8] holds no key at %j', async (pace) => {
    const rate = new KeyedRate<object>(pace, new ManualClock());
    await isGone(takeOnce(rate));
    expect(rate.take({})).toBe(true);
  });
});

describe('the pace of a connection', () => {
  const LIMITS = testLimits({ messageBurst: 2, messagesPerSecond: 1, rateStrikes: 3 });

  it('[LI3] is that of the limits', () => {
    const rate = new MessageRate(LIMITS, 0);
    expect(taken(() => rate.take(0))).toBe(2);
    expect(taken(() => rate.take(1_000))).toBe(1);
  });

  it('[LI3] ends the connection at the third refusal within ten seconds', () => {
    const rate = new MessageRate(LIMITS, 0);
    expect([0, 5_000, 9_999].map((atMs) => rate.strike(atMs))).toEqual([false, false, true]);
  });

  it('[LI3] does not count refusals of more than ten seconds ago', () => {
    const rate = new MessageRate(LIMITS, 0);
    expect([0, 5_000, 10_000, 14_999].map((atMs) => rate.strike(atMs))).toEqual([false, false, false, true]);
  });

  it('[LI8] never ends it when the limit is 0', () => {
    const rate = new MessageRate({ ...LIMITS, rateStrikes: 0 }, 0);
    expect(taken(() => rate.strike(0))).toBe(0);
  });
});
