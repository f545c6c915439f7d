/** How many connections of this process are where. Tells every change, and never drifts: each join is left once. */
export class Presence<Key> {
  readonly #counts = new Map<Key, number>();
  readonly #changed: (key: Key, count: number) => void;

  constructor(changed: (key: Key, count: number) => void) {
    this.#changed = changed;
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
    this.#changed(key, count);
  }
}
