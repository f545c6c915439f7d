import { renderLetter } from '../../emails/renderLetter.tsx';
import type { BackendCalls } from '../domain/notification/backendCalls.ts';
import type {
  BackendCallJob,
  CloseRoomJob,
  LetterJob,
  OutboxJob,
  OutboxStore,
} from '../domain/outboxStore.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log, LogFields } from '../ports/log.ts';
import type { DeliveryOutcome } from '../ports/delivery.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Media } from '../ports/media.ts';
import type { Metrics } from '../ports/metrics.ts';

/** What the worker works with. */
export interface OutboxWorkerOptions {
  readonly outbox: Pick<OutboxStore, 'job' | 'markSent' | 'retryAt' | 'giveUp'>;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly backend: Pick<BackendCalls, 'send'>;
  /** `null`: there is no media server. */
  readonly media: Pick<Media, 'closeRoom'> | null;
  readonly metrics: Pick<Metrics, 'deliveryAttempted'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly siteName: string;
  readonly publicUrl: string;
  /** The page of an auction, with `{id}` in place of its number. */
  readonly auctionUrl: string;
  /** Called when a row was put off, or one that waited for another may be due: the outbox is to be looked at. */
  readonly dueChanged?: () => void;
}

const FIRST_PAUSE_MS = 1_000;
/** The longest that anything waits before it is tried again. */
export const LONGEST_RETRY_PAUSE_MS = 5 * 60_000;
const GIVE_UP_AFTER_MS = 48 * 60 * 60_000;

/** What the log calls each. */
const NAMES = {
  letter: 'a letter',
  backend_call: 'a call to the main backend',
  close_room: "a room's end",
} as const;

/**
 * Renders and sends letters, tells the main backend, closes the rooms of calls, and notes in the outbox what
 * became of each: done; to be tried again, 1 s to 5 min later; or given up, at once when it is rejected and
 * after 48 hours of trying otherwise. When the outcome cannot be noted, a letter is sent again later under the
 * same Message-ID, and the others are told the same once more.
 */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;
  /** What the wall clock would show less the elapsed time, had it not been set since the start. */
  readonly #offsetMs: number;

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
    this.#offsetMs = options.clock.nowMs() - options.clock.elapsedMs();
  }

  /** Deals with one outbox row; never rejects. */
  async handle(jobId: number): Promise<void> {
    const { outbox, clock, log } = this.#options;
    try {
      const job = await outbox.job(jobId, clock.nowMs());
      if (job !== null) await this.#note(job, await this.#attempt(job));
    } catch (error) {
      log.error('something waits: the outbox does not answer', { jobId, error });
    }
  }

  #attempt(job: OutboxJob): Promise<DeliveryOutcome> {
    switch (job.type) {
      case 'letter':
        return this.#send(job);
      case 'backend_call':
        return this.#tell(job);
      case 'close_room':
        return this.#closeRoom(job);
    }
  }

  async #send({ id, auctionId, letter, recipient }: LetterJob): Promise<DeliveryOutcome> {
    const { mailer, siteName, publicUrl, auctionUrl } = this.#options;
    const context = { siteName, auctionUrl, auctionId, username: recipient.username };
    try {
      const rendered = renderLetter(letter, context);
      const messageId = `<outbox-${id}@${new URL(publicUrl).hostname}>`;
      return await mailer.send({ ...rendered, messageId, to: recipient.email });
    } catch (error) {
      return { kind: 'retry', error: `the letter cannot be written: ${String(error)}` };
    }
  }

  #tell({ call, externalId }: BackendCallJob): Promise<DeliveryOutcome> {
    return this.#options.backend.send({ call, externalId });
  }

  /** A room that was stored under other settings waits for them to come back. */
  async #closeRoom({ callId }: CloseRoomJob): Promise<DeliveryOutcome> {
    const { media } = this.#options;
    return media?.closeRoom(callId) ?? { kind: 'retry', error: 'LIVEKIT_URL is not set' };
  }

  async #note(job: OutboxJob, outcome: DeliveryOutcome): Promise<void> {
    const { outbox, metrics, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    switch (outcome.kind) {
      case 'sent':
        metrics.deliveryAttempted(job.type, 'sent');
        await outbox.markSent(job.id, nowMs);
        return this.#finished(job);
      case 'rejected':
        return this.#giveUp(job, outcome.error);
      case 'retry': {
        if (this.#ageMs(job) >= GIVE_UP_AFTER_MS) return this.#giveUp(job, outcome.error);
        const pauseMs = this.#pauseMs(job.attempts);
        metrics.deliveryAttempted(job.type, 'retried');
        log.warn(`${NAMES[job.type]} is put off`, { jobId: job.id, pauseMs, error: outcome.error });
        await outbox.retryAt(job.id, nowMs + pauseMs, outcome.error);
        this.#options.dueChanged?.();
        return;
      }
    }
  }

  async #giveUp(job: OutboxJob, error: string): Promise<void> {
    const { outbox, metrics, log } = this.#options;
    metrics.deliveryAttempted(job.type, 'given_up');
    log.error(`${NAMES[job.type]} is given up`, { jobId: job.id, ...contentOf(job), error });
    await outbox.giveUp(job.id, error);
    this.#finished(job);
  }

  /** Calls may wait for the one before. */
  #finished(job: OutboxJob): void {
    if (job.type === 'backend_call') this.#options.dueChanged?.();
  }

  /** A wall clock that is set ahead makes nothing old. */
  #ageMs({ createdAtMs }: OutboxJob): number {
    const { clock } = this.#options;
    return Math.min(clock.nowMs(), this.#offsetMs + clock.elapsedMs()) - createdAtMs;
  }

  /** Doubles with each failed attempt; the jitter keeps letters from coming back all at once. */
  #pauseMs(attempts: number): number {
    const fullMs = Math.min(LONGEST_RETRY_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempts);
    return Math.round(fullMs * (0.75 + 0.25 * this.#options.clock.random()));
  }
}

/** What the log says of it. */
function contentOf(job: OutboxJob): LogFields {
  switch (job.type) {
    case 'letter':
      return { letter: job.letter.kind };
    case 'backend_call':
      return { call: job.call };
    case 'close_room':
      return { callId: job.callId };
  }
}
