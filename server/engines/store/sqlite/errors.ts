import { StoreUnavailable } from '../../../ports/errors.ts';

const AWAY = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|CANTOPEN|READONLY|NOMEM|PROTOCOL|INTERRUPT)/;

/** True when another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** `StoreUnavailable` for what the disk or another process does to us; other errors are faults of ours. */
export function translated(error: unknown): unknown {
  const code = codeOf(error);
  return AWAY.test(code) ? new StoreUnavailable(`SQLite: ${code}`, { cause: error }) : error;
}

/** drizzle wraps the driver's error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
