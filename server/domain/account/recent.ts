import type { Clock } from '../../ports/clock.ts';

/** What was read a moment before, by its key: believed for a lifetime at most, and for half of it at least. */
export class Recent<Value> {
  readonly #lifetimeMs: number;
  readonly #maxRemembered: number;
  readonly #clock: Clock;
  /** The number of the half of a lifetime that it is, and what was read in it, and in the one before. */
  #half = 0;
  #current = new Map<number, Value | Promise<Value>>();
  #earlier: ReadonlyMap<number, Value | Promise<Value>> = new Map();

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
        current.set(key, value);
        return value;
      },
      (error: unknown) => {
        current.delete(key);
        throw error;
      },
    );
    if (current.size >= this.#maxRemembered) current.clear();
    current.set(key, reading);
    return reading;
  }

  #forget(): void {
    const half = Math.floor(this.#clock.elapsedMs() / (this.#lifetimeMs / 2));
    if (half === this.#half) return;
    this.#earlier = half === this.#half + 1 ? this.#current : new Map();
    this.#current = new Map();
    this.#half = half;
  }
}
