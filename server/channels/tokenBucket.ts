/** How much may be done at once, and how much a second for long; either 0: no bound. */
export interface Pace {
  readonly burst: number;
  readonly perSecond: number;
}

/** Lets a burst through at once and a number a second for long. Its time is the monotonic clock's. */
export class TokenBucket {
  readonly #pace: Pace;
  #tokens: number;
  #filledAtMs: number;

  constructor(pace: Pace, elapsedMs: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#filledAtMs = elapsedMs;
  }

  /** Takes one token; false when there is none. */
  take(elapsedMs: number): boolean {
    if (this.#pace.burst === 0 || this.#pace.perSecond === 0) return true;
    this.#fill(elapsedMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Puts one token back. */
  giveBack(): void {
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + 1);
  }

  /** True when it would let a whole burst through: forgetting it changes nothing. */
  isFull(elapsedMs: number): boolean {
    this.#fill(elapsedMs);
    return this.#tokens >= this.#pace.burst;
  }

  #fill(elapsedMs: number): void {
    const { burst, perSecond } = this.#pace;
    this.#tokens = Math.min(burst, this.#tokens + ((elapsedMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = elapsedMs;
  }
}
