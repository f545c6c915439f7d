import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { OutboxStore } from '../ports/store.ts';

/** What the relay works with. */
export interface OutboxRelayOptions {
  readonly outbox: Pick<OutboxStore, 'claimDue' | 'nextDueAtMs' | 'unclaim' | 'reclaimForgotten'>;
  readonly queue: Pick<JobQueue, 'add' | 'ping'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Outbid letters to one person on one auction within this time become one. */
  readonly gatherWindowMs: number;
}

const BATCH = 100;
/** Rows that other processes wrote are found after this time at the latest. */
const LOOK_EVERY_MS = 5_000;
/** Under load one look serves every commit of this time. */
const REST_MS = 50;
const FORGOTTEN_AFTER_MS = 5 * 60_000;
const RECLAIM_EVERY_MS = 60_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Hands letters that are due from the outbox to the queue. Sleeps until the next one is due, or until it is
 * nudged. While the store or the queue is away it says so once and tries again, 1 s to 30 s apart; the rows
 * wait.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  #isRunning = false;
  #isNudged = false;
  #passing: Promise<void> | null = null;
  #cancelSleep: Cancel = () => undefined;
  #restUntilMs = 0;
  #failures = 0;
  #reclaimAtMs = 0;
  /** At the start and after an outage nobody knows what the queue still holds: it is handed everything again. */
  #forgottenAfterMs = 0;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#wake();
  }

  /** Tells of a commit that held letters. Many nudges lead to one look. */
  nudge(): void {
    if (this.#passing !== null) this.#isNudged = true;
    else if (this.#isRunning && this.#failures === 0) this.#sleepUntil(this.#restUntilMs);
  }

  /** Resolves when the look that is under way has ended; none follows. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancelSleep();
    await this.#passing;
  }

  #sleepUntil(atMs: number): void {
    const { clock } = this.#options;
    this.#cancelSleep();
    this.#cancelSleep = clock.after(Math.max(0, atMs - clock.nowMs()), () => this.#wake());
  }

  #wake(): void {
    this.#isNudged = false;
    this.#restUntilMs = this.#options.clock.nowMs() + REST_MS;
    this.#passing = this.#look().then((nextLookAtMs) => {
      this.#passing = null;
      const isAskedFor = this.#isNudged && this.#failures === 0;
      if (this.#isRunning) this.#sleepUntil(Math.max(isAskedFor ? 0 : nextLookAtMs, this.#restUntilMs));
    });
  }

  /** Hands over what is due; tells when to look again. */
  async #look(): Promise<number> {
    const { clock, queue, log, outbox } = this.#options;
    try {
      if (this.#failures > 0) await queue.ping();
      await this.#reclaim();
      await this.#handOver();
      const dueAtMs = await outbox.nextDueAtMs();
      if (this.#failures > 0) log.info('letters are handed over again');
      this.#failures = 0;
      return Math.min(dueAtMs ?? Infinity, clock.nowMs() + LOOK_EVERY_MS);
    } catch (error) {
      if (this.#failures === 0) log.warn('letters wait in the outbox', { error });
      this.#failures += 1;
      this.#forgottenAfterMs = 0;
      this.#reclaimAtMs = 0;
      return clock.nowMs() + Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** (this.#failures - 1));
    }
  }

  async #handOver(): Promise<void> {
    const { outbox, clock, gatherWindowMs } = this.#options;
    for (;;) {
      const ids = await outbox.claimDue(clock.nowMs(), BATCH, gatherWindowMs);
      if (ids.length > 0) await this.#enqueue(ids);
      if (ids.length < BATCH || !this.#isRunning) return;
    }
  }

  async #enqueue(ids: readonly number[]): Promise<void> {
    const { outbox, queue } = this.#options;
    try {
      await queue.add(ids);
    } catch (error) {
      await outbox.unclaim(ids);
      throw error;
    }
  }

  async #reclaim(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < this.#reclaimAtMs) return;
    const count = await outbox.reclaimForgotten(nowMs - this.#forgottenAfterMs);
    this.#forgottenAfterMs = FORGOTTEN_AFTER_MS;
    this.#reclaimAtMs = nowMs + RECLAIM_EVERY_MS;
    if (count > 0) log.info('letters that the queue forgot are handed over again', { count });
  }
}
