import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { ServingStore } from '../../cluster/servingStore.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from './store.ts';
import { EngineUnavailable, StoreUnavailable } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import { accountStores } from './account/index.ts';
import { auctionStores } from './auction/index.ts';
import { callStore } from './call/index.ts';
import type { Database } from './database.ts';
import { deadlineStore } from './deadline/deadlines.ts';
import { MysqlDatabase } from './mysql/database.ts';
import { MysqlFault } from './mysql/errors.ts';
import { ServingLock } from './mysql/servingLock.ts';
import { notificationStore } from './notification/notifications.ts';
import { outboxStore } from './outbox/index.ts';
import { seedStore } from './seed/seed.ts';
import { SqliteDatabase } from './sqlite/database.ts';
import { ServingFile } from './sqlite/servingFile.ts';

/** What a store needs besides the database's address. */
export interface StoreOptions {
  /** The project's `migrations` folder. */
  readonly migrationsFolder: string;
  /** Whether to bring the schema up to date first; safe when several processes do so at once. */
  readonly migrate: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the database; throws {@link EngineUnavailable} when it cannot be reached. */
export async function openStore(database: Config['database'], options: StoreOptions): Promise<Store> {
  switch (database.kind) {
    case 'sqlite':
      return openSqlite(database.file, options);
    case 'mysql':
      return openMysql(database.url, options);
  }
}

async function openSqlite(file: string, { clock, migrate, migrationsFolder }: StoreOptions): Promise<Store> {
  let database: SqliteDatabase;
  try {
    database = new SqliteDatabase(file, clock);
  } catch (error) {
    throw new EngineUnavailable(`SQLite file ${file} cannot be opened: ${String(error)}`, { cause: error });
  }
  if (migrate) await database.migrate(join(migrationsFolder, 'sqlite'));
  return storeOf(database, new ServingFile(file));
}

async function openMysql(
  url: string,
  { clock, log, migrate, migrationsFolder }: StoreOptions,
): Promise<Store> {
  const { host, pathname } = new URL(url);
  if (pathname.length < 2) throw new EngineUnavailable(`MySQL at ${host}: DATABASE_URL names no database`);
  const database = new MysqlDatabase(url, clock, log);
  try {
    await database.ping();
    if (migrate) await database.migrate(join(migrationsFolder, 'mysql'));
  } catch (error) {
    await database.close();
    if (!(error instanceof StoreUnavailable)) throw error;
    const reason = error.cause instanceof MysqlFault ? error.cause.code : error.message;
    throw new EngineUnavailable(`MySQL at ${host}${pathname} cannot be reached: ${reason}`, { cause: error });
  }
  return storeOf(database, new ServingLock(database, url, clock, log));
}

function storeOf(database: Database, serving: ServingStore): Store {
  return {
    serving,
    ...auctionStores(database),
    ...accountStores(database),
    notifications: notificationStore(database),
    outbox: outboxStore(database),
    deadlines: deadlineStore(database),
    calls: callStore(database),
    seed: seedStore(database),
    ping: () => database.probe(),
    close: () => database.close(),
  };
}
