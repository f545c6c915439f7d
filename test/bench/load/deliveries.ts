import { Latencies } from '../latencies.ts';

/**
 * Follows messages from their sender to the last of those who are told. Everybody is told everything in the
 * same order, so the n-th message that somebody hears is the n-th that was sent.
 */
export class Deliveries {
  /** From sending to the last listener. */
  readonly latencies = new Latencies();
  /** How many messages have reached how many listeners, together. */
  count = 0;
  readonly #listeners: number;
  readonly #sentAtMs: number[] = [];
  readonly #missing: number[] = [];
  readonly #lastHeard: () => void;

  /** `lastHeard` is called whenever a message has reached its last listener. */
  constructor(listeners: number, lastHeard: () => void) {
    this.#listeners = listeners;
    this.#lastHeard = lastHeard;
  }

  get sent(): number {
    return this.#sentAtMs.length;
  }

  /** How many messages everybody has heard. */
  complete = 0;

  send(): void {
    this.#sentAtMs.push(performance.now());
    this.#missing.push(this.#listeners);
  }

  /** Somebody has heard their `index`-th message, counted from 0. */
  heard(index: number): void {
    this.count += 1;
    const missing = (this.#missing[index] ?? 0) - 1;
    this.#missing[index] = missing;
    if (missing > 0) return;
    this.latencies.add(performance.now() - (this.#sentAtMs[index] ?? NaN));
    this.complete += 1;
    this.#lastHeard();
  }
}
