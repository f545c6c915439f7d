import type { Cancel } from '../../ports/clock.ts';

/** Connections of this process by key, and who watches which key. */
export class LocalCounts {
  readonly #counts = new Map<string, number>();
  readonly #watchers = new Map<string, Set<(count: number) => void>>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Every key with a connection, and how many there are. */
  get all(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  add(key: string, change: 1 | -1): number {
    const count = this.of(key) + change;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    return count;
  }

  /** True for the first watcher of the key. */
  watch(key: string, changed: (count: number) => void): boolean {
    const watchers = this.#watchers.get(key);
    watchers?.add(changed);
    if (watchers === undefined) this.#watchers.set(key, new Set([changed]));
    return watchers === undefined;
  }

  /** True when that was the last watcher of the key. */
  unwatch(key: string, changed: (count: number) => void): boolean {
    const watchers = this.#watchers.get(key);
    if (watchers?.delete(changed) !== true || watchers.size > 0) return false;
    this.#watchers.delete(key);
    return true;
  }

  isWatched(key: string): boolean {
    return this.#watchers.has(key);
  }

  tell(key: string, count: number): void {
    for (const changed of this.#watchers.get(key) ?? []) changed(count);
  }
}

/** A cancellation that counts once. */
export function once(run: () => void): Cancel {
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    run();
  };
}
