import { MySqlDatabase, MySqlDialect } from 'drizzle-orm/mysql-core';
import { MySql2Session } from 'drizzle-orm/mysql2';
import type { PoolConnection, QueryOptions, QueryResult, ResultSetHeader } from 'mysql2/promise';
import type { Dialect, Queries, Session, Value } from '../database.ts';
import { mysql as tables } from '../schema/index.ts';
import { MysqlFault } from './errors.ts';

/** A statement that takes longer is given up with its connection. */
const STATEMENT_TIMEOUT_MS = 5_000;
const ROWS_PER_STATEMENT = 1_000;

// Strict: text that is too long is refused, not cut. Read committed: a commit locks its own rows only.
const SETTINGS = [
  `SET SESSION autocommit=1, sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout=3,
   default_storage_engine=InnoDB`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

const dialect: Dialect = {
  rowsPerStatement: (remaining) => Math.min(remaining, ROWS_PER_STATEMENT),
  forUpdate: (query) => (query as unknown as { for(strength: 'update'): typeof query }).for('update'),
  forUpdateText: ' FOR UPDATE',
  onDuplicate: (_keys, columns) => {
    const updates = columns.map((name) => `${name}=VALUES(${name})`);
    return ` ON DUPLICATE KEY UPDATE ${updates.join(',')}`;
  },
  // The straight join looks each row up by its key; row lists and OR make the optimizer's work quadratic.
  updateFrom: (table, subselect, keys, columns) => {
    const updates = columns.map((name) => `${table}.${name}=new.${name}`);
    const matches = keys.map((name) => `${table}.${name}=new.${name}`);
    return `UPDATE (${subselect}) AS new STRAIGHT_JOIN ${table} ON ${matches.join(' AND ')} SET ${updates.join(',')}`;
  },
  rowsOf: (result) => (result as [ResultSetHeader])[0].affectedRows,
};

/** One connection of the pool, set up for the store. */
export class MysqlConnection {
  readonly session: Session;
  readonly #connection: PoolConnection;
  /** The distance between the ids of one INSERT; a cluster's servers leave room for each other's. */
  readonly #idStep: number;

  private constructor(connection: PoolConnection, idStep: number) {
    this.#connection = connection;
    this.#idStep = idStep;
    this.session = {
      db: queriesOf(connection),
      tables,
      dialect,
      rows: (sql, values) => this.#rows(sql, values),
      write: async (sql, values) => {
        const { affectedRows: rows, insertId } = await this.#execute(sql, values);
        return { rows, ids: Array.from({ length: rows }, (_, index) => insertId + index * this.#idStep) };
      },
    };
  }

  static async setUp(connection: PoolConnection): Promise<MysqlConnection> {
    for (const sql of SETTINGS) await query(connection, { sql, timeout: STATEMENT_TIMEOUT_MS });
    const sql = 'SELECT @@SESSION.auto_increment_increment';
    const rows = await query(connection, { sql, rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS });
    return new MysqlConnection(connection, (rows as unknown as [[number]])[0][0]);
  }

  async command(sql: string): Promise<void> {
    await this.#execute(sql, []);
  }

  /** Runs one statement for as long as it takes; gives its rows as lists. */
  async longCommand(sql: string): Promise<readonly (readonly unknown[])[]> {
    const rows = await query(this.#connection, { sql, rowsAsArray: true });
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  }

  async #rows(sql: string, values: readonly Value[]): Promise<readonly (readonly unknown[])[]> {
    const timeout = STATEMENT_TIMEOUT_MS;
    const rows = await query(this.#connection, { sql, values: [...values], rowsAsArray: true, timeout });
    return rows as unknown[][];
  }

  async #execute(sql: string, values: readonly Value[]): Promise<ResultSetHeader> {
    const result = await query(this.#connection, { sql, values: [...values], timeout: STATEMENT_TIMEOUT_MS });
    return result as ResultSetHeader;
  }
}

async function query(connection: PoolConnection, options: QueryOptions): Promise<QueryResult> {
  try {
    const [result] = await connection.query(options);
    return result;
  } catch (error) {
    throw new MysqlFault(error, options.sql);
  }
}

/** The query builder over one connection. It sends everything through the client's one `query`. */
function queriesOf(connection: PoolConnection): Queries {
  const client = {
    query: async (options: QueryOptions, values: unknown[]) => [
      await query(connection, { ...options, values, timeout: STATEMENT_TIMEOUT_MS }),
    ],
  };
  const builder = new MySqlDialect();
  const session = new MySql2Session(client as unknown as PoolConnection, builder, undefined, {
    mode: 'default',
  });
  return new MySqlDatabase(builder, session, undefined, 'default') as unknown as Queries;
}
