import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Libsql from 'libsql';
import mysql from 'mysql2/promise';
import { inject } from 'vitest';
import { type Config, PROJECT_ROOT } from '../../server/config.ts';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { openStore } from '../../server/engines/store/index.ts';
import type { Clock } from '../../server/ports/clock.ts';
import type { Log } from '../../server/ports/log.ts';
import type { Store } from '../../server/engines/store/store.ts';
import type { SeedData } from '../../server/seeding/seedStore.ts';
import { createDatabase } from './mariadb.ts';

/** The engines that a store can have. */
export type StoreKind = Config['database']['kind'];

/** A store over a fresh database of its own. */
export interface TestStore {
  readonly store: Store;
  /** For `DATABASE_URL`: another process can open the same database. */
  readonly databaseUrl: string;
  /** Another store over the same database, as another process would have. */
  readonly reopen: () => Promise<Store>;
  /** Closes every store of this database and removes what it left. */
  readonly close: () => Promise<void>;
}

const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** False when the machine lacks that engine: its suites are skipped. */
export function hasEngine(kind: StoreKind): boolean {
  return kind === 'sqlite' || inject('mariadbUrl') !== null;
}

/** Opens a store over a fresh database, with `seed` in it. */
export async function openTestStore(kind: StoreKind, seed?: SeedData): Promise<TestStore> {
  const { database, databaseUrl, remove } = await freshDatabase(kind);
  const opened: Store[] = [];
  const reopen = async () => {
    const store = await openDatabase(database);
    opened.push(store);
    return store;
  };
  const store = await reopen();
  if (seed !== undefined) await store.seed.insert(seed);
  return {
    store,
    databaseUrl,
    reopen,
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      await remove();
    },
  };
}

/** Opens a store over a database that exists, and brings its schema up to date with those migrations. */
export function openDatabase(
  database: Config['database'],
  clock: Clock = systemClock,
  migrationsFolder = join(PROJECT_ROOT, 'migrations'),
): Promise<Store> {
  return openStore(database, { migrationsFolder, migrate: true, clock, log: silent });
}

/** An empty database, as the configuration and as `DATABASE_URL` name it. */
export interface FreshDatabase {
  readonly database: Config['database'];
  readonly databaseUrl: string;
  readonly remove: () => Promise<void>;
}

/** The address of a database that is empty, without a schema. */
export async function freshDatabase(kind: StoreKind): Promise<FreshDatabase> {
  if (kind === 'mysql') {
    const serverUrl = inject('mariadbUrl');
    if (serverUrl === null) throw new Error('this machine has no MariaDB');
    const url = await createDatabase(serverUrl);
    return { database: { kind, url }, databaseUrl: url, remove: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'ringside-sqlite-'));
  const file = join(folder, 'data', 'ringside.sqlite');
  return {
    database: { kind, file },
    databaseUrl: pathToFileURL(file).href,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What `sql` (understood by both engines) finds, as lists of values, read past the store. */
export async function rawRows(databaseUrl: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  if (databaseUrl.startsWith('file:')) {
    const database = new Libsql(fileURLToPath(databaseUrl));
    try {
      return database.prepare(sql).raw().all([]) as unknown[][];
    } finally {
      database.close();
    }
  }
  const connection = await mysql.createConnection({ uri: databaseUrl });
  try {
    const [rows] = await connection.query({ sql, rowsAsArray: true });
    return rows as unknown[][];
  } finally {
    await connection.end();
  }
}

/** Carries out one statement (understood by both engines) past the store. */
export async function rawWrite(databaseUrl: string, sql: string): Promise<void> {
  if (!databaseUrl.startsWith('file:')) {
    await rawRows(databaseUrl, sql);
    return;
  }
  const database = new Libsql(fileURLToPath(databaseUrl));
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

function ignore(): void {
  return undefined;
}
