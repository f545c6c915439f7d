import type { Log } from '../../ports/log.ts';
import type { JobQueue } from '../../ports/queue.ts';
import { QueueUnavailable } from '../../ports/errors.ts';

/**
 * A queue in this process's memory: at most `concurrency` handlers run at a time. What waits when the process
 * ends is forgotten; the outbox rows are not.
 */
export function createInProcessQueue(log: Log, { concurrency }: { readonly concurrency: number }): JobQueue {
  return new InProcessQueue(log, concurrency);
}

class InProcessQueue implements JobQueue {
  readonly #log: Log;
  readonly #concurrency: number;
  readonly #waiting = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  #handle: ((jobId: number) => Promise<void>) | null = null;
  #closed = false;

  constructor(log: Log, concurrency: number) {
    this.#log = log;
    this.#concurrency = concurrency;
  }

  async add(jobIds: readonly number[]): Promise<void> {
    await this.ping();
    for (const jobId of jobIds) this.#waiting.add(jobId);
    this.#deliver();
  }

  consume(handle: (jobId: number) => Promise<void>): void {
    this.#handle = handle;
    this.#deliver();
  }

  ping(): Promise<void> {
    return this.#closed ? Promise.reject(new QueueUnavailable('The queue is closed')) : Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    await Promise.all(this.#running);
  }

  #deliver(): void {
    if (this.#handle === null) return;
    for (const jobId of this.#waiting) {
      if (this.#running.size >= this.#concurrency) return;
      this.#waiting.delete(jobId);
      const job = this.#run(this.#handle, jobId).finally(() => {
        this.#running.delete(job);
        this.#deliver();
      });
      this.#running.add(job);
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
