import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AuctionCommand } from '../../server/domain/auction/rules/commands.ts';
import { changeOf } from '../../server/domain/auction/ledger/change.ts';
import { decide } from '../../server/domain/auction/rules/decide.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import type { BackendCallKind } from '../../server/domain/notification/backendCall.ts';
import { type BackendSettings, openBackendCalls } from '../../server/engines/backend/index.ts';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { createKeptMailer } from '../../server/engines/mailer/kept.ts';
import { createInProcessQueue } from '../../server/engines/queue/inProcess.ts';
import type { BackendCalls } from '../../server/domain/notification/backendCalls.ts';
import type { OutboxStore } from '../../server/domain/outboxStore.ts';
import type { Store } from '../../server/engines/store/store.ts';
import type { KeptMailbox, Mailer } from '../../server/ports/mailer.ts';
import type { Media } from '../../server/ports/media.ts';
import type { Metrics } from '../../server/ports/metrics.ts';
import type { JobQueue } from '../../server/ports/queue.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { OutboxRelay } from '../../server/workers/outboxRelay.ts';
import { OutboxWorker } from '../../server/workers/outboxWorker.ts';
import { begun, moved } from '../contract/store/callScripts.ts';
import { person } from '../support/auctions.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, rawRows, type StoreKind, type TestStore } from '../support/store.ts';

/** Outbid letters within a minute become one. */
export const GATHER_WINDOW_MS = 60_000;

/** What an auctioneer does to a ring. */
export type RingStep = 'enter_ring' | 'pause_sale' | 'resume_sale' | 'close_ring' | 'cancel_sale';

/** The calls of a server under these settings; those that are left out are not set. */
export function backendCalls(settings: Partial<BackendSettings> = {}): BackendCalls {
  const unset = {
    ringClosedWebhookUrl: null,
    ringClosedWebhookSecret: null,
    ringWebhookUrl: null,
    ringWebhookSecret: null,
  };
  return openBackendCalls({ ...unset, ...settings }, systemClock);
}

/** What one process does with letters and calls: a relay and a worker over a store, a queue and a mailer. */
export interface OutboxProcess {
  readonly relay: OutboxRelay;
  readonly log: RecordedLog;
  /** What became of each attempt, as the metrics saw it. */
  readonly attempts: readonly string[];
  /** Resolves when the relay has looked and sleeps. */
  asleep(): Promise<void>;
  stop(): Promise<void>;
}

/** What an outbox process is made of; what is not given is real and of its own. */
export interface OutboxProcessParts {
  readonly mailer?: Mailer;
  readonly queue?: JobQueue;
  readonly outbox?: OutboxStore;
  readonly clock?: ManualClock;
  /** None when left out. */
  readonly backend?: BackendCalls;
  /** None when left out. */
  readonly media?: Media;
}

/** One database and the outbox processes over it; its auction 1 is open for bids. */
export class OutboxHarness {
  readonly clock = new ManualClock();
  readonly kept: Mailer & KeptMailbox;
  readonly store: Store;
  readonly #folder: string;
  readonly #stores: TestStore;
  readonly #processes: OutboxProcess[] = [];

  private constructor(folder: string, stores: TestStore) {
    this.#folder = folder;
    this.#stores = stores;
    this.store = stores.store;
    this.kept = createKeptMailer(folder, 'no-reply@madeinpk.example', this.clock);
  }

