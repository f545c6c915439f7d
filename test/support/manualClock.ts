import type { Cancel, Clock } from '../../server/ports/clock.ts';

interface Timer {
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
 * its effects with `until`. `jump` sets the wall clock alone: timers and `elapsedMs` do not notice.
 */
export class ManualClock implements Clock {
  /** Wall time less elapsed time. */
  #offsetMs: number;
  #elapsedMs = 0;
  #lastId = 0;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = Date.UTC(2025, 10, 4, 18, 45)) {
    this.#offsetMs = nowMs;
  }

  /** How many timers are set: a test waits for this before it winds on past work that is still being done. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#offsetMs + this.#elapsedMs;
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Moves the wall clock by `ms`, back when negative, as an administrator or NTP would. */
  jump(ms: number): void {
    this.#offsetMs += ms;
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
