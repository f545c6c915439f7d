import type { Deadline, DeadlineKind, DeadlineVerdict } from '../domain/deadline.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { DeadlineStore } from '../domain/deadlineStore.ts';
import { StoreUnavailable } from '../ports/errors.ts';
import { WallClock } from './wallClock.ts';

/** How long the worker sleeps at most, so that the deadlines of other processes are found. */
const MAX_SLEEP_MS = 5_000;
/** How many deadlines are met at once. */
const BATCH = 200;

/**
 * Sleeps until the nearest deadline and gives its command to the service. Several processes may meet the
 * same deadline: the rules refuse all but the first. Deadlines are dated by the wall clock; when that is set, those that
 * end a duration follow it.
 */
export class DeadlineWorker {
  readonly #store: DeadlineStore;
  readonly #meet: (deadline: Deadline) => Promise<DeadlineVerdict>;
  readonly #durations: ReadonlyMap<DeadlineKind, number>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #wallClock: WallClock;
  /** At the start it is not known by which clock the deadlines were dated. */
  #isDatedByAnother = true;
  #cancelSleep: Cancel | null = null;
  #running: Promise<void> | null = null;
  #isStopped = false;
  #isNudged = false;

  constructor(services: {
    store: DeadlineStore;
    meet: (deadline: Deadline) => Promise<DeadlineVerdict>;
    /** The kinds that end a duration, with the longest that each may be ahead. */
    durations: ReadonlyMap<DeadlineKind, number>;
    clock: Clock;
    log: Log;
  }) {
    this.#store = services.store;
    this.#meet = services.meet;
    this.#clock = services.clock;
    this.#log = services.log;
    this.#durations = services.durations;
    this.#wallClock = new WallClock(services.clock);
  }

  start(): void {
    this.nudge();
  }

  /** Looks at once: a deadline may stand earlier than any before. */
  nudge(): void {
    if (this.#isStopped) return;
    this.#isNudged = true;
    this.#cancelSleep?.();
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelSleep?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    let sleepMs = MAX_SLEEP_MS;
    while (this.#isNudged && !this.#isStopped) {
      this.#isNudged = false;
      try {
        await this.#followWallClock();
        sleepMs = await this.#meetAll();
      } catch (error) {
        const level = error instanceof StoreUnavailable ? 'warn' : 'error';
        this.#log[level]('deadlines could not be met; trying again', { error });
        sleepMs = MAX_SLEEP_MS / 5;
      }
    }
    if (!this.#isStopped) this.#cancelSleep = this.#clock.after(sleepMs, () => this.nudge());
  }

  /**
   * Set back, it would leave durations running for as long as it was set back: none is longer than the longest. Set
   * ahead, it would end them at once: what fell due by that alone is put off as much. Harmless when several processes do it.
   */
  async #followWallClock(): Promise<void> {
    const { jumpMs } = this.#wallClock;
    if (jumpMs === 0 && !this.#isDatedByAnother) {
      this.#wallClock.accept();
      return;
    }
    const nowMs = this.#clock.nowMs();
    for (const [kind, longestMs] of this.#durations) {
      if (jumpMs > 0) await this.#store.putOff(kind, nowMs - jumpMs, nowMs, jumpMs);
      await this.#store.pullBack(kind, nowMs + longestMs);
    }
    this.#wallClock.accept();
    this.#isDatedByAnother = false;
  }

  /** Meets what is due and says how long nothing will be. */
  async #meetAll(): Promise<number> {
    for (;;) {
      const due = await this.#store.due(this.#clock.nowMs(), BATCH);
      const verdicts = await Promise.all(due.map((deadline) => this.#meetOne(deadline)));
      if (verdicts.includes('postponed')) return MAX_SLEEP_MS / 5;
      if (due.length < BATCH) break;
    }
    const nextAtMs = await this.#store.nextDueAtMs();
    return nextAtMs === null
      ? MAX_SLEEP_MS
      : Math.min(Math.max(nextAtMs - this.#clock.nowMs(), 0), MAX_SLEEP_MS);
  }

  /** A deadline that is done has removed its row in its own commit; one that is obsolete is removed here. */
  async #meetOne(deadline: Deadline): Promise<DeadlineVerdict> {
    const verdict = await this.#meet(deadline);
    // The rules find a deadline not due yet when the wall clock was set back since it was read.
    const isDue = deadline.dueAtMs <= this.#clock.nowMs();
    if (verdict === 'obsolete' && isDue) await this.#store.remove(deadline);
    return verdict;
  }
}
