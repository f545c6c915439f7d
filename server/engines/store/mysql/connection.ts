import { MySqlDatabase, MySqlDialect } from 'drizzle-orm/mysql-core';
import { type MySql2Client, MySql2Session } from 'drizzle-orm/mysql2';
import mysql, {
  type PoolConnection,
  type QueryError,
  type QueryOptions,
  type QueryResult,
  type ResultSetHeader,
} from 'mysql2';
import type { Clock } from '../../../ports/clock.ts';
import { CommitInDoubt } from '../../../ports/errors.ts';
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
  withIndex: (index) => ` FORCE INDEX (${index})`,
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
  readonly #clock: Clock;
  readonly #server: Server;
  /** A transaction is to begin with the next statement. */
  #isBeginning = false;

  private constructor(connection: PoolConnection, clock: Clock, server: Server) {
    this.#connection = connection;
    this.#clock = clock;
    this.#server = server;
    this.session = {
      db: queriesOf(connection, clock, () => this.#begun()),
      tables,
      dialect,
      rows: (sql, values) =>
        this.#run(this.#opened([{ sql, values }]).map(textOf), (results) => results.at(-1) as Rows),
      write: (statements) => this.#write(packetsOf(statements.length === 0 ? [] : this.#opened(statements))),
      pause: () => Promise.resolve(),
    };
  }

  static async setUp(connection: PoolConnection, clock: Clock): Promise<MysqlConnection> {
    for (const sql of SETTINGS) await query(connection, sql, asItIs, clock);
    const sql = 'SELECT @@SESSION.auto_increment_increment, VERSION()';
    const rows = await query(connection, sql, asItIs, clock);
    const [[idStep, version]] = rows as unknown as [[number, string]];
    return new MysqlConnection(connection, clock, { idStep, hasCompounds: /mariadb/i.test(version) });
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

  /** A transaction of these statements, all in one round trip unless they are very long. */
  async transactionOf(statements: readonly Statement[]): Promise<readonly number[]> {
    const packets = packetsOf([BEGIN, ...statements]);
    const last = packets.pop() ?? [];
    if (packets.length === 0) return this.#commit(last);
    const ids = await this.#write(packets);
    return [...ids, ...(await this.#commit(last))];
  }

  /** Runs one statement for as long as it takes; gives its rows as lists. */
  async longCommand(sql: string): Promise<readonly (readonly unknown[])[]> {
    const rows = await query(this.#connection, sql, asItIs);
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  }

  /** Runs the last statements of a transaction and commits it. Where the answer is lost, the commit is in doubt. */
  async #commit(statements: readonly Statement[]): Promise<readonly number[]> {
    const sent = compounded([...statements, COMMIT], this.#server);
    try {
      return await this.#send(sent);
    } catch (error) {
      if (await this.#isUncommitted(error, sent.length)) throw error;
      throw new CommitInDoubt('MySQL: the answer to a commit was lost', { cause: error });
    }
  }

  /** Whether a transaction surely ended before its commit, the last of so many statements. */
  async #isUncommitted(error: unknown, statements: number): Promise<boolean> {
    if (!(error instanceof MysqlFault) || error.isConnectionLost) return false;
    if (isTryAgain(error)) return true;
    if (!this.#server.hasCompounds) return error.statementsDone < statements - 1;
    // A compound statement does not say how far it came, but only a statement that fails leaves the transaction open.
    const isOpen = this.#run(['SELECT @@in_transaction'], ([rows]) => (rows as [[number]])[0][0] === 1);
    return isOpen.catch(() => false);
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
    // The driver gives a list where there is more than one statement.
    const readAll = (result: QueryResult) => read(texts.length === 1 ? [result] : (result as QueryResult[]));
    return query(this.#connection, texts.join(';'), readAll, this.#clock);
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

/**
 * Sends SQL; with a clock, for {@link STATEMENT_TIMEOUT_MS} at most. Text alone is what the driver is quickest with. Its
 * own promises would make an error object for each query, for the case that it fails.
 */
function query<Result>(
  connection: PoolConnection,
  asked: string | QueryOptions,
  read: (result: QueryResult) => Result,
  clock?: Clock,
): Promise<Result> {
  const sql = typeof asked === 'string' ? asked : asked.sql;
  const answer = new Promise<QueryResult>((resolve, reject) => {
    const late = () => reject(new MysqlFault(new Error(`no answer for ${STATEMENT_TIMEOUT_MS} ms`), sql));
    const cancel = clock?.after(STATEMENT_TIMEOUT_MS, late);
    let done = 0;
    const answered = (error: QueryError | null, result: QueryResult) => {
      cancel?.();
      if (error === null) resolve(result);
      else reject(new MysqlFault(error, sql, done));
    };
    const sent =
      typeof asked === 'string' ? connection.query(asked, answered) : connection.query(asked, answered);
    sent.on('result', () => (done += 1));
  });
  // Not in the driver's callback: what a reader throws there would end the process.
  return answer.then(read);
}

/** The query builder over one connection. It sends everything through the client's one `query`. */
function queriesOf(connection: PoolConnection, clock: Clock, begun: () => Promise<void>): Queries {
  const client = {
    query: async (options: QueryOptions, values: Value[]) => {
      await begun();
      return query(connection, { ...options, values }, (result) => [result], clock);
    },
  };
  const builder = new MySqlDialect();
  const session = new MySql2Session(client as unknown as MySql2Client, builder, undefined, {
    mode: 'default',
  });
  return new MySqlDatabase(builder, session, undefined, 'default') as unknown as Queries;
}
