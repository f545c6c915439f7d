import { MySqlDatabase, MySqlDialect } from 'drizzle-orm/mysql-core';
import { MySql2Session } from 'drizzle-orm/mysql2';
import type { PoolConnection, QueryOptions, QueryResult, ResultSetHeader } from 'mysql2/promise';
import type { Dialect, Queries, Session, Statement, Written } from '../database.ts';
import { mysql as tables } from '../schema/index.ts';
import { MysqlFault } from './errors.ts';

/** A statement that takes longer is given up with its connection. */
const STATEMENT_TIMEOUT_MS = 5_000;
const ROWS_PER_STATEMENT = 1_000;
/** How many values travel together: far fewer than the server takes at a time. */
const VALUES_PER_PACKET = 20_000;
const BEGIN = 'START TRANSACTION';

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
  /** A transaction is to begin with the next statement. */
  #isBeginning = false;

  private constructor(connection: PoolConnection, idStep: number) {
    this.#connection = connection;
    this.#idStep = idStep;
    this.session = {
      db: queriesOf(connection, () => this.#begun()),
      tables,
      dialect,
      rows: async (sql, values) => (await this.#send([{ sql, values }])) as unknown[][],
      write: async (statement) => this.#written(await this.#send([statement])),
      writeAll: (statements) => this.#writeAll(statements),
    };
  }

  static async setUp(connection: PoolConnection): Promise<MysqlConnection> {
    for (const sql of SETTINGS) await query(connection, { sql, timeout: STATEMENT_TIMEOUT_MS });
    const sql = 'SELECT @@SESSION.auto_increment_increment';
    const rows = await query(connection, { sql, rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS });
    return new MysqlConnection(connection, (rows as unknown as [[number]])[0][0]);
  }

  async command(sql: string): Promise<void> {
    await this.#send([{ sql, values: [] }]);
  }

  /** Begins a transaction on the way of its first statement; without one it never begins. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#isBeginning = true;
    try {
      return await work();
    } finally {
      this.#isBeginning = false;
    }
  }

  /** Runs one statement for as long as it takes; gives its rows as lists. */
  async longCommand(sql: string): Promise<readonly (readonly unknown[])[]> {
    const rows = await query(this.#connection, { sql, rowsAsArray: true });
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  }

  async #writeAll(statements: readonly Statement[]): Promise<readonly Written[]> {
    const written: Written[] = [];
    for (let start = 0; start < statements.length;) {
      const packet = packetAt(statements, start);
      const results = await this.#send(packet);
      // The driver gives a list where there is more than one statement.
      for (const result of packet.length === 1 ? [results] : (results as QueryResult[])) {
        written.push(this.#written(result));
      }
      start += packet.length;
    }
    return written;
  }

  #written(result: QueryResult): Written {
    const { affectedRows: rows, insertId } = result as ResultSetHeader;
    // 0: the database gave no ids, as in most of a bid's statements.
    if (insertId === 0) return { rows, ids: [] };
    return { rows, ids: Array.from({ length: rows }, (_, index) => insertId + index * this.#idStep) };
  }

  /** What the statements gave, as the driver has it; the server stops at the first that fails. */
  async #send(statements: readonly Statement[]): Promise<QueryResult> {
    const isBeginning = this.#isBeginning;
    this.#isBeginning = false;
    const texts = statements.map(({ sql }) => sql);
    const results = await query(this.#connection, {
      sql: (isBeginning ? [BEGIN, ...texts] : texts).join(';'),
      values: statements.flatMap(({ values }) => values),
      rowsAsArray: true,
      timeout: STATEMENT_TIMEOUT_MS,
    });
    if (!isBeginning) return results;
    const ofStatements = (results as QueryResult[]).slice(1);
    return (statements.length === 1 ? ofStatements[0] : ofStatements) as QueryResult;
  }

  /** For statements that go past {@link #send}. */
  async #begun(): Promise<void> {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    await this.command(BEGIN);
  }
}

function packetAt(statements: readonly Statement[], start: number): readonly Statement[] {
  let values = 0;
  const end = statements.findIndex((statement, index) => {
    if (index < start) return false;
    values += statement.values.length;
    return index > start && values > VALUES_PER_PACKET;
  });
  return statements.slice(start, end === -1 ? undefined : end);
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
function queriesOf(connection: PoolConnection, begun: () => Promise<void>): Queries {
  const client = {
    query: async (options: QueryOptions, values: unknown[]) => {
      await begun();
      return [await query(connection, { ...options, values, timeout: STATEMENT_TIMEOUT_MS })];
    },
  };
  const builder = new MySqlDialect();
  const session = new MySql2Session(client as unknown as PoolConnection, builder, undefined, {
    mode: 'default',
  });
  return new MySqlDatabase(builder, session, undefined, 'default') as unknown as Queries;
}
