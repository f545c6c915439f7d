import type { Clock } from '../ports/clock.ts';

/** A wall clock that moved further than this against elapsed time was set; below that it drifts. */
const DRIFT_MS = 1_000;

/** Notices when the wall clock is set. What is stored is dated by it, while pauses are measured by elapsed time. */
export class WallClock {
  readonly #clock: Clock;
  #offsetMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = this.#offsetNowMs();
  }

  /** By how much it was set since {@link accept} was called last, back when negative; 0 when it was not. */
  get jumpMs(): number {
    // Elapsed time has fractions, and what is stored has not.
    const movedMs = Math.round(this.#offsetNowMs() - this.#offsetMs);
    return Math.abs(movedMs) > DRIFT_MS ? movedMs : 0;
  }

  /** Takes the time that it shows now for right. */
  accept(): void {
    this.#offsetMs = this.#offsetNowMs();
  }

  #offsetNowMs(): number {
    return this.#clock.nowMs() - this.#clock.elapsedMs();
  }
}
