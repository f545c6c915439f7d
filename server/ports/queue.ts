/**
 * Hands jobs to workers. Promises: a job whose `add` resolved is delivered at least once while the carrier
 * keeps its memory; order is not promised; an id that is still waiting is not queued twice. `add` rejects with {@link QueueUnavailable} within a few seconds when the carrier is away, or the queue is closed; the caller's row stays the truth and is handed over later.
 * A handler that throws is logged; retrying is the outbox's business, so the queue never repeats by itself.
 */
export interface JobQueue {
  add(jobIds: readonly number[]): Promise<void>;
  /** Starts delivering. Called once. */
  consume(handle: (jobId: number) => Promise<void>): void;
  /** Resolves when the carrier answers, rejects as `add` does when it does not. */
  ping(): Promise<void>;
  /** Stops delivering, waits for the handlers that run, closes the connection. */
  close(): Promise<void>;
}
