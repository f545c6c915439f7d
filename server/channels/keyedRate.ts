import type { Clock } from '../ports/clock.ts';
import { type Pace, TokenBucket } from './tokenBucket.ts';

/** How often keys that have been quiet are forgotten. */
const SWEEP_MS = 60_000;

/** A pace of that many a minute: a minute's worth at once; 0: no bound. */
export function perMinute(count: number): Pace {
  return { burst: count, perSecond: count / 60 };
}

/** How fast something may be done for each key. */
export class KeyedRate<Key> {
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #buckets = new Map<Key, TokenBucket>();

  constructor(pace: Pace, clock: Clock) {
    this.#pace = pace;
    this.#clock = clock;
    clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** Counts one more for the key; false when that is too many. */
  take(key: Key): boolean {
    if (this.#pace.burst === 0 || this.#pace.perSecond === 0) return true;
    const elapsedMs = this.#clock.elapsedMs();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#pace, elapsedMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(elapsedMs);
  }

  /** Undoes one {@link take}: what was taken for was not what counts. */
  giveBack(key: Key): void {
    this.#buckets.get(key)?.giveBack();
  }

  #sweep(): void {
    const elapsedMs = this.#clock.elapsedMs();
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(elapsedMs)) this.#buckets.delete(key);
    }
  }
}
