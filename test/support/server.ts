import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { type Engines, openEngines } from '../../server/engines/index.ts';
import type { SeedData } from '../../server/seeding/seedStore.ts';
import { PROTOCOLS } from '../../server/protocols.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { TestClient } from './client.ts';
import { breaches, contractOf, type ServerContract } from './contracts.ts';

/** A whole server on loopback, in this process, with its real engines. */
export interface TestServer {
  readonly engines: Engines;
  readonly http: string;
  readonly port: number;
  /** A token of that user. */
  token(username: string, ttlMs?: number): Promise<string>;
  /** A client of `/ws/auction/:id/` that has read its `auction_status`. */
  watch(auctionId: number, username: string): Promise<TestClient>;
  /** A client of that path. */
  connect(path: string, ...more: RestOf<typeof TestClient.connect>): Promise<TestClient>;
  /** Rejects when a client of {@link connect} was sent a message that the contract of its protocol does not list. */
  stop(): Promise<void>;
}

type RestOf<F extends (first: string, ...rest: never[]) => unknown> = F extends (
  first: string,
  ...rest: infer R
) => unknown
  ? R
  : never;

/** What a test may put in place of the usual. */
export interface TestServerOptions {
  readonly seed?: (nowMs: number) => SeedData;
  readonly identity?: Engines['identity'];
  readonly log?: Engines['log'];
  readonly protocols?: typeof PROTOCOLS;
}

/** Starts a server under these settings (the names of the environment), seeded with the demo or `seed`. */
export async function startTestServer(
  settings: Record<string, string> = {},
  { seed = demoSeed, protocols = PROTOCOLS, ...replaced }: TestServerOptions = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringside-test-'));
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const opened = await openEngines(config);
  const engines = { ...opened, ...replaced };
  const { store, tokens, clock } = engines;
  if (await store.seed.isEmpty()) await store.seed.insert(seed(clock.nowMs()));
  const app = createApp(config, engines, protocols);
  const port = await app.start();
  const clients: { readonly client: TestClient; readonly contract: ServerContract | null }[] = [];

  const token = async (username: string, ttlMs = 3_600_000) => {
    const account = await store.accounts.byUsername(username);
    if (account === null) throw new Error(`there is no user ${username}`);
    return tokens.issue(account, ttlMs);
  };
  const connect: TestServer['connect'] = async (path, ...more) => {
    const client = await TestClient.connect(`ws://127.0.0.1:${port}${path}`, ...more);
    clients.push({ client, contract: contractOf(path) });
    return client;
  };
  return {
    engines,
    http: `http://127.0.0.1:${port}`,
    port,
    token,
    connect,
    watch: async (auctionId, username) => {
      const client = await connect(`/ws/auction/${auctionId}/?token=${await token(username)}`);
      await client.nextOf('auction_status');
      return client;
    },
    stop: async () => {
      await app.stop();
      for (const { client } of clients) client.socket.terminate();
      await rm(dataDir, { recursive: true, force: true });
      const faults = clients.flatMap(({ client: { frames }, contract }) =>
        contract === null ? [] : breaches(contract, frames),
      );
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
  };
}
