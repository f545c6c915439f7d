import type { Clock } from '../../ports/clock.ts';

/** What was read a moment before, by its key: believed for a lifetime at most, and for half of it at least. */
export class Recent<Value> {
  readonly #lifetimeMs: number;
  readonly #maxRemembered: number;
  readonly #clock: Clock;
  /** The number of the half of a lifetime that it is, and what was read in it, and in the one before. */
  #half = 0;
  #current = new Map<number, Value | Promise<Value>>();
  #earlier = new Map<number, Value | Promise<Value>>();

  /** Of half a lifetime so many are remembered at most. */
  constructor(lifetimeMs: number, maxRemembered: number, clock: Clock) {
    this.#lifetimeMs = lifetimeMs;
    this.#maxRemembered = maxRemembered;
    this.#clock = clock;
  }

  /** At once when known. What cannot be read is not remembered. */
  get(key: number, read: (key: number) => Promise<Value>): Value | Promise<Value> {
    this.#forget();
    const current = this.#current;
    const known = current.get(key);
    if (known !== undefined) return known;
    const earlier = this.#earlier.get(key);
    if (earlier !== undefined) return earlier;
    const reading = read(key).then(
      (value) => {
        if (current.get(key) === reading) current.set(key, value);
        return value;
      },
      (error: unknown) => {
        if (current.get(key) === reading) current.delete(key);
        throw error;
      },
    );
    if (current.size >= this.#maxRemembered) current.clear();
    current.set(key, reading);
    return reading;
  }

  /** Forgets what was read under the key; what is being read now is given to those who asked, and not kept. */
  delete(key: number): void {
    this.#current.delete(key);
    this.#earlier.delete(key);
  }

  #forget(): void {
    const half = Math.floor(this.#clock.elapsedMs() / (this.#lifetimeMs / 2));
    if (half === this.#half) return;
    this.#earlier = half === this.#half + 1 ? this.#current : new Map<number, Value | Promise<Value>>();
    this.#current = new Map();
    this.#half = half;
  }
}
