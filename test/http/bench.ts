import { Accounts } from '../../server/domain/account/accounts.ts';
import { AuthService } from '../../server/domain/account/auth.ts';
import { Lanes } from '../../server/domain/auction/ledger/lanes.ts';
import type { SaleCommand } from '../../server/domain/auction/rules/commands.ts';
import { SaleService } from '../../server/domain/auction/saleService.ts';
import { AuctionService } from '../../server/domain/auction/service.ts';
import { Committer } from '../../server/domain/auction/ledger/committer.ts';
import { createDigest } from '../../server/engines/identity/digest.ts';
import { createTokenIdentity, createTokenIssuer, jwtKeys } from '../../server/engines/identity/tokens.ts';
import { openMedia } from '../../server/engines/media/index.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { createHttpApp, type HttpServices } from '../../server/http/app.ts';
import type { Store } from '../../server/engines/store/store.ts';
import type { SeedData } from '../../server/seeding/seedStore.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { testLimits } from '../support/limits.ts';
import { laneMemory } from '../support/lanes.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedPhone } from '../support/phone.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore } from '../support/store.ts';

/** Where the requests of these tests are sent: the public address. */
export const ORIGIN = 'http://localhost:8000';

/** The HTTP side over a real store, with the demo in it. */
export interface HttpBench {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly log: RecordedLog;
  readonly auctions: AuctionService;
  /** What was sent to phones. */
  readonly phone: RecordedPhone;
  /** Asks for a path (or an address), with that user's token where one is named. */
  ask(path: string, request?: Asking): Promise<Answer>;
  token(username: string, ttlMs?: number): Promise<string>;
  bid(auctionId: number, username: string, amount: number): Promise<void>;
  /** What that host does to a live sale. */
  direct(auctionId: number, host: string, command: HostWish): Promise<void>;
  close(): Promise<void>;
}

/** A command of a live sale's host, without who gives it and when. */
export type HostWish = SaleCommand extends infer Command
  ? Command extends { requestedBy: unknown }
    ? Omit<Command, 'requestedBy' | 'nowMs'>
    : never
  : never;

/** A request; `json` is sent as a body of that type. */
export interface Asking {
  readonly method?: string;
  readonly as?: string;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** What came back, read. `json` is `undefined` for what is not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Opens a bench over a fresh SQLite file, with some of the services replaced and the demo or `seed` in it. */
export async function openBench(
  changes: Partial<HttpServices> = {},
  seed: (nowMs: number) => SeedData = demoSeed,
): Promise<HttpBench> {
  const clock = new ManualClock();
  const { store, close } = await openTestStore('sqlite', seed(clock.nowMs()));
  return benchOver(store, clock, changes, close);
}

/** A bench over a store that is open already; `close` closes it. */
export function benchOver(
  store: Store,
  clock: ManualClock,
  changes: Partial<HttpServices>,
  close: () => Promise<void>,
): HttpBench {
  const log = new RecordedLog();
  const metrics = createPrometheusMetrics();
  const accounts = new Accounts(store.accounts, clock);
  const keys = jwtKeys('a secret that only these tests know', null);
  const tokens = createTokenIssuer(keys, store.accounts, clock);
  const phone = new RecordedPhone();
  const committer = new Committer(store.ledger, clock, metrics);
  const memory = laneMemory(testLimits(), clock, metrics, committer);
  const lanes = new Lanes({
    store: store.ledger,
    ...memory,
    clock,
    maxWaiting: 100,
    published: () => undefined,
  });
  const auctions = new AuctionService({
    catalogue: store.catalogue,
    lanes,
    lookups: memory.lookups,
    accounts,
    metrics,
    clock,
    deadlinesChanged: () => undefined,
  });
  const sales = new SaleService({
    ledger: store.ledger,
    catalogue: store.catalogue,
    lanes,
    lookups: memory.lookups,
    accounts,
  });
  const auth = new AuthService({
    auth: store.auth,
    accounts: store.accounts,
    tokens,
    digest: createDigest(keys),
    sms: phone,
    clock,
    log,
    siteName: 'MadeInPK',
    limits: changes.limits ?? testLimits(),
  });
  const app = createHttpApp({
    auctions,
    sales,
    auth,
    calls: { mediaChanged: () => Promise.resolve() },
    media: openMedia({ livekit: null, isProduction: false }, log, clock),
    store,
    identity: createTokenIdentity({ keys, store: store.accounts, accounts, clock, log }),
    isStoringBids: () => committer.isBusy,
    metrics,
    clock,
    log,
    // Time stands still here: whatever is taken from a rate would not come back.
    limits: testLimits({ restBurst: 0 }),
    mediaFolders: [],
    readiness: { store: () => store.ping() },
    siteName: 'MadeInPK',
    publicUrl: ORIGIN,
    allowedOrigins: 'all',
    trustProxyHops: 0,
    development: null,
    ...changes,
  });
  const userNamed = async (username: string) => {
    const account = await store.accounts.byUsername(username);
    if (account === null) throw new Error(`there is no user ${username}`);
    return account;
  };
  const token = async (username: string, ttlMs = 3_600_000) => tokens.issue(await userNamed(username), ttlMs);

  return {
    store,
    clock,
    log,
    auctions,
    phone,
    token,
    ask: async (path, { method, as, headers = {}, json, body, signal } = {}) => {
      const sent = new Headers(headers);
      if (as !== undefined) sent.set('Authorization', `Token ${await token(as)}`);
      if (json !== undefined) sent.set('Content-Type', 'application/json');
      const content = json === undefined ? body : JSON.stringify(json);
      const request = new Request(new URL(path, ORIGIN), {
        method: method ?? (content === undefined ? 'GET' : 'POST'),
        headers: sent,
        signal: signal ?? null,
        ...(content === undefined ? {} : { body: content, duplex: 'half' }),
      });
      return read(await app.fetch(request, '127.0.0.1'));
    },
    bid: async (auctionId, username, amount) => {
      const outcome = await auctions.placeBid({
        auctionId,
        bidder: await userNamed(username),
        amount,
        requestId: null,
        receivedAtMs: clock.nowMs(),
      });
      if (outcome.kind === 'refused') throw new Error(outcome.refusal.message);
    },
    direct: async (auctionId, host, wish) => {
      const { id, username } = await userNamed(host);
      const command = { ...wish, nowMs: clock.nowMs(), requestedBy: { id, username } };
      const outcome = await sales.direct(auctionId, command);
      if (outcome.kind === 'refused') throw new Error(outcome.refusal.message);
    },
    close: async () => {
      lanes.close();
      await close();
    },
  };
}

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status, headers, text, json: isJson ? (JSON.parse(text) as unknown) : undefined };
}
