import type { Clock } from '../ports/clock.ts';
import { TokenBucket } from './tokenBucket.ts';

/** How often keys that have been quiet are forgotten. */
const SWEEP_MS = 60_000;

/** How often something may be done for each key: a minute's worth at once, refilled over a minute; 0: no bound. */
export class KeyedRate<Key> {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<Key, TokenBucket>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** False when it is to be refused. */
  take(key: Key): boolean {
    if (this.#perMinute === 0) return true;
    const nowMs = this.#clock.nowMs();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#perMinute, this.#perMinute / 60, nowMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(nowMs);
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    }
  }
}
