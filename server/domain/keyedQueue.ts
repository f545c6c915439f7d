/** Runs work with the same key one after the other, in the order of asking; work with different keys runs concurrently. */
export class KeyedQueue<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();

  /** Runs the work once all earlier work with this key has settled; settles as the work does. */
  run<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const done = result
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key) === done) this.#last.delete(key);
      });
    this.#last.set(key, done);
    return result;
  }

  /** Resolves when everything that was asked for so far is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
