import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { OutboxStore } from '../domain/outboxStore.ts';
import { LONGEST_RETRY_PAUSE_MS } from './outboxWorker.ts';
import { WallClock } from './wallClock.ts';

/** What the relay works with. */
export interface OutboxRelayOptions {
  readonly outbox: Pick<
    OutboxStore,
    'claimDue' | 'nextDueAtMs' | 'unclaim' | 'reclaimForgotten' | 'pullBack'
  >;
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
/** All that is queued was queued before this. */
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * Hands letters that are due from the outbox to the queue. Sleeps until the next one is due, or until it is
 * nudged. While the store or the queue is away it says so once and tries again, 1 s to 30 s apart; the rows
 * wait. Its pauses are of elapsed time; when the wall clock, by which rows are dated, is set back, all that is pending is
 * due.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #wallClock: WallClock;
  #isRunning = false;
  #isNudged = false;
  #passing: Promise<void> | null = null;
  #cancelSleep: Cancel = () => undefined;
  /** These are of elapsed time. */
  #restUntilMs = 0;
  #reclaimAtMs = 0;
  #failures = 0;
  /** At the start and after an outage it is not known what the queue still holds: it is handed everything again. */
  #isAllForgotten = true;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#wallClock = new WallClock(options.clock);
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

  /** Until so much time has elapsed since the clock's beginning. */
  #sleepUntil(elapsedMs: number): void {
    const { clock } = this.#options;
    this.#cancelSleep();
    this.#cancelSleep = clock.after(Math.max(0, elapsedMs - clock.elapsedMs()), () => this.#wake());
  }

  #wake(): void {
    const { clock } = this.#options;
    this.#isNudged = false;
    this.#restUntilMs = clock.elapsedMs() + REST_MS;
    this.#passing = this.#look().then((pauseMs) => {
      this.#passing = null;
      const isAskedFor = this.#isNudged && this.#failures === 0;
      const nextLookMs = isAskedFor ? 0 : clock.elapsedMs() + pauseMs;
      if (this.#isRunning) this.#sleepUntil(Math.max(nextLookMs, this.#restUntilMs));
    });
  }

  /** Hands over what is due; tells how long to wait before the next look. */
  async #look(): Promise<number> {
    const { clock, queue, log, outbox } = this.#options;
    try {
      if (this.#failures > 0) await queue.ping();
      await this.#followWallClock();
      await this.#reclaim();
      await this.#handOver();
      const dueAtMs = await outbox.nextDueAtMs();
      if (this.#failures > 0) log.info('letters are handed over again');
      this.#failures = 0;
      return Math.min((dueAtMs ?? Infinity) - clock.nowMs(), LOOK_EVERY_MS);
    } catch (error) {
      if (this.#failures === 0) log.warn('letters wait in the outbox', { error });
      this.#failures += 1;
      this.#isAllForgotten = true;
      this.#reclaimAtMs = 0;
      return Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** (this.#failures - 1));
    }
  }

  /** When the wall clock was set: what it dated ahead of now is due, and nothing looks forgotten because of it. */
  async #followWallClock(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    const { jumpMs } = this.#wallClock;
    if (jumpMs === 0) {
      this.#wallClock.accept();
      return;
    }
    const nowMs = clock.nowMs();
    if (jumpMs < 0) await outbox.pullBack(nowMs, nowMs);
    else if (!this.#isAllForgotten) this.#reclaimAtMs = clock.elapsedMs() + FORGOTTEN_AFTER_MS;
    this.#wallClock.accept();
    log.warn('the wall clock was set', { jumpMs });
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
    const { outbox, clock, log, gatherWindowMs } = this.#options;
    if (clock.elapsedMs() < this.#reclaimAtMs) return;
    const nowMs = clock.nowMs();
    const queuedBeforeMs = this.#isAllForgotten ? ALL : nowMs - FORGOTTEN_AFTER_MS;
    const count = await outbox.reclaimForgotten(queuedBeforeMs);
    // A row is put off no longer than this, unless a clock was ahead that was set before we began.
    await outbox.pullBack(nowMs, nowMs + Math.max(gatherWindowMs, LONGEST_RETRY_PAUSE_MS));
    this.#isAllForgotten = false;
    this.#reclaimAtMs = clock.elapsedMs() + RECLAIM_EVERY_MS;
    if (count > 0) log.info('letters that the queue forgot are handed over again', { count });
  }
}
