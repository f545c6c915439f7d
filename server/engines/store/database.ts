import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { Tables } from './schema/index.ts';

/**
 * The query builder under the types of SQLite's. Query functions keep to what both engines have: no
 * `returning`, no `onConflict…`, no `get`, `all` or `run`.
 */
export type Queries = Pick<BaseSQLiteDatabase<'async', unknown>, 'select' | 'insert' | 'update' | 'delete'>;

/** What a statement may be given. */
export type Value = string | number | boolean | null;

/** A raw statement that writes, with one `?` for each value. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Value[];
  /** Whether the ids are wanted that the database gives to the rows it inserts. */
  readonly givesIds?: boolean;
}

/** Where the engines' SQL differs. Names in back-ticks are understood by both. */
export interface Dialect {
  /** How a value is written in SQL: as it is, or as a `?` for what is put at the end of `values`. */
  readonly value: (value: Value, values: Value[]) => string;
  /** How many of the rows that remain one statement takes. */
  rowsPerStatement(remaining: number): number;
  /** Makes a SELECT of the query builder hold its rows until the transaction ends. */
  forUpdate<Query>(query: Query): Query;
  /** The end of a raw SELECT that does so. */
  readonly forUpdateText: string;
  /** What follows a table's name in a raw SELECT so that it is read by that index. */
  withIndex(index: string): string;
  /** The end of an INSERT that overwrites `columns` where a row with these `keys` stands already. */
  onDuplicate(keys: readonly string[], columns: readonly string[]): string;
  /**
   * What stands before and after a sub-select, called `new`, to change the rows of `table` that have its `keys`: columns
   * are set to their terms. All names are quoted.
   */
  updateFrom(
    table: string,
    keys: readonly string[],
    settings: readonly Setting[],
  ): readonly [before: string, after: string];
  /** The number of rows that an awaited `update` or `delete` of the query builder found. */
  rowsOf(result: unknown): number;
}

/** A column and what it is set to. */
export interface Setting {
  readonly column: string;
  readonly term: string;
}

/** What statements are made for. */
export interface Engine {
  readonly tables: Tables;
  readonly dialect: Dialect;
}

/** What query functions work with: one connection for as long as they have it. */
export interface Session extends Engine {
  readonly db: Queries;
  /**
   * Runs a raw SELECT, with one `?` for each value; gives the rows as lists. The query builder reads everything that
   * need not be raw; what it saves stands with each use.
   */
  rows(sql: string, values: readonly Value[]): Promise<readonly (readonly unknown[])[]>;
  /**
   * Runs the statements of `rows.ts`, one after the other up to the first that fails; where it costs a
   * round trip, they share it. Gives the ids that are wanted, in the order of `statements` and of their rows.
   */
  write(statements: readonly Statement[]): Promise<readonly number[]>;
  /** Lets the event loop turn where statements alone would not. */
  pause(): Promise<void>;
}

/** Work on a session. It may be called again from its start when the database asks for that. */
export type Work<Result> = (session: Session) => Promise<Result>;

/**
 * One engine's connections. Every method rejects with `StoreUnavailable` while the database is away; faults
 * of the statements themselves are thrown as they are.
 */
export interface Database extends Engine {
  /** Statements that need not belong together. */
  read<Result>(work: Work<Result>): Promise<Result>;
  /** Reads that all see one moment. */
  snapshot<Result>(work: Work<Result>): Promise<Result>;
  /** One transaction: all or nothing. Rejects with `CommitInDoubt` when the answer to its commit is lost. */
  transaction<Result>(work: Work<Result>): Promise<Result>;
  /**
   * One transaction of statements that are known beforehand, in one round trip; gives what `Session.write`
   * does. Rejects as `transaction` does, and at once with the fault of a statement or when another transaction is in
   * the way.
   */
  transactionOf(statements: readonly Statement[]): Promise<readonly number[]>;
  /** Writes and commits something tiny, within seconds. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
