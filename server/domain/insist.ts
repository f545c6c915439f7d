import type { Clock } from '../ports/clock.ts';
import { isTransient } from '../ports/errors.ts';

/** How long to wait before writing again what a store that is away did not take. */
const RETRY_MS = 500;

/**
 * Does the work again and again until the store takes it: what has happened outside must not be forgotten because
 * the database was away for a moment. The work must be harmless when it is done twice.
 */
export async function insist<Result>(clock: Clock, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
    }
  }
}
