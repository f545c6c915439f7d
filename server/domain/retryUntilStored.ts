import type { Clock } from '../ports/clock.ts';
import { isTransient } from '../ports/errors.ts';

/** The pause between two attempts. */
const RETRY_MS = 500;

/**
 * Repeats the work while it fails with a transient error: what has happened outside must not be forgotten because the
 * database was away for a moment. The work must be idempotent. Rejects with every other error.
 */
export async function retryUntilStored<Result>(clock: Clock, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
    }
  }
}
