/** Calls off what was scheduled; calling it again does nothing. */
export type Cancel = () => void;

/**
 * The only source of time, timers and randomness : everything else takes time as an argument. Tests put a
 * clock in its place that they set by hand.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** Milliseconds with fractions since some fixed moment, never going back: for durations. */
  elapsedMs(): number;
  /** Runs once, not before `delayMs` have passed. */
  after(delayMs: number, run: () => void): Cancel;
  /** Runs again and again, `intervalMs` apart. */
  every(intervalMs: number, run: () => void): Cancel;
  /** Runs once everything that has already arrived in this turn of the event loop has been read. */
  soon(run: () => void): void;
  /** An unguessable text of 32 hexadecimal digits. */
  randomId(): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}
