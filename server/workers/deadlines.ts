import type { Deadline, DeadlineVerdict } from '../domain/deadline.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type DeadlineStore, StoreUnavailable } from '../ports/store.ts';

/** How long the worker sleeps at most, so that the deadlines of other processes are found. */
const MAX_SLEEP_MS = 5_000;
/** How many deadlines are met at once. */
const BATCH = 200;

/**
 * Sleeps until the nearest deadline and gives its command to the service. Several processes may meet the
 * same deadline: the rules refuse all but the first.
 */
export class DeadlineWorker {
  readonly #store: DeadlineStore;
  readonly #meet: (deadline: Deadline) => Promise<DeadlineVerdict>;
  readonly #clock: Clock;
  readonly #log: Log;
  #cancelSleep: Cancel | null = null;
  #running: Promise<void> | null = null;
  #isStopped = false;
  #isNudged = false;

  constructor(services: {
    store: DeadlineStore;
    meet: (deadline: Deadline) => Promise<DeadlineVerdict>;
    clock: Clock;
    log: Log;
  }) {
    this.#store = services.store;
    this.#meet = services.meet;
    this.#clock = services.clock;
    this.#log = services.log;
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
        sleepMs = await this.#meetAll();
      } catch (error) {
        const level = error instanceof StoreUnavailable ? 'warn' : 'error';
        this.#log[level]('deadlines could not be met; trying again', { error });
        sleepMs = MAX_SLEEP_MS / 5;
      }
    }
    if (!this.#isStopped) this.#cancelSleep = this.#clock.after(sleepMs, () => this.nudge());
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

  /** A deadline that was met has removed its row in its own commit; one that was overtaken is removed here. */
  async #meetOne(deadline: Deadline): Promise<DeadlineVerdict> {
    const verdict = await this.#meet(deadline);
    if (verdict === 'overtaken') await this.#store.remove(deadline);
    return verdict;
  }
}
