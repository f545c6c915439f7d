import mysql, { type Pool, type PoolConnection } from 'mysql2';
import { MAX_UNDER_WAY } from '../../../domain/auction/ledger/committer.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { CommitInDoubt, StoreUnavailable } from '../../../ports/errors.ts';
import type { Database, Statement, Value, Work } from '../database.ts';
import { migrate, PROGRESS_TABLE } from '../migrations.ts';
import { probeAt } from '../rows.ts';
import { mysql as tables } from '../schema/index.ts';
import { dialect, MysqlConnection } from './connection.ts';
import { isAlreadyDone, isConnectionLost, isTryAgain, MysqlFault, translated, unwrapped } from './errors.ts';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 3_000;
/** How long to wait for a connection of the pool. */
const ACQUIRE_TIMEOUT_MS = 5_000;
const PING_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** How often a transaction is tried when others are in its way. */
const ATTEMPTS = 4;
const MIGRATION_WAIT_S = 120;

type Use<Result> = (connection: MysqlConnection) => Promise<Result>;

/** A MySQL or MariaDB database through a pool of connections, which is refilled when the server was away. */
export class MysqlDatabase implements Database {
  readonly tables = tables;
  readonly dialect = dialect;
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #open = new Set<{ destroy(): void }>();
  #isClosed = false;
  readonly #known = new WeakMap<PoolConnection, MysqlConnection>();
  /** Idle connections that are kept for commits, as many as may be under way at a time. */
  readonly #committing: PoolConnection[] = [];

  /** Connects when it is first used. */
  constructor(url: string, clock: Clock, log: Log) {
    this.#clock = clock;
    this.#pool = mysql.createPool({
      uri: url,
      connectionLimit: CONNECTIONS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      charset: 'utf8mb4_bin',
      timezone: 'Z',
      rowsAsArray: true,
      // Statements of a transaction travel together; none contains text that a client sent.
      multipleStatements: true,
      // The driver would search every statement for marks, also where there are no values to put in.
      queryFormat: (sql, values: Value[]) => (values.length === 0 ? sql : mysql.format(sql, values)),
    });
    this.#pool.on('connection', (connection) => {
      this.#open.add(connection);
      connection.on('end', () => this.#forget(connection));
      connection.on('error', ({ code }: NodeJS.ErrnoException) =>
        log.warn('database connection lost', { code }),
      );
    });
  }

  /** Brings the schema up to date, while other processes that want to do so wait. */
  async migrate(folder: string): Promise<void> {
    const name = `CONCAT('ringside ', MD5(DATABASE()))`;
    await this.#use(async (connection) => {
      const [[isLocked] = []] = await connection.longCommand(`SELECT GET_LOCK(${name}, ${MIGRATION_WAIT_S})`);
      if (isLocked !== 1) throw new StoreUnavailable('another process has been migrating for too long');
      await migrate(
        {
          execute: async (sql) => {
            await connection.longCommand(sql);
          },
          progress: async () => {
            const rows = await connection.longCommand(`SELECT made_at, statements FROM ${PROGRESS_TABLE}`);
            return new Map(rows as [number, number][]);
          },
          isAlreadyDone,
        },
        folder,
      );
      await connection.longCommand(`SELECT RELEASE_LOCK(${name})`);
    });
  }

  read<Result>(work: Work<Result>): Promise<Result> {
    return this.#use(({ session }) => work(session));
  }

  snapshot<Result>(work: Work<Result>): Promise<Result> {
    return this.#use(async (connection) => {
      await connection.command('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await connection.command('START TRANSACTION WITH CONSISTENT SNAPSHOT');
      const result = await work(connection.session);
      await connection.command('COMMIT');
      return result;
    });
  }

  transaction<Result>(work: Work<Result>): Promise<Result> {
    return this.#retryUntilStored((connection) => connection.transaction(() => work(connection.session)));
  }

  transactionOf(statements: readonly Statement[]): Promise<readonly number[]> {
    return this.#retryUntilStored((connection) => connection.transactionOf(statements), this.#committing);
  }

  /** Resolves when the server answers, whether it has a schema or not. */
  async ping(): Promise<void> {
    await this.#within(
      PING_TIMEOUT_MS,
      this.#use((connection) => connection.command('DO 1')),
    );
  }

  async probe(): Promise<void> {
    // One statement commits by itself: nothing is in doubt when its answer is lost.
    const probe = probeAt(this, this.#clock.nowMs());
    await this.#within(
      PING_TIMEOUT_MS,
      this.#use(({ session }) => session.write(probe)),
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#within(CLOSE_TIMEOUT_MS, ended(this.#pool));
    } catch {
      // A server that does not answer is not worth waiting for: nothing is under way any more.
      for (const connection of this.#open) connection.destroy();
    }
  }

  /** Does the work again when another transaction was in its way. */
  async #retryUntilStored<Result>(use: Use<Result>, kept?: PoolConnection[]): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#use(use, kept);
      } catch (error) {
        const mayTryAgain = error instanceof StoreUnavailable && isTryAgain(error.cause);
        if (!mayTryAgain || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Lends a connection, one of those `kept` if there are; takes it back only if nothing is left open on it. */
  async #use<Result>(use: Use<Result>, kept?: PoolConnection[]): Promise<Result> {
    const connection = kept?.pop() ?? (await this.#acquire());
    let isClean = false;
    try {
      const result = await use(this.#known.get(connection) ?? (await this.#setUp(connection)));
      isClean = true;
      return result;
    } catch (error) {
      const fault = unwrapped(error);
      const isUsable = !isConnectionLost(fault) && !(fault instanceof CommitInDoubt);
      isClean = isUsable && (await rolledBack(connection));
      throw translated(fault);
    } finally {
      if (!isClean) connection.destroy();
      else if (kept === undefined || kept.length === MAX_UNDER_WAY) connection.release();
      else kept.push(connection);
    }
  }

  #forget(connection: PoolConnection): void {
    this.#open.delete(connection);
    const index = this.#committing.indexOf(connection);
    if (index >= 0) this.#committing.splice(index, 1);
  }

  #acquire(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const cancel = this.#clock.after(ACQUIRE_TIMEOUT_MS, () => {
        isLate = true;
        reject(silent(ACQUIRE_TIMEOUT_MS));
      });
      this.#pool.getConnection((error, connection) => {
        cancel();
        if (error !== null) reject(unavailable(error));
        else if (isLate) connection.release();
        else resolve(connection);
      });
    });
  }

  async #setUp(connection: PoolConnection): Promise<MysqlConnection> {
    const fresh = await MysqlConnection.setUp(connection, this.#clock);
    this.#known.set(connection, fresh);
    return fresh;
  }

  async #within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
    let cancel: Cancel = () => undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = this.#clock.after(timeoutMs, () => reject(silent(timeoutMs)));
    });
    try {
      return await Promise.race([work, timeout]);
    } finally {
      cancel();
    }
  }
}

function rolledBack(connection: PoolConnection): Promise<boolean> {
  return new Promise((resolve) => connection.rollback((error) => resolve(error === null)));
}

function ended(pool: Pool): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.end((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function silent(forMs: number): StoreUnavailable {
  return new StoreUnavailable(`MySQL has not answered for ${forMs} ms`);
}

function unavailable(error: unknown): StoreUnavailable {
  const fault = new MysqlFault(error, 'connecting');
  return new StoreUnavailable(`MySQL: ${fault.message}`, { cause: fault });
}
