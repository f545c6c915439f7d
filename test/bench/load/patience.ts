import { setTimeout as pause } from 'node:timers/promises';

/** How long nothing may happen before the measurement is given up. */
const PATIENCE_MS = 20_000;

/** What can go wrong at any time while something else is waited for. */
export class Faults {
  readonly #first: Promise<never>;
  #fail: (error: Error) => void = () => undefined;

  constructor() {
    this.#first = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // Nobody may be waiting when it happens; whoever waits next is told.
    this.#first.catch(() => undefined);
  }

  /** Ends whatever is being waited for. */
  report(why: string): void {
    this.#fail(new Error(why));
  }

  /** Resolves with the work; rejects at the first fault, and when the work takes too long. */
  async unless<Result>(work: Promise<Result>): Promise<Result> {
    const patience = new AbortController();
    const late = pause(PATIENCE_MS, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`nothing came for ${PATIENCE_MS} ms`);
    });
    // Called off when the work is done.
    late.catch(() => undefined);
    try {
      return await Promise.race([work, this.#first, late]);
    } finally {
      patience.abort();
    }
  }

  /** Lets so much time pass; rejects at the first fault. */
  async during(seconds: number): Promise<void> {
    await Promise.race([pause(seconds * 1000), this.#first]);
  }

  /** Resolves when that is so. */
  async until(isSo: () => boolean): Promise<void> {
    const waiting = async () => {
      while (!isSo()) await pause(2);
    };
    await this.unless(waiting());
  }
}

/** Does `work` for 0…`count`-1, so many at once; gives the results in order. */
export async function inParallel<Result>(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return results;
}
