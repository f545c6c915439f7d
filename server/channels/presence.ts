import type { Clock } from '../ports/clock.ts';

/** A count is broadcast at most that often (SA9). */
const TELL_EVERY_MS = 250;

/**
 * How many connections of this process are where; never drifts, for each join is left once. A change is told at once,
 * further ones of the next quarter of a second as one.
 */
export class Presence<Key> {
  readonly #counts = new Map<Key, number>();
  /** Who was told a moment ago, and whether the count has changed since. */
  readonly #toldLately = new Map<Key, { hasChanged: boolean }>();
  readonly #clock: Clock;
  readonly #tell: (key: Key, count: number) => void;

  constructor(clock: Clock, tell: (key: Key, count: number) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  countOf(key: Key): number {
    return this.#counts.get(key) ?? 0;
  }

  join(key: Key): void {
    this.#set(key, this.countOf(key) + 1);
  }

  leave(key: Key): void {
    this.#set(key, this.countOf(key) - 1);
  }

  #set(key: Key, count: number): void {
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    const told = this.#toldLately.get(key);
    if (told === undefined) this.#tellNow(key);
    else told.hasChanged = true;
  }

  #tellNow(key: Key): void {
    const told = { hasChanged: false };
    this.#toldLately.set(key, told);
    this.#clock.after(TELL_EVERY_MS, () => {
      this.#toldLately.delete(key);
      if (told.hasChanged) this.#tellNow(key);
    });
    this.#tell(key, this.countOf(key));
  }
}
