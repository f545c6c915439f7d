import Bull from 'bull';
import { EngineUnavailable, QueueUnavailable } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { JobQueue } from '../../ports/queue.ts';
import { RedisClients } from './redisClients.ts';

/** How a Bull queue is set up. */
export interface BullQueueOptions {
  /** Queues of different names on one Redis are strangers. */
  readonly name?: string;
  readonly concurrency: number;
  /** A process that died holding a job loses it to another one after this time. */
  readonly lockMs?: number;
}

const DEFAULT_LOCK_MS = 30_000;

/**
 * A queue on Redis that all processes share. Throws {@link EngineUnavailable} when Redis does not answer now;
 * when it goes away later, `add` and `ping` reject within about two seconds until it is back.
 */
export async function openBullQueue(
  redisUrl: string,
  log: Log,
  { name = 'letters', concurrency, lockMs = DEFAULT_LOCK_MS }: BullQueueOptions,
): Promise<JobQueue> {
  const clients = new RedisClients(redisUrl, log);
  try {
    await clients.of('client').ping();
  } catch (error) {
    await clients.close();
    throw new EngineUnavailable(`Redis at ${new URL(redisUrl).host} cannot be used: ${clients.fault(error)}`);
  }
  const queue = new Bull<Record<string, never>>(name, {
    createClient: (type) => clients.of(type),
    settings: {
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // A letter whose workers died several times still goes out.
      maxStalledCount: 1_000,
      retryProcessDelay: 1_000,
    },
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  queue.on('error', (error) => log.debug('the job queue reports a fault', { error }));
  return new BullQueue(queue, clients, log, concurrency);
}

class BullQueue implements JobQueue {
  readonly #queue: Bull.Queue<Record<string, never>>;
  readonly #clients: RedisClients;
  readonly #log: Log;
  readonly #concurrency: number;
  readonly #running = new Set<Promise<void>>();
  #closing: Promise<void> | null = null;

  constructor(
    queue: Bull.Queue<Record<string, never>>,
    clients: RedisClients,
    log: Log,
    concurrency: number,
  ) {
    this.#queue = queue;
    this.#clients = clients;
    this.#log = log;
    this.#concurrency = concurrency;
  }

  async add(jobIds: readonly number[]): Promise<void> {
    if (this.#closing !== null) throw new QueueUnavailable('The queue is closed');
    // One by one: Bull's addBulk does not say when Redis refuses some of them.
    await this.#answered(Promise.all(jobIds.map((jobId) => this.#queue.add({}, { jobId }))));
  }

  consume(handle: (jobId: number) => Promise<void>): void {
    const processing: Promise<void> = this.#queue.process(this.#concurrency, async ({ id }) => {
      const job = this.#run(handle, Number(id));
      this.#running.add(job);
      await job;
      this.#running.delete(job);
    });
    processing.catch((error: unknown) => this.#log.debug('the job queue stopped delivering', { error }));
  }

  async ping(): Promise<void> {
    await this.#answered(this.#clients.of('client').ping());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * Waits for the handlers itself: Bull's own waiting close leaves a rejected promise without a handler when
   * Redis is away, and that would end the process.
   */
  async #close(): Promise<void> {
    await this.#unlessAway(this.#queue.pause(true, true));
    // One round trip later, every job that was being fetched has reached its handler.
    await this.#unlessAway(this.#clients.of('client').ping());
    await Promise.all(this.#running);
    await this.#queue.close(true);
    await this.#clients.close();
  }

  async #answered(command: Promise<unknown>): Promise<void> {
    try {
      await command;
    } catch (error) {
      throw new QueueUnavailable(`Redis: ${this.#clients.fault(error)}`, { cause: error });
    }
  }

  async #unlessAway(step: Promise<unknown>): Promise<void> {
    try {
      await step;
    } catch (error) {
      this.#log.debug('the job queue is closed while Redis is away', { error });
    }
  }

  async #run(handle: (jobId: number) => Promise<void>, jobId: number): Promise<void> {
    try {
      await handle(jobId);
    } catch (error) {
      this.#log.error('a job failed', { jobId, error });
    }
  }
}
