import type { Clock } from '../ports/clock.ts';

/** How long work gives way to what is more urgent; then it takes its turn. */
const GIVES_WAY_MS = 5;
const LOOK_AGAIN_MS = 1;

/** What bounds a queue. */
export interface QueueBounds {
  /** How much may wait for each key; 0: no bound. */
  readonly maxPerKey: number;
  /** How much is under way at a time; the rest waits. */
  readonly maxUnderWay: number;
  /** How much is begun in one turn of the event loop: bids come in between. */
  readonly maxPerTurn: number;
}

/**
 * Work that waits for its turn: those who ask take turns, so that one who asks for much waits behind those who ask for
 * little (SA6). Little is begun in each turn of the event loop, and nothing while something more urgent is under way,
 * unless that lasts longer than a few milliseconds.
 */
export class FairQueue<Key> {
  readonly #bounds: QueueBounds;
  readonly #clock: Clock;
  readonly #isUrgentUnderWay: () => boolean;
  /** In the order of their turns. */
  readonly #waiting = new Map<Key, (() => void)[]>();
  #size = 0;
  #underWay = 0;
  #isScheduled = false;
  #beganAtMs = -Infinity;

  constructor(bounds: QueueBounds, clock: Clock, isUrgentUnderWay: () => boolean = () => false) {
    this.#bounds = bounds;
    this.#clock = clock;
    this.#isUrgentUnderWay = isUrgentUnderWay;
  }

  /** How much waits. */
  get size(): number {
    return this.#size;
  }

  /** What the work results in; `null` where too much of this key waits already. */
  run<Result>(key: Key, work: () => Promise<Result>): Promise<Result> | null {
    const waiting = this.#waiting.get(key) ?? [];
    const { maxPerKey } = this.#bounds;
    if (maxPerKey > 0 && waiting.length >= maxPerKey) return null;
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
    if (this.#isScheduled || this.#size === 0 || this.#underWay >= this.#bounds.maxUnderWay) return;
    this.#isScheduled = true;
    const begin = () => {
      this.#isScheduled = false;
      this.#begin();
      this.#schedule();
    };
    if (this.#mustGiveWay()) this.#clock.after(LOOK_AGAIN_MS, begin);
    else this.#clock.soon(begin);
  }

  #mustGiveWay(): boolean {
    return this.#isUrgentUnderWay() && this.#clock.elapsedMs() - this.#beganAtMs < GIVES_WAY_MS;
  }

  #begin(): void {
    if (this.#mustGiveWay()) return;
    this.#beganAtMs = this.#clock.elapsedMs();
    const { maxPerTurn, maxUnderWay } = this.#bounds;
    for (let begun = 0; begun < maxPerTurn && this.#underWay < maxUnderWay; begun += 1) {
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
