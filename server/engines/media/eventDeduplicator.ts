import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';

/** The most events that are remembered: some 10 MB. */
const MAX_REMEMBERED = 50_000;

/** Handles each event once, however often it is delivered. */
export class EventDeduplicator {
  readonly #handled: LRUCache<string, true>;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(clock: Pick<Clock, 'elapsedMs'>) {
    this.#handled = new LRUCache({
      max: MAX_REMEMBERED,
      ttl: 1,
      // Asks the clock each time: the default would keep its answer for a millisecond of real time.
      ttlResolution: 0,
      perf: { now: () => clock.elapsedMs() },
    });
  }

  /**
   * Does the work unless it was done under this key within the last `rememberedMs`. Deliveries at the same time share one
   * piece of work. Rejects as the work does; what has failed is not remembered.
   */
  async runOnce(key: string, rememberedMs: number, work: () => Promise<void>): Promise<void> {
    if (this.#handled.has(key)) return;
    let underWay = this.#underWay.get(key);
    if (underWay === undefined) {
      underWay = this.#do(key, rememberedMs, work).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, underWay);
    }
    await underWay;
  }

  async #do(key: string, rememberedMs: number, work: () => Promise<void>): Promise<void> {
    await work();
    this.#handled.set(key, true, { ttl: Math.ceil(rememberedMs) });
  }
}
