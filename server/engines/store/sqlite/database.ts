import { BetterSQLiteSession } from 'drizzle-orm/better-sqlite3/session';
import { BaseSQLiteDatabase, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import type { Clock } from '../../../ports/clock.ts';
import { StoreUnavailable } from '../../../ports/errors.ts';
import type { Database, Dialect, Queries, Session, Statement, Work } from '../database.ts';
import { migrate, PROGRESS_TABLE } from '../migrations.ts';
import { gathered, probeAt } from '../rows.ts';
import { sqlite as tables } from '../schema/index.ts';
import { Driver } from './driver.ts';
import { isBusy, translated } from './errors.ts';

/** How long opening waits for other processes that open the same file; this one stands still meanwhile. */
const OPENING_WAIT_MS = 5_000;
/** How long work waits for other processes in all, and how often it asks. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 4;
/** How long work goes on before the event loop turns. */
const MAX_BUSY_MS = 5;
/** How long the log grows before it is written back: 32 MB. */
const CHECKPOINT_PAGES = 8_000;

const dialect: Dialect = {
  // Statements of the same shape are prepared once.
  value: (value, values) => {
    values.push(value);
    return '?';
  },
  rowsPerStatement: (remaining) => (remaining >= 64 ? 64 : remaining >= 8 ? 8 : 1),
  forUpdate: (query) => query,
  forUpdateText: '',
  withIndex: (index) => ` INDEXED BY ${index}`,
  onDuplicate: (keys, columns) => {
    const updates = columns.map((name) => `${name}=excluded.${name}`);
    return ` ON CONFLICT (${keys.join(',')}) DO UPDATE SET ${updates.join(',')}`;
  },
  updateFrom: (table, keys, settings) => {
    const updates = settings.map(({ column, term }) => `${column}=${term}`);
    const matches = keys.map((name) => `${table}.${name}=new.${name}`);
    return [`UPDATE ${table} SET ${updates.join(',')} FROM (`, `) AS new WHERE ${matches.join(' AND ')}`];
  },
  rowsOf: (result) => (result as { readonly changes: number }).changes,
};

/**
 * One SQLite file through one connection. Its users take turns, so that a transaction holds only the
 * statements of its own work although that work is asynchronous.
 */
export class SqliteDatabase implements Database {
  readonly tables = tables;
  readonly dialect = dialect;
  readonly #driver: Driver;
  readonly #clock: Clock;
  readonly #session: Session;
  #isClosed = false;
  /** When work began in this turn of the event loop. */
  #busySinceMs: number | null = null;
  #lastTurn: Promise<unknown> = Promise.resolve();

  /** Opens the file, and makes it and its folder when they are missing. */
  constructor(file: string, clock: Clock) {
    this.#clock = clock;
    this.#driver = new Driver(file);
    this.#driver.exec(`PRAGMA busy_timeout=${OPENING_WAIT_MS}; PRAGMA journal_mode=WAL`);
    // From now on SQLite never waits for a lock: that would block the event loop.
    this.#driver.exec('PRAGMA busy_timeout=0; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON');
    // Pages that many bids have changed are then written back once, not after every large commit.
    this.#driver.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
    this.#session = {
      db: queriesOf(this.#driver),
      tables,
      dialect,
      rows: async (sql, values) => this.#driver.rows(sql, values),
      write: async (statements) => gathered(statements, (statement) => this.#driver.write(statement)),
      pause: () => new Promise((resolve) => clock.soon(resolve)),
    };
  }

  /** Brings the schema up to date, alone. */
  async migrate(folder: string): Promise<void> {
    const driver = this.#driver;
    await this.transaction(() =>
      migrate(
        {
          execute: async (sql) => driver.exec(sql),
          progress: async () => {
            const rows = driver.prepare(`SELECT made_at, statements FROM ${PROGRESS_TABLE}`).raw().all();
            return new Map(rows as [number, number][]);
          },
          isAlreadyDone: () => false,
        },
        folder,
      ),
    );
  }

  read<Result>(work: Work<Result>): Promise<Result> {
    return this.#inTurn(() => work(this.#session));
  }

  snapshot<Result>(work: Work<Result>): Promise<Result> {
    return this.#inTurn(() => this.#between('BEGIN', work));
  }

  transaction<Result>(work: Work<Result>): Promise<Result> {
    return this.#inTurn(() => this.#between('BEGIN IMMEDIATE', work));
  }

  transactionOf(statements: readonly Statement[]): Promise<readonly number[]> {
    return this.transaction((session) => session.write(statements));
  }

  async probe(): Promise<void> {
    await this.transactionOf(probeAt(this, this.#clock.nowMs()));
  }

  async close(): Promise<void> {
    const isFirst = !this.#isClosed;
    this.#isClosed = true;
    await this.#lastTurn;
    if (isFirst) this.#driver.close();
  }

  async #inTurn<Result>(use: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new StoreUnavailable('SQLite: the store is closed');
    const turn = this.#lastTurn.then(async () => {
      await this.#letOthersRun();
      return this.#untilFree(use);
    });
    const over = () => undefined;
    this.#lastTurn = turn.then(over, over);
    try {
      return await turn;
    } catch (error) {
      throw translated(error);
    }
  }

  /** SQLite answers at once: a long queue of work would keep sockets and timers waiting until it is empty. */
  async #letOthersRun(): Promise<void> {
    const nowMs = this.#clock.elapsedMs();
    if (this.#busySinceMs === null) {
      this.#busySinceMs = nowMs;
      this.#clock.soon(() => (this.#busySinceMs = null));
    } else if (nowMs - this.#busySinceMs > MAX_BUSY_MS) {
      await new Promise<void>((resolve) => this.#clock.soon(resolve));
    }
  }

  /** Waits for other processes. A transaction meets them when it begins, before it has done anything. */
  async #untilFree<Result>(use: () => Promise<Result>): Promise<Result> {
    const deadlineMs = this.#clock.elapsedMs() + LOCK_WAIT_MS;
    for (;;) {
      try {
        return await use();
      } catch (error) {
        if (!isBusy(error) || this.#clock.elapsedMs() >= deadlineMs) throw error;
      }
      await new Promise<void>((resolve) => this.#clock.after(LOCK_RETRY_MS, resolve));
    }
  }

  async #between<Result>(begin: string, work: Work<Result>): Promise<Result> {
    this.#driver.exec(begin);
    try {
      const result = await work(this.#session);
      this.#driver.exec('COMMIT');
      return result;
    } finally {
      if (this.#driver.inTransaction) this.#driver.exec('ROLLBACK');
    }
  }
}

function queriesOf(driver: Driver): Queries {
  const sync = new SQLiteSyncDialect();
  const session = new BetterSQLiteSession(driver, sync, undefined);
  return new BaseSQLiteDatabase('sync', sync, session, undefined) as unknown as Queries;
}
