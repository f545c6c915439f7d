import type { Cancel } from '../../ports/clock.ts';

/** Tells those who watch a user that the account was blocked. */
export class Suspensions {
  readonly #watchers = new Map<number, Set<() => void>>();

  /** Calls `suspended` when the user is blocked, until it is called off. Whether they are already is for others to ask. */
  watch(userId: number, suspended: () => void): Cancel {
    const watchers = this.#watchers.get(userId) ?? new Set();
    this.#watchers.set(userId, watchers.add(suspended));
    return () => {
      watchers.delete(suspended);
      if (watchers.size === 0 && this.#watchers.get(userId) === watchers) this.#watchers.delete(userId);
    };
  }

  /** Tells those who watch that user. */
  blocked(userId: number): void {
    for (const suspended of [...(this.#watchers.get(userId) ?? [])]) suspended();
  }
}
