import mysql, { type Connection, type RowDataPacket } from 'mysql2';
import type { Release, ServingStore } from '../../../cluster/servingStore.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { StoreUnavailable } from '../../../ports/errors.ts';
import type { MysqlDatabase } from './database.ts';
import { MysqlFault, translated } from './errors.ts';

/** Another name than that of migrations, which commands may run while a process serves. */
const LOCK = "CONCAT('ringside serves ', MD5(DATABASE()))";
const NOW_MS = 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)';
const CONNECT_TIMEOUT_MS = 3_000;
/** How often it is seen whether the lock is still ours. */
const CHECK_MS = 2_000;

/**
 * Says by a lock of the server, on a connection of its own, that a process serves a database; the server lets go of it
 * when the connection ends. Nodes that serve together are rows of `nodes`.
 */
export class ServingLock implements ServingStore {
  readonly canBeShared = true;
  readonly #database: MysqlDatabase;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(database: MysqlDatabase, url: string, clock: Clock, log: Log) {
    this.#database = database;
    this.#url = url;
    this.#clock = clock;
    this.#log = log;
  }

  async takeAlone(lost: () => void): Promise<Release | null> {
    const held = await this.#take();
    if (held === null) return null;
    let connection: Connection | null = held;
    let isChecking = false;
    const check = async () => {
      if (connection !== null && (await isOwn(connection))) return;
      connection?.destroy();
      connection = null;
      connection = await this.#take();
      if (connection !== null) return;
      stopChecking();
      this.#log.error('another process has taken the database');
      lost();
    };
    const stopChecking: Cancel = this.#clock.every(CHECK_MS, () => {
      if (isChecking) return;
      isChecking = true;
      check()
        .catch((error: unknown) => this.#log.debug('the lock of the database cannot be seen to', { error }))
        .finally(() => (isChecking = false));
    });
    return async () => {
      stopChecking();
      connection?.destroy();
    };
  }

  isTakenAlone(): Promise<boolean> {
    return this.#database.read(async (session) => {
      const [row] = await session.rows(`SELECT IS_USED_LOCK(${LOCK}) IS NOT NULL`, []);
      return row?.[0] === 1;
    });
  }

  async beat(nodeId: string): Promise<void> {
    const values = [nodeId];
    const sql = `REPLACE INTO nodes (id, seen_at) VALUES (?, ${NOW_MS})`;
    await this.#database.transactionOf([{ sql, values }]);
  }

  living(withinMs: number): Promise<readonly string[]> {
    return this.#database.read(async (session) => {
      const rows = await session.rows(`SELECT id FROM nodes WHERE seen_at >= ${NOW_MS} - ?`, [withinMs]);
      return rows.map(([id]) => String(id));
    });
  }

  async forget(nodeId: string): Promise<void> {
    await this.#database.transactionOf([{ sql: 'DELETE FROM nodes WHERE id = ?', values: [nodeId] }]);
  }

  /** The connection that holds the lock; `null`: another one does. */
  async #take(): Promise<Connection | null> {
    const connection = mysql.createConnection({
      uri: this.#url,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableKeepAlive: true,
    });
    connection.on('error', (error) => this.#log.debug('the lock of the database is gone', { error }));
    try {
      if ((await answer(connection, `SELECT GET_LOCK(${LOCK}, 0) AS answer`)) === 1) return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
    connection.destroy();
    return null;
  }
}

async function isOwn(connection: Connection): Promise<boolean> {
  try {
    return (await answer(connection, `SELECT IS_USED_LOCK(${LOCK}) = CONNECTION_ID() AS answer`)) === 1;
  } catch (error) {
    if (error instanceof StoreUnavailable) return false;
    throw error;
  }
}

/** Rejects with `StoreUnavailable` while the server is away. */
async function answer(connection: Connection, sql: string): Promise<unknown> {
  try {
    return await new Promise((resolve, reject) => {
      connection.query<RowDataPacket[]>({ sql, timeout: CONNECT_TIMEOUT_MS }, (error, rows) => {
        if (error !== null) reject(new MysqlFault(error, 'the lock of the database'));
        else resolve(rows[0]?.['answer']);
      });
    });
  } catch (error) {
    throw translated(error);
  }
}
