import { MySqlDatabase, MySqlDialect } from 'drizzle-orm/mysql-core';
import { type MySql2Client, MySql2Session } from 'drizzle-orm/mysql2';
import mysql, {
  type PoolConnection,
  type QueryOptions,
  type QueryResult,
  type ResultSetHeader,
} from 'mysql2';
import { CommitInDoubt } from '../../../ports/store.ts';
import type { Dialect, Queries, Session, Statement, Value } from '../database.ts';
import { gathered } from '../rows.ts';
import { mysql as tables } from '../schema/index.ts';
import { isTryAgain, MysqlFault } from './errors.ts';
import { compounded, type Features, packetsOf, textOf } from './packets.ts';

/** A statement that takes longer is given up with its connection. */
const STATEMENT_TIMEOUT_MS = 5_000;
const ROWS_PER_STATEMENT = 1_000;
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

const NO_IDS: readonly number[] = [];

type Rows = readonly (readonly unknown[])[];

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

/** What a connection has to know of its server. */
interface Server extends Features {
  /** The distance between the ids of one INSERT; a cluster's servers leave room for each other's. */
  readonly idStep: number;
}

/** One connection of the pool, set up for the store. */
export class MysqlConnection {
  readonly session: Session;
  readonly #connection: PoolConnection;
  readonly #server: Server;
  /** A transaction is to begin with the next statement. */
  #isBeginning = false;

  private constructor(connection: PoolConnection, server: Server) {
    this.#connection = connection;
    this.#server = server;
    this.session = {
      db: queriesOf(connection, () => this.#begun()),
      tables,
      dialect,
      rows: (sql, values) =>
        this.#run(this.#opened([{ sql, values }]).map(textOf), (results) => results.at(-1) as Rows),
      write: (statements) => this.#write(packetsOf(statements.length === 0 ? [] : this.#opened(statements))),
    };
  }

  static async setUp(connection: PoolConnection): Promise<MysqlConnection> {
    const timeout = STATEMENT_TIMEOUT_MS;
    for (const sql of SETTINGS) await query(connection, { sql, timeout }, asItIs);
    const sql = 'SELECT @@SESSION.auto_increment_increment, VERSION()';
    const rows = await query(connection, { sql, rowsAsArray: true, timeout }, asItIs);
    const [[idStep, version]] = rows as unknown as [[number, string]];
    return new MysqlConnection(connection, { idStep, hasCompounds: /mariadb/i.test(version) });
  }

  command(sql: string): Promise<void> {
    return this.#run([sql], () => undefined);
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
  async transactionOf(statements: readonly Statement[]): Promise<readonly number[]> {
    const packets = packetsOf([BEGIN, ...statements]);
    const last = packets.pop() ?? [];
    if (packets.length === 0) return this.#commit(last);
    const ids = await this.#write(packets);
    return [...ids, ...(await this.#commit(last))];
  }

  /** Runs one statement for as long as it takes; gives its rows as lists. */
  async longCommand(sql: string): Promise<readonly (readonly unknown[])[]> {
    const rows = await query(this.#connection, { sql, rowsAsArray: true }, asItIs);
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  }

  /** Runs the last statements of a transaction and commits it; whoever loses the answer to that is in doubt. */
  async #commit(statements: readonly Statement[]): Promise<readonly number[]> {
    const sent = [...compounded(statements, this.#server), COMMIT];
    try {
      return await this.#send(sent);
    } catch (error) {
      const isKnown =
        error instanceof MysqlFault &&
        !error.isConnectionLost &&
        (isTryAgain(error) || error.statementsDone < sent.length - 1);
      if (isKnown) throw error;
      throw new CommitInDoubt('MySQL: the answer to a commit was lost', { cause: error });
    }
  }

  async #write(packets: readonly (readonly Statement[])[]): Promise<readonly number[]> {
    const ids: number[] = [];
    for (const packet of packets) {
      for (const id of await this.#send(compounded(packet, this.#server))) ids.push(id);
    }
    return ids;
  }

  /** Sends what travels together; gives the ids that are wanted. */
  #send(statements: readonly Statement[]): Promise<readonly number[]> {
    return this.#run(statements.map(textOf), (results) =>
      gathered(statements, ({ givesIds = false }, index) =>
        givesIds ? this.#idsOf(results[index]) : NO_IDS,
      ),
    );
  }

  #idsOf(result: QueryResult | undefined): readonly number[] {
    const { affectedRows, insertId } = result as ResultSetHeader;
    const { idStep } = this.#server;
    return Array.from({ length: affectedRows }, (_, index) => insertId + index * idStep);
  }

  /** Reads what each statement gave, as the driver has it; the server stops at the first that fails. */
  #run<Result>(texts: readonly string[], read: (results: readonly QueryResult[]) => Result): Promise<Result> {
    const options = { sql: texts.join(';'), rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS };
    // The driver gives a list where there is more than one statement.
    return query(this.#connection, options, (result) =>
      read(texts.length === 1 ? [result] : (result as QueryResult[])),
    );
  }

  /** With the beginning of the transaction in front where it is due. */
  #opened(statements: readonly Statement[]): readonly Statement[] {
    if (!this.#isBeginning) return statements;
    this.#isBeginning = false;
    return [BEGIN, ...statements];
  }

  /** For statements that go past {@link #run}. */
  async #begun(): Promise<void> {
    const [begin] = this.#opened([]);
    if (begin !== undefined) await this.command(begin.sql);
  }
}

function asItIs(result: QueryResult): QueryResult {
  return result;
}

/** Most texts are JSON, in whose quotation marks the driver's function would see something to escape. */
function quoted(text: string): string {
  return SPECIAL.test(text) ? mysql.escape(text) : `'${text}'`;
}

/** The driver's own promises would make an error object for each query, for the case that it fails. */
function query<Result>(
  connection: PoolConnection,
  options: QueryOptions,
  read: (result: QueryResult) => Result,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let done = 0;
    const sent = connection.query<QueryResult>(options, (error, result) => {
      if (error === null) resolve(read(result));
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
      return query(connection, { ...options, values, timeout: STATEMENT_TIMEOUT_MS }, (result) => [result]);
    },
  };
  const builder = new MySqlDialect();
  const session = new MySql2Session(client as unknown as MySql2Client, builder, undefined, {
    mode: 'default',
  });
  return new MySqlDatabase(builder, session, undefined, 'default') as unknown as Queries;
}
