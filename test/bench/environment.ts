import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { PROJECT_ROOT } from '../../server/config.ts';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { openStore } from '../../server/engines/store/index.ts';
import type { Log } from '../../server/ports/log.ts';
import { bulkSeed } from '../../server/seeding/bulk.ts';
import { createDatabase, type PrivateMariadb, startMariadb } from '../support/mariadb.ts';
import { type PrivateRedis, startRedis } from '../support/redis.ts';
import { SECRET, tokenOf } from '../support/serverProcess.ts';
import { Child } from './child.ts';
import { benchSales } from './seed.ts';
import { createPlainTables } from './servers/plainTables.ts';

/** As many as the largest case has sockets, and a few who have gone before. */
const USERS = 12_000;
const AUCTIONS = 2_000;
/** In whole units. */
const STARTING_PRICE = 1;

/** Enough that the disk is written to for durability and for nothing else. Durability is MariaDB's default. */
const DATABASE_SIZES = ['--innodb-buffer-pool-size=512M', '--innodb-log-file-size=256M'];

const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Something that must stop before the environment closes. */
export interface Guest {
  stop(): Promise<void>;
}

/** What stands around the servers in one run: a MariaDB with a database for each, a letter box, the users' tokens. */
export class BenchEnvironment {
  /** The database of Ringside, and of what is written to the same tables without a server. */
  readonly ringsideUrl: string;
  readonly plainUrl: string;
  readonly databasePid: number;
  readonly startingPrice = STARTING_PRICE;
  readonly secret = SECRET;
  readonly #mariadb: PrivateMariadb;
  readonly #letterBox: Child<{ readonly port: number }>;
  #redis: PrivateRedis | null = null;
  readonly #tokens: string[] = [];
  readonly #guests = new Set<Promise<Guest>>();

  private constructor(
    mariadb: PrivateMariadb,
    databasePid: number,
    urls: { readonly ringside: string; readonly plain: string },
    letterBox: Child<{ readonly port: number }>,
  ) {
    this.#mariadb = mariadb;
    this.databasePid = databasePid;
    this.ringsideUrl = urls.ringside;
    this.plainUrl = urls.plain;
    this.#letterBox = letterBox;
  }

  /** Starts and fills everything; rejects when the machine has no MariaDB. */
  static async open(): Promise<BenchEnvironment> {
    const mariadb = await startMariadb(DATABASE_SIZES);
    if (mariadb === null)
      throw new Error('The benchmark needs MariaDB (mariadbd, mariadb-install-db) on the PATH.');
    try {
      const urls = { ringside: await createDatabase(mariadb.url), plain: await createDatabase(mariadb.url) };
      await fillRingside(urls.ringside);
      const sizes = { users: USERS, auctions: AUCTIONS, startingPrice: STARTING_PRICE };
      await createPlainTables(urls.plain, sizes);
      const letterBox = await Child.start<{ readonly port: number }>('servers/letterBox.ts');
      return new BenchEnvironment(mariadb, await pidOf(mariadb), urls, letterBox);
    } catch (error) {
      await mariadb.remove();
      throw error;
    }
  }

  /** Where letters are sent to. */
  get smtpUrl(): string {
    return `smtp://127.0.0.1:${this.#letterBox.ready.port}`;
  }

  get letterBoxPid(): number {
    return this.#letterBox.pid;
  }

  /** How many letters have come so far. */
  async letters(): Promise<number> {
    // What letterBox.ts answers.
    const { count } = (await this.#letterBox.ask({}, 10_000)) as { readonly count: number };
    return count;
  }

  /** A Redis, started when it is first asked for. */
  async redisUrl(): Promise<string> {
    this.#redis ??= await startRedis();
    if (this.#redis === null) throw new Error('The machine has no redis-server.');
    return this.#redis.url;
  }

  /** The tokens of the users 1…`count`. */
  tokens(count: number): readonly string[] {
    if (count > USERS) throw new Error(`there are only ${USERS} users`);
    while (this.#tokens.length < count) this.#tokens.push(tokenOf(this.#tokens.length + 1));
    return this.#tokens.slice(0, count);
  }

  /** The token of the host of all live sales. */
  get hostToken(): string {
    return tokenOf(USERS + 1);
  }

  /** Reads one number from a database. */
  async count(databaseUrl: string, sql: string, values: readonly unknown[] = []): Promise<number> {
    const connection = await mysql.createConnection({ uri: databaseUrl });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
      return Number(Object.values(rows[0] ?? {})[0]);
    } finally {
      await connection.end();
    }
  }

  /** Writes to a database. */
  async write(databaseUrl: string, sql: string): Promise<void> {
    const connection = await mysql.createConnection({ uri: databaseUrl });
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  }

  /** Has somebody there for as long as `work` takes, whatever happens. */
  async with<Visitor extends Guest, Result>(
    arriving: Promise<Visitor>,
    work: (guest: Visitor) => Promise<Result>,
  ): Promise<Result> {
    this.#guests.add(arriving);
    try {
      return await work(await arriving);
    } finally {
      this.#guests.delete(arriving);
      await arriving.then(
        (guest) => guest.stop(),
        () => undefined,
      );
    }
  }

  /** Stops everything and removes what it left. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#guests].map(async (guest) => (await guest).stop()));
    await Promise.all([this.#letterBox.stop(), this.#redis?.remove(), this.#mariadb.remove()]);
  }
}

async function fillRingside(url: string): Promise<void> {
  const options = { migrationsFolder: join(PROJECT_ROOT, 'migrations'), migrate: true };
  const store = await openStore({ kind: 'mysql', url }, { ...options, clock: systemClock, log: silent });
  try {
    const nowMs = Date.now();
    const seed = bulkSeed({ users: USERS, auctions: AUCTIONS, nowMs });
    await store.seed.insert({ ...seed, sales: benchSales(AUCTIONS, USERS + 1, nowMs) });
  } finally {
    await store.close();
  }
}

/** Rejects when the database promises less than what it is measured for. */
async function pidOf(mariadb: PrivateMariadb): Promise<number> {
  const connection = await mysql.createConnection({ uri: mariadb.url });
  const sql = 'SELECT @@pid_file AS path, @@innodb_flush_log_at_trx_commit AS flushes';
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  if (Number(rows[0]?.['flushes']) !== 1) throw new Error('MariaDB does not write each commit to the disk');
  return Number(await readFile(String(rows[0]?.['path']), 'utf8'));
}

function ignore(): void {
  return undefined;
}
