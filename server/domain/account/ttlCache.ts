import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';

interface Entry<Value> {
  value: Value | Promise<Value>;
}

/**
 * What was read under a key, for less than `ttlMs` (whole, at least 2) from when the reading began. The least recently
 * used entries go first.
 */
export class TtlCache<Value> {
  readonly #entries: LRUCache<number, Entry<Value>>;

  constructor(ttlMs: number, maxEntries: number, clock: Pick<Clock, 'elapsedMs'>) {
    this.#entries = new LRUCache<number, Entry<Value>>({
      max: maxEntries,
      // An entry is stale once it is older than this: it must be when it is as old as `ttlMs`.
      ttl: ttlMs - 1,
      // Asks the clock each time: the default would keep its answer for a millisecond of real time.
      ttlResolution: 0,
      perf: { now: () => clock.elapsedMs() },
    });
  }

  /** Gives the value at once where it is known, else reads it, once for all who ask meanwhile. Failures are not kept. */
  get(key: number, read: (key: number) => Promise<Value>): Value | Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined) return known.value;
    const reading = read(key).then(
      (value) => {
        entry.value = value;
        return value;
      },
      (error: unknown) => {
        if (this.#entries.peek(key) === entry) this.#entries.delete(key);
        throw error;
      },
    );
    const entry: Entry<Value> = { value: reading };
    this.#entries.set(key, entry);
    return reading;
  }

  /** Forgets what was read under the key; what is being read now is given to those who asked, and not kept. */
  delete(key: number): void {
    this.#entries.delete(key);
  }
}
