import type { Clock } from '../ports/clock.ts';

/** How much is under way at a time; the rest waits. */
const MAX_UNDER_WAY = 8;
/** How much is begun in one turn of the event loop: bids come in between. */
const MAX_PER_TURN = 8;

/**
 * Work that waits for its turn: those who ask take turns, so that one who asks for much waits behind those who ask for
 * little (SA6). Little is begun in each turn of the event loop.
 */
export class FairQueue<Key> {
  readonly #maxPerKey: number;
  readonly #clock: Clock;
  /** In the order of their turns. */
  readonly #waiting = new Map<Key, (() => void)[]>();
  #size = 0;
  #underWay = 0;
  #isScheduled = false;

  /** `maxPerKey` is how much may wait for each; 0: no bound. */
  constructor(maxPerKey: number, clock: Clock) {
    this.#maxPerKey = maxPerKey;
    this.#clock = clock;
  }

  /** How much waits. */
  get size(): number {
    return this.#size;
  }

  /** What the work results in; `null` where too much of this key waits already. */
  run<Result>(key: Key, work: () => Promise<Result>): Promise<Result> | null {
    const waiting = this.#waiting.get(key) ?? [];
    if (this.#maxPerKey > 0 && waiting.length >= this.#maxPerKey) return null;
    return new Promise<Result>((resolve, reject) => {
      waiting.push(() => {
        this.#underWay += 1;
        work()
          .then(resolve, reject)
          .finally(() => {
            this.#underWay -= 1;
            this.#schedule();
          });
      });
      this.#waiting.set(key, waiting);
      this.#size += 1;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#size === 0 || this.#underWay >= MAX_UNDER_WAY) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#isScheduled = false;
      this.#begin();
      this.#schedule();
    });
  }

  #begin(): void {
    for (let begun = 0; begun < MAX_PER_TURN && this.#underWay < MAX_UNDER_WAY; begun += 1) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [key, works] = next;
      this.#waiting.delete(key);
      const work = works.shift();
      // Its next turn comes after everyone else's.
      if (works.length > 0) this.#waiting.set(key, works);
      this.#size -= 1;
      work?.();
    }
  }
}
