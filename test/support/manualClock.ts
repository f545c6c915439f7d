import type { Cancel, Clock } from '../../server/ports/clock.ts';

/** A process has been up for a while: whatever takes 0 for "never" does not pass its tests by chance. */
const STARTED_AT_ELAPSED_MS = 1_000_000;

interface Timer {
  /** On the monotonic clock. */
  dueAtMs: number;
  readonly intervalMs: number | null;
  readonly run: () => void;
}

/**
 * A clock that only a test winds. Time stands still until `advance`, which runs every timer that falls due
 * on the way, the earliest first and those of one moment in the order of their setting, each with `nowMs` at
 * its own moment and with one turn of the event loop after it, so that promises it settles are followed up
 * before the next one runs. Timers set on the way run too when they fall due in time. `soon` is real: the
 * next turn of the event loop. Ids count up and `random` is always 0.5. Real I/O takes real time: wait for
 * its effects with `until`. The wall clock and the monotonic one advance together; `jump` moves the wall clock alone.
 */
export class ManualClock implements Clock {
  /** The moment of the wall clock at which `elapsedMs` is 0. */
  #epochMs: number;
  #elapsedMs = STARTED_AT_ELAPSED_MS;
  #lastId = 0;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = Date.UTC(2025, 10, 4, 18, 45)) {
    this.#epochMs = nowMs - STARTED_AT_ELAPSED_MS;
  }

  /** How many timers are set: a test waits for this before it winds on past work that is still being done. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#epochMs + this.#elapsedMs;
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.#set({ dueAtMs: this.#elapsedMs + Math.max(0, delayMs), intervalMs: null, run });
  }

  every(intervalMs: number, run: () => void): Cancel {
    const stepMs = Math.max(1, intervalMs);
    return this.#set({ dueAtMs: this.#elapsedMs + stepMs, intervalMs: stepMs, run });
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  randomId(): string {
    this.#lastId += 1;
    return this.#lastId.toString(16).padStart(32, '0');
  }

  random(): number {
    return 0.5;
  }

  /** Moves the wall clock ahead, or back by a negative `ms`. No time passes: `elapsedMs` and timers stay as they are. */
  jump(ms: number): void {
    this.#epochMs += ms;
  }

  /** Winds the clock on by `durationMs`. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#elapsedMs + durationMs;
    await nextTurn();
    for (let timer = this.#nextBefore(endMs); timer !== null; timer = this.#nextBefore(endMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueAtMs);
      if (timer.intervalMs === null) this.#timers.delete(timer);
      else timer.dueAtMs += timer.intervalMs;
      timer.run();
      await nextTurn();
    }
    this.#elapsedMs = endMs;
  }

  #set(timer: Timer): Cancel {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #nextBefore(endMs: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.dueAtMs <= endMs && (next === null || timer.dueAtMs < next.dueAtMs)) next = timer;
    }
    return next;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
