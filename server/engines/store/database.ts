import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { Tables } from './schema/index.ts';

/**
 * The query builder under the types of SQLite's. Query functions keep to what both engines have: no
 * `returning`, no `onConflict…`, no `get`, `all` or `run`.
 */
export type Queries = Pick<BaseSQLiteDatabase<'async', unknown>, 'select' | 'insert' | 'update' | 'delete'>;

/** What a statement may be given. */
export type Value = string | number | boolean | null;

/** What a writing statement did. */
export interface Written {
  /** Rows inserted, found by an update, or deleted. */
  readonly rows: number;
  /** The ids that the database gave to the inserted rows, in their order; meaningless for other tables. */
  readonly ids: readonly number[];
}

/** A hand-shaped statement that writes, with one `?` for each value. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Where the engines' SQL differs. Names in back-ticks are understood by both. */
export interface Dialect {
  /** How many of the rows that remain one statement takes. */
  rowsPerStatement(remaining: number): number;
  /** Makes a SELECT of the query builder hold its rows until the transaction ends. */
  forUpdate<Query>(query: Query): Query;
  /** The end of a hand-shaped SELECT that does so. */
  readonly forUpdateText: string;
  /** The end of an INSERT that overwrites `columns` where a row with these `keys` stands already. */
  onDuplicate(keys: readonly string[], columns: readonly string[]): string;
  /** Sets `columns` of the rows of `table` whose `keys` stand in a sub-select. Names are quoted. */
  updateFrom(table: string, subselect: string, keys: readonly string[], columns: readonly string[]): string;
  /** The number of rows that an awaited `update` or `delete` of the query builder found. */
  rowsOf(result: unknown): number;
}

/** What query functions work with: one connection for as long as they have it. */
export interface Session {
  readonly db: Queries;
  readonly tables: Tables;
  readonly dialect: Dialect;
  /** Runs a hand-shaped SELECT, with one `?` for each value; gives the rows as lists. */
  rows(sql: string, values: readonly Value[]): Promise<readonly (readonly unknown[])[]>;
  /** Runs another hand-shaped statement. */
  write(statement: Statement): Promise<Written>;
  /**
   * Runs several, one after the other up to the first that fails; where it costs a way there and back, they share
   * it. Outcomes stand in the order of `statements`.
   */
  writeAll(statements: readonly Statement[]): Promise<readonly Written[]>;
}

/** Work on a session. It may be called again from its start when the database asks for that. */
export type Work<Result> = (session: Session) => Promise<Result>;

/**
 * One engine's connections. Every method rejects with `StoreUnavailable` while the database is away; faults
 * of the statements themselves are thrown as they are.
 */
export interface Database {
  /** Statements that need not belong together. */
  read<Result>(work: Work<Result>): Promise<Result>;
  /** Reads that all see one moment. */
  snapshot<Result>(work: Work<Result>): Promise<Result>;
  /** One transaction: all or nothing. Rejects with `CommitInDoubt` when the answer to its commit is lost. */
  transaction<Result>(work: Work<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
