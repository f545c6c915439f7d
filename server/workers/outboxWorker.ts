import { renderLetter } from '../../emails/renderLetter.tsx';
import type { BackendCalls, CallOutcome } from '../ports/backendCalls.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Mailer, MailOutcome } from '../ports/mailer.ts';
import type { DeliveryOutcome, Metrics } from '../ports/metrics.ts';
import type { BackendCallJob, LetterJob, OutboxJob, OutboxStore } from '../ports/store.ts';

/** What the worker works with. */
export interface OutboxWorkerOptions {
  readonly outbox: Pick<OutboxStore, 'job' | 'markSent' | 'retryAt' | 'giveUp'>;
  readonly mailer: Pick<Mailer, 'send'>;
  /** `null`: there is no main backend to tell. */
  readonly backend: BackendCalls | null;
  readonly metrics: Pick<Metrics, 'mailAttempted' | 'backendCallAttempted'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly siteName: string;
  readonly publicUrl: string;
  /** Told when something was put off, so that somebody looks when it is due. */
  readonly putOff?: () => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const GIVE_UP_AFTER_MS = 48 * 60 * 60_000;

/** What the log calls each. */
const NAMES = { letter: 'a letter', backend_call: 'a call to the main backend' } as const;

/**
 * Renders and sends letters, tells the main backend, and notes in the outbox what became of each: sent; to be
 * tried again, 1 s to 5 min later; or given up, at once when it is rejected and after 48 hours of trying
 * otherwise. When the outcome cannot be noted, a letter is sent again later under the same Message-ID, and the
 * backend is told the same once more.
 */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
  }

  /** Deals with one outbox row; never rejects. */
  async handle(jobId: number): Promise<void> {
    const { outbox, log } = this.#options;
    try {
      const job = await outbox.job(jobId);
      if (job !== null) await this.#note(job, await this.#attempt(job));
    } catch (error) {
      log.error('a letter or a call waits: the outbox does not answer', { jobId, error });
    }
  }

  #attempt(job: OutboxJob): Promise<MailOutcome | CallOutcome> {
    switch (job.type) {
      case 'letter':
        return this.#send(job);
      case 'backend_call':
        return this.#tell(job);
    }
  }

  async #send({ id, auctionId, letter, recipient }: LetterJob): Promise<MailOutcome> {
    const { mailer, siteName, publicUrl } = this.#options;
    const context = { siteName, publicUrl, auctionId, username: recipient.username };
    try {
      const rendered = await renderLetter(letter, context);
      const messageId = `<outbox-${id}@${new URL(publicUrl).hostname}>`;
      return await mailer.send({ ...rendered, messageId, to: recipient.email });
    } catch (error) {
      return { kind: 'retry', error: `the letter cannot be written: ${String(error)}` };
    }
  }

  /** A call that was stored under other settings waits for them to come back. */
  async #tell({ call }: BackendCallJob): Promise<CallOutcome> {
    const { backend } = this.#options;
    return backend?.send(call) ?? { kind: 'retry', error: 'RING_CLOSED_WEBHOOK_URL is not set' };
  }

  async #note(job: OutboxJob, outcome: MailOutcome | CallOutcome): Promise<void> {
    const { outbox, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    switch (outcome.kind) {
      case 'sent':
        this.#count(job, 'sent');
        return outbox.markSent(job.id, nowMs);
      case 'rejected':
        return this.#giveUp(job, outcome.error);
      case 'retry': {
        if (nowMs - job.createdAtMs >= GIVE_UP_AFTER_MS) return this.#giveUp(job, outcome.error);
        const pauseMs = this.#pauseMs(job.attempts);
        this.#count(job, 'retried');
        log.warn(`${NAMES[job.type]} is put off`, { jobId: job.id, pauseMs, error: outcome.error });
        await outbox.retryAt(job.id, nowMs + pauseMs, outcome.error);
        this.#options.putOff?.();
        return;
      }
    }
  }

  async #giveUp(job: OutboxJob, error: string): Promise<void> {
    const { outbox, log } = this.#options;
    const content = job.type === 'letter' ? { letter: job.letter.kind } : { call: job.call };
    this.#count(job, 'given_up');
    log.error(`${NAMES[job.type]} is given up`, { jobId: job.id, ...content, error });
    await outbox.giveUp(job.id, error);
  }

  #count({ type }: OutboxJob, outcome: DeliveryOutcome): void {
    const { metrics } = this.#options;
    if (type === 'letter') metrics.mailAttempted(outcome);
    else metrics.backendCallAttempted(outcome);
  }

  /** Doubles with each failed attempt; the jitter keeps letters from coming back all at once. */
  #pauseMs(attempts: number): number {
    const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempts);
    return Math.round(fullMs * (0.75 + 0.25 * this.#options.clock.random()));
  }
}
