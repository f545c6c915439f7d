import type { Clock } from '../../ports/clock.ts';

const MINUTE_MS = 60_000;

/** Bounds how many messages go out in any minute, over all numbers; 0: no bound. */
export class SmsRate {
  readonly #perMinute: number;
  readonly #clock: Pick<Clock, 'elapsedMs'>;
  /** The places of the last minute, oldest first. */
  #places: { readonly takenAtElapsedMs: number }[] = [];

  constructor(perMinute: number, clock: Pick<Clock, 'elapsedMs'>) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Takes a place for one message; gives the function that puts it back, `null` when there is none. */
  take(): (() => void) | null {
    if (this.#perMinute === 0) return () => undefined;
    const takenAtElapsedMs = this.#clock.elapsedMs();
    this.#places = this.#places.filter((place) => takenAtElapsedMs - place.takenAtElapsedMs < MINUTE_MS);
    if (this.#places.length >= this.#perMinute) return null;
    const taken = { takenAtElapsedMs };
    this.#places.push(taken);
    return () => {
      this.#places = this.#places.filter((place) => place !== taken);
    };
  }

  /** Gives the time until the oldest place is free again. */
  waitMs(): number {
    const [oldest] = this.#places;
    return oldest === undefined ? 0 : oldest.takenAtElapsedMs + MINUTE_MS - this.#clock.elapsedMs();
  }
}
