import type { Clock } from '../ports/clock.ts';
import { TokenBucket } from './tokenBucket.ts';

/** How often keys that have been quiet are forgotten. */
const SWEEP_MS = 60_000;

/** How many may come at once, and how many for long; 0: no bound. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** A minute's worth at once, refilled over a minute; 0: no bound. */
export function perMinute(count: number): Rate {
  return { burst: count, perSecond: count / 60 };
}

/** How often something may be done for each key. */
export class KeyedRate<Key> {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #buckets = new Map<Key, TokenBucket>();

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** False when it is to be refused. */
  take(key: Key): boolean {
    const { burst, perSecond } = this.#rate;
    if (burst === 0 || perSecond === 0) return true;
    const atMs = this.#clock.elapsedMs();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(burst, perSecond, atMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(atMs);
  }

  /** Undoes one {@link take}: what was taken for was not what counts. */
  giveBack(key: Key): void {
    this.#buckets.get(key)?.giveBack();
  }

  #sweep(): void {
    const atMs = this.#clock.elapsedMs();
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(atMs)) this.#buckets.delete(key);
    }
  }
}
