import { MySqlDatabase, MySqlDialect } from 'drizzle-orm/mysql-core';
import { type MySql2Client, MySql2Session } from 'drizzle-orm/mysql2';
import mysql, {
  type PoolConnection,
  type QueryOptions,
  type QueryResult,
  type ResultSetHeader,
} from 'mysql2';
import { CommitInDoubt } from '../../../ports/store.ts';
import type { Dialect, Queries, Session, Statement, Value, Written } from '../database.ts';
import { mysql as tables } from '../schema/index.ts';
import { isTryAgain, MysqlFault } from './errors.ts';

/** A statement that takes longer is given up with its connection. */
const STATEMENT_TIMEOUT_MS = 5_000;
const ROWS_PER_STATEMENT = 1_000;
/** How long the statements are that travel together: far shorter than what the server takes at a time. */
const CHARACTERS_PER_PACKET = 500_000;
/** What means something else between single quotation marks. */
const SPECIAL = /['\\\0\b\t\n\r\u001a]/;
const BEGIN: Statement = { sql: 'START TRANSACTION', values: [] };
const COMMIT: Statement = { sql: 'COMMIT', values: [] };

// Strict: text that is too long is refused, not cut. Read committed: a commit locks its own rows only.
const SETTINGS = [
  `SET SESSION autocommit=1, sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout=3,
   default_storage_engine=InnoDB`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** How the SQL of MySQL and MariaDB differs from SQLite's. */
export const dialect: Dialect = {
  value: (value) => (typeof value === 'string' ? quoted(value) : String(value)),
  rowsPerStatement: (remaining) => Math.min(remaining, ROWS_PER_STATEMENT),
  forUpdate: (query) => (query as unknown as { for(strength: 'update'): typeof query }).for('update'),
  forUpdateText: ' FOR UPDATE',
  onDuplicate: (_keys, columns) => {
    const updates = columns.map((name) => `${name}=VALUES(${name})`);
    return ` ON DUPLICATE KEY UPDATE ${updates.join(',')}`;
  },
  // The straight join looks each row up by its key; row lists and OR make the optimizer's work quadratic.
  updateFrom: (table, keys, settings) => {
    const updates = settings.map(({ column, term }) => `${table}.${column}=${term}`);
    const matches = keys.map((name) => `${table}.${name}=new.${name}`);
    return [
      'UPDATE (',
      `) AS new STRAIGHT_JOIN ${table} ON ${matches.join(' AND ')} SET ${updates.join(',')}`,
    ];
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
      rows: async (sql, values) => (await this.#send([{ sql, values }]))[0] as unknown[][],
      write: async (statement) => this.#written((await this.#send([statement]))[0]),
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

  /** Begins a transaction on the way of its first statement (without one it never begins) and commits it. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#isBeginning = true;
    try {
      const result = await work();
      await this.#commit([]);
      return result;
    } finally {
      this.#isBeginning = false;
    }
  }

  /** A transaction of these statements, all on one way there and back unless they are very long. */
  async transactionOf(statements: readonly Statement[]): Promise<readonly Written[]> {
    const packets = packetsOf([BEGIN, ...statements]);
    const last = packets.pop() ?? [];
    const results: QueryResult[] = [];
    for (const packet of packets) results.push(...(await this.#send(packet)));
    results.push(...(await this.#commit(last)));
    return results.slice(1, -1).map((result) => this.#written(result));
  }

  /** Runs one statement for as long as it takes; gives its rows as lists. */
  async longCommand(sql: string): Promise<readonly (readonly unknown[])[]> {
    const rows = await query(this.#connection, { sql, rowsAsArray: true });
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  }

  /** Runs the last statements of a transaction and commits it; whoever loses the answer to that is in doubt. */
  async #commit(statements: readonly Statement[]): Promise<readonly QueryResult[]> {
    try {
      return await this.#send([...statements, COMMIT]);
    } catch (error) {
      const isKnown =
        error instanceof MysqlFault &&
        !error.isConnectionLost &&
        (isTryAgain(error) || error.statementsDone < statements.length);
      if (isKnown) throw error;
      throw new CommitInDoubt('MySQL: the answer to a commit was lost', { cause: error });
    }
  }

  async #writeAll(statements: readonly Statement[]): Promise<readonly Written[]> {
    const written: Written[] = [];
    for (const packet of packetsOf(statements)) {
      for (const result of await this.#send(packet)) written.push(this.#written(result));
    }
    return written;
  }

  #written(result: QueryResult | undefined): Written {
    const { affectedRows: rows, insertId } = result as ResultSetHeader;
    // 0: the database gave no ids, as in most of a bid's statements.
    if (insertId === 0) return { rows, ids: [] };
    return { rows, ids: Array.from({ length: rows }, (_, index) => insertId + index * this.#idStep) };
  }

  /** What each statement gave, as the driver has it; the server stops at the first that fails. */
  async #send(statements: readonly Statement[]): Promise<readonly QueryResult[]> {
    const isBeginning = this.#isBeginning;
    this.#isBeginning = false;
    const sent = isBeginning ? [BEGIN, ...statements] : statements;
    const sql = sent.map(textOf).join(';');
    const result = await query(this.#connection, { sql, rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS });
    // The driver gives a list where there is more than one statement.
    const results = sent.length === 1 ? [result] : (result as QueryResult[]);
    return isBeginning ? results.slice(1) : results;
  }

  /** For statements that go past {@link #send}. */
  async #begun(): Promise<void> {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    await this.command(BEGIN.sql);
  }
}

/** Most texts are JSON, in whose quotation marks the driver's function would see something to escape. */
function quoted(text: string): string {
  return SPECIAL.test(text) ? mysql.escape(text) : `'${text}'`;
}

function textOf({ sql, values }: Statement): string {
  return values.length === 0 ? sql : mysql.format(sql, [...values]);
}

/** As many statements together as travel together. */
function packetsOf(statements: readonly Statement[]): (readonly Statement[])[] {
  const packets: Statement[][] = [];
  let characters = Infinity;
  for (const statement of statements) {
    characters += statement.sql.length;
    if (characters > CHARACTERS_PER_PACKET) {
      packets.push([statement]);
      characters = statement.sql.length;
    } else {
      packets.at(-1)?.push(statement);
    }
  }
  return packets;
}

/** The driver's own promises would make an error object for each query, for the case that it fails. */
function query(connection: PoolConnection, options: QueryOptions): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    let done = 0;
    const sent = connection.query<QueryResult>(options, (error, result) => {
      if (error === null) resolve(result);
      else reject(new MysqlFault(error, options.sql, done));
    });
    sent.on('result', () => (done += 1));
  });
}

/** The query builder over one connection. It sends everything through the client's one `query`. */
function queriesOf(connection: PoolConnection, begun: () => Promise<void>): Queries {
  const client = {
    query: async (options: QueryOptions, values: Value[]) => {
      await begun();
      return [await query(connection, { ...options, values, timeout: STATEMENT_TIMEOUT_MS })];
    },
  };
  const builder = new MySqlDialect();
  const session = new MySql2Session(client as unknown as MySql2Client, builder, undefined, {
    mode: 'default',
  });
  return new MySqlDatabase(builder, session, undefined, 'default') as unknown as Queries;
}
