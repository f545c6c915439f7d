import { DrizzleQueryError } from 'drizzle-orm/errors';
import { EngineError, StoreUnavailable } from '../../../ports/errors.ts';

/** Answers of a server that is there and cannot serve: too many connections, shutting down, read-only, full. */
const AWAY = new Set([
  1021, 1040, 1041, 1053, 1114, 1203, 1205, 1213, 1290, 1317, 1792, 1836, 1927, 1969, 3024,
]);
/** Lock wait timeout and deadlock: the same transaction may well succeed when it is tried again. */
const TRY_AGAIN = new Set([1205, 1213]);
/** The table, the column, the index, the foreign key exists (MariaDB says 1005 to the last), or is gone. */
const ALREADY_DONE = new Set([1005, 1050, 1060, 1061, 1091, 1826]);

/** How much of what failed is looked at for its description. */
const MAX_SHOWN = 2_000;
/** The texts and numbers in SQL; the last text may be cut off. */
const VALUES = /'(?:[^'\\]|\\.)*(?:'|\\?$)|\b\d+\b/gs;

/** A statement or a connection that failed. Holds no values: they may be addresses and tokens. */
export class MysqlFault extends EngineError {
  override readonly name = 'MysqlFault';
  readonly errorNumber: number;
  /** What the driver or the server calls it. */
  readonly code: string;
  /** Whether the server is away, or there and cannot serve: no fault of the statement. */
  readonly isTransient: boolean;
  /** Whether the connection is gone, or its state unknown. */
  readonly isConnectionLost: boolean;
  /** How many statements of those that were sent together were carried out before this one failed. */
  readonly statementsDone: number;

  /** `doing`: what was tried; SQL is shown without its values. */
  constructor(error: unknown, doing: string, statementsDone = 0) {
    const { code, errno, fatal } = error as { code?: unknown; errno?: unknown; fatal?: unknown };
    const name = typeof code === 'string' ? code : error instanceof Error ? error.message : 'unknown';
    super(`${name}: ${doing.slice(0, MAX_SHOWN).replace(VALUES, '?').slice(0, 300)}`);
    this.code = name;
    // The operating system's numbers are negative.
    this.errorNumber = typeof errno === 'number' ? errno : 0;
    this.isConnectionLost = fatal === true || this.errorNumber <= 0;
    this.isTransient = this.isConnectionLost || AWAY.has(this.errorNumber);
    this.statementsDone = statementsDone;
  }
}

/** The driver's fault: drizzle wraps it in an error that shows the values. */
export function unwrapped(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}

/** True when the connection must not be used again. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof MysqlFault && error.isConnectionLost;
}

/** True when another transaction was in the way. */
export function isTryAgain(error: unknown): boolean {
  return error instanceof MysqlFault && TRY_AGAIN.has(error.errorNumber);
}

/** True when a statement of a migration has been carried out before. */
export function isAlreadyDone(error: unknown): boolean {
  return error instanceof MysqlFault && ALREADY_DONE.has(error.errorNumber);
}

/** `StoreUnavailable` for what is not our fault; a fault of our statements as it is. */
export function translated(error: unknown): unknown {
  const isAway = error instanceof MysqlFault && error.isTransient;
  return isAway ? new StoreUnavailable(`MySQL: ${error.message}`, { cause: error }) : error;
}
