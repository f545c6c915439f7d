import type { Clock } from '../ports/clock.ts';

/** How long each time counts. */
const WINDOW_MS = 60_000;

/**
 * How many times a minute something may be done for each key, exact over any 60 s: the times of the last minute are kept,
 * at most as many as are allowed. What is refused does not count.
 */
export class KeyedWindow<Key> {
  readonly #perMinute: number;
  readonly #clock: Clock;
  /** The times by the monotonic clock, oldest first. */
  readonly #times = new Map<Key, number[]>();

  /** `perMinute` 0: no bound, and nothing is kept. */
  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    clock.every(WINDOW_MS, () => this.#sweep());
  }

  /** Counts one more for the key; false when that is too many within 60 s. */
  take(key: Key): boolean {
    if (this.#perMinute === 0) return true;
    const elapsedMs = this.#clock.elapsedMs();
    const times = this.#times.get(key) ?? [];
    const firstCounted = times.findIndex((atMs) => elapsedMs - atMs < WINDOW_MS);
    times.splice(0, firstCounted === -1 ? times.length : firstCounted);
    if (times.length >= this.#perMinute) return false;
    times.push(elapsedMs);
    this.#times.set(key, times);
    return true;
  }

  #sweep(): void {
    const elapsedMs = this.#clock.elapsedMs();
    for (const [key, times] of this.#times) {
      const lastAtMs = times.at(-1) ?? -Infinity;
      if (elapsedMs - lastAtMs >= WINDOW_MS) this.#times.delete(key);
    }
  }
}