  static async open(kind: StoreKind = 'sqlite'): Promise<OutboxHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'ringside-mail-'));
    return new OutboxHarness(folder, await openTestStore(kind, demoSeed(new ManualClock().nowMs())));
  }

  /** The same database, as another process has it. */
  reopen(): Promise<Store> {
    return this.#stores.reopen();
  }

  /** Asks the database itself. */
  rows(sql: string): ReturnType<typeof rawRows> {
    return rawRows(this.#stores.databaseUrl, sql);
  }

  /** Opens an outbox process and starts it. */
  start(parts: OutboxProcessParts = {}): OutboxProcess {
    const log = new RecordedLog();
    const queue = parts.queue ?? createInProcessQueue(log, { concurrency: 5 });
    const outbox = parts.outbox ?? this.store.outbox;
    const clock = parts.clock ?? this.clock;
    const relay = new OutboxRelay({
      outbox,
      queue,
      clock,
      log,
      gatherWindowMs: GATHER_WINDOW_MS,
    });
    const attempts: string[] = [];
    const metrics: Pick<Metrics, 'deliveryAttempted'> = {
      deliveryAttempted: (_type, outcome) => attempts.push(outcome),
    };
    const worker = new OutboxWorker({
      outbox,
      mailer: parts.mailer ?? this.kept,
      backend: parts.backend ?? backendCalls(),
      media: parts.media ?? null,
      metrics,
      clock,
      log,
      siteName: 'MadeInPK',
      publicUrl: 'https://madeinpk.example:8443',
      auctionUrl: 'https://madeinpk.example:8443/auctions/{id}',
      dueChanged: () => relay.nudge(),
    });
    queue.consume((jobId) => worker.handle(jobId));
    relay.start();
    const process: OutboxProcess = {
      relay,
      log,
      attempts,
      asleep: () => until(() => expect(clock.pendingTimers).toBe(1)),
      stop: async () => {
        await relay.stop();
        await queue.close();
      },
    };
    this.#processes.push(process);
    return process;
  }

  /** `buyer1` … `buyer9` bids on auction 1 (whole rupees); whoever led gets a letter. */
  async bid(buyer: number, rupees: number): Promise<void> {
    await this.#carryOut(1, {
      type: 'place_bid',
      bidder: person(buyer, `buyer${buyer}`),
      bidderIsBlocked: false,
      amount: rupees * 100,
      receivedAtMs: this.clock.nowMs(),
      requestId: null,
    });
  }

  /** The seller of auction 1 ends it. */
  async end(): Promise<void> {
    const requestedBy = person(11, 'kashmiri_crafts');
    await this.#carryOut(1, { type: 'end', requestedBy, nowMs: this.clock.nowMs() });
  }

  /** The auctioneer of live sale 7 comes and closes its ring; the main backend is told that it is closed, or `told`. */
  closeRing(told: readonly BackendCallKind[] = ['ring_closed']): Promise<void> {
    return this.direct(7, ['enter_ring', 'close_ring'], told);
  }

  /** The auctioneer of a live sale of the demo does these; the main backend is told calls of these kinds. */
  async direct(ringId: number, types: readonly RingStep[], told: readonly BackendCallKind[]): Promise<void> {
    const requestedBy = person(14, 'baraka_host');
    for (const type of types) {
      await this.#carryOut(ringId, { type, requestedBy, nowMs: this.clock.nowMs() }, new Set(told));
    }
  }

  /** A user's call to the demo's first telecaller has come to its end; its room is to be closed. */
  async endCall(callId: string): Promise<void> {
    const nowMs = this.clock.nowMs();
    const ringing = await begun(this.store, 1, 15, { callId, createdAtMs: nowMs });
    const accepted = await moved(this.store, ringing, 'accept', nowMs);
    await moved(this.store, accepted, 'end', nowMs, { closesRoom: true });
  }

  /** Winds the clock on to when the only row is due again, sees it tried then and not before, and gives how long that took. */
  async advanceToRetry(
    process: OutboxProcess,
    received: readonly unknown[],
    attempt: number,
  ): Promise<number> {
    await until(() => expect(process.attempts).toHaveLength(attempt - 1));
    const dueAtMs = await until(
      async () => (await this.store.outbox.nextDueAtMs()) ?? expect.unreachable('it is still queued'),
    );
    await process.asleep();
    const pauseMs = dueAtMs - this.clock.nowMs();
    await this.clock.advance(pauseMs - 1);
    await process.asleep();
    expect(received).toHaveLength(attempt - 1);
    await this.clock.advance(1);
    await until(() => expect(received).toHaveLength(attempt));
    return pauseMs;
  }

  async #carryOut(
    auctionId: number,
    command: AuctionCommand,
    told?: ReadonlySet<BackendCallKind>,
  ): Promise<void> {
    const before = await this.store.ledger.load(auctionId);
    if (before === null) throw new Error(`auction ${auctionId} is missing`);
    const decision = decide(before, command);
    if (decision.kind === 'refused') throw new Error(decision.refusal.message);
    const events = decision.events.map((event, index) => ({ seq: before.version + 1 + index, event }));
    const after = decision.events.reduce(evolve, before);
    const bidders = await this.store.ledger.bidders(auctionId, this.clock.nowMs() - GATHER_WINDOW_MS);
    const change = changeOf(before, events, after, this.clock.randomId(), told, bidders);
    expect(await this.store.ledger.commit([change])).toMatchObject([{ kind: 'committed' }]);
  }

  /** The kept letters, oldest first: who reads which price. */
  async letters(): Promise<string[]> {
    const mails = await this.kept.list();
    return mails.toReversed().map(({ to, text }) => `${to} ${/Rs\. [\d.]+/.exec(text)?.[0] ?? ''}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#stores.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
