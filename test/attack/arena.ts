import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { openStore } from '../../server/engines/store/index.ts';
import type { Log } from '../../server/ports/log.ts';
import { Child, COLLECTING } from '../bench/child.ts';
import { PROJECT } from '../support/build.ts';
import { createDatabase, type PrivateMariadb, startMariadb } from '../support/mariadb.ts';
import { NO_RATES } from '../support/limits.ts';
import { program, SECRET, ServerHome, type ServerProcess } from '../support/serverProcess.ts';
import type { HonestReport, HonestRequest, HonestSettings } from './honest/request.ts';
import { storeHistory } from './history.ts';
import type { Options } from './options.ts';
import { attackSeed, PLACE } from './place.ts';
import { HISTORY_BIDS } from './floods/rest.ts';

/** Beyond what was asked for, so long may a report take: what waits for an answer waits five seconds. */
const PATIENCE_MS = 60_000;
const HISTORY_BIDDER = { id: PLACE.attack.accomplice, username: `user${PLACE.attack.accomplice}` };
const MARIADB_SIZES = ['--innodb-buffer-pool-size=256M', '--innodb-log-file-size=128M'];
const LAST_CHARACTERS = 1_500;

/** All limits are the server's own: an empty text takes away what ServerHome sets. */
const DEFAULT_LIMITS = Object.fromEntries(Object.keys(NO_RATES).map((name) => [name, '']));

const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The server as it stands now, with its honest clients. */
export interface Standing {
  readonly server: ServerProcess;
  /** Has the honest clients measure for so long. */
  readonly measure: (seconds: number) => Promise<HonestReport>;
}

/** Where floods are run: a seeded database, the server with its default limits, and honest clients. */
export class Arena {
  readonly #home: ServerHome;
  readonly #mariadb: PrivateMariadb | null;
  #server: ServerProcess | null = null;
  #honest: Child<unknown> | null = null;

  private constructor(home: ServerHome, mariadb: PrivateMariadb | null) {
    this.#home = home;
    this.#mariadb = mariadb;
  }

  /** Makes the database and fills it; rejects when MariaDB is asked for and the machine has none. */
  static async open({ store, transport }: Options, hasHistory: boolean): Promise<Arena> {
    const mariadb = store === 'mariadb' ? await startMariadb(MARIADB_SIZES) : null;
    if (store === 'mariadb' && mariadb === null) {
      throw new Error('--store mariadb needs MariaDB (mariadbd, mariadb-install-db) on the PATH.');
    }
    const database = mariadb === null ? {} : { DATABASE_URL: await createDatabase(mariadb.url) };
    const home = await ServerHome.open({
      ...DEFAULT_LIMITS,
      ...database,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      TRANSPORT: transport,
      // There is no media server; calls have their paths all the same.
      LIVEKIT_URL: 'ws://127.0.0.1:9',
      LIVEKIT_API_KEY: 'attack',
      LIVEKIT_API_SECRET: SECRET,
      // Every attacker comes from loopback: what address it stands for is said by its X-Forwarded-For.
      TRUST_PROXY_HOPS: '1',
    });
    const arena = new Arena(home, mariadb);
    try {
      await fill(home.databaseUrl, hasHistory);
      return arena;
    } catch (error) {
      await arena.close();
      throw error;
    }
  }

  /** The server, started (again) where it does not run, with its honest clients connected. */
  async stand(): Promise<Standing> {
    if (this.#server?.isRunning !== true) {
      await this.#honest?.stop();
      const { words, folder } = program('main');
      this.#server = await this.#home.start({}, { words: [...COLLECTING, ...words], folder });
      const settings: HonestSettings = { port: this.#server.port };
      this.#honest = await Child.start('../attack/honest/main.ts', settings);
    }
    const server = this.#server;
    const honest = this.#honest;
    if (honest === null) throw new Error('the honest clients did not start');
    return {
      server,
      measure: async (seconds) => {
        const request: HonestRequest = { seconds };
        // What honest/main.ts answers.
        return (await honest.ask(request, seconds * 1000 + PATIENCE_MS)) as HonestReport;
      },
    };
  }

  /** The last that the server said. */
  lastWords(): string {
    const { stdout = '', stderr = '' } = this.#server?.output ?? {};
    return `${stdout}${stderr}`.slice(-LAST_CHARACTERS);
  }

  /** Stops everything and removes what it left. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#honest?.stop(), this.#home.remove()]);
    await this.#mariadb?.remove();
  }
}

async function fill(databaseUrl: string, hasHistory: boolean): Promise<void> {
  const database = databaseUrl.startsWith('file:')
    ? ({ kind: 'sqlite', file: fileURLToPath(databaseUrl) } as const)
    : ({ kind: 'mysql', url: databaseUrl } as const);
  const migrationsFolder = join(PROJECT, 'migrations');
  const store = await openStore(database, {
    migrationsFolder,
    migrate: true,
    clock: systemClock,
    log: silent,
  });
  try {
    const nowMs = Date.now();
    await store.seed.insert(attackSeed(nowMs));
    if (hasHistory) {
      const size = { bids: HISTORY_BIDS, nowMs };
      await storeHistory(store, PLACE.attack.history, HISTORY_BIDDER, size);
    }
  } finally {
    await store.close();
  }
}

function ignore(): void {
  return undefined;
}
