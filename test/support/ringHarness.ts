import { expect } from 'vitest';
import { createAuctionServices } from '../../server/auctionServices.ts';
import { Accounts } from '../../server/domain/account/accounts.ts';
import type { AuctionEvent, StoredAuctionEvent } from '../../server/domain/auction/rules/events.ts';
import type { Lanes } from '../../server/domain/auction/ledger/lanes.ts';
import { auctionChannel } from '../../server/domain/auction/view/room.ts';
import type { Rooms } from '../../server/domain/auction/view/rooms.ts';
import { longestDurations } from '../../server/domain/deadline.ts';
import { meetDeadline } from '../../server/domain/deadlineRouter.ts';
import type { RingService } from '../../server/domain/auction/ringService.ts';
import { createInProcessLayer } from '../../server/engines/layer/inProcess.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import type { Store } from '../../server/engines/store/store.ts';
import { DeadlineWorker } from '../../server/workers/deadlines.ts';
import { person } from './auctions.ts';
import { testLimits } from './limits.ts';
import type { ManualClock } from './manualClock.ts';
import { until } from './processes.ts';
import { RecordedLog } from './recordedLog.ts';

/** The demo's live sale, and its auctioneer. */
export const RING = 7;
export const AUCTIONEER = person(14, 'baraka_host');

/** What one process has of rings, over a real store and a manual clock: its sockets are calls. */
export class RingHarness {
  readonly told: AuctionEvent[] = [];
  readonly lanes: Lanes;
  readonly rings: RingService;
  readonly #rooms: Rooms;
  readonly #store: Store;
  readonly #clock: ManualClock;
  readonly #worker: DeadlineWorker;

  private constructor(store: Store, clock: ManualClock) {
    this.#store = store;
    this.#clock = clock;
    const log = new RecordedLog();
    const limits = testLimits();
    const layer = createInProcessLayer(log);
    void layer.subscribe(auctionChannel(RING), (events) => {
      this.told.push(...(events as readonly StoredAuctionEvent[]).map(({ event }) => event));
    });
    const services = createAuctionServices(
      { store, layer, clock, log, metrics: createPrometheusMetrics() },
      {
        accounts: new Accounts(store.accounts, clock),
        limits,
        backendCalls: new Set(),
        outbidLetterWindowMs: 60_000,
        listenerOf: () => () => undefined,
        deadlinesChanged: () => this.#worker.nudge(),
        outboxChanged: () => undefined,
      },
    );
    this.lanes = services.lanes;
    this.rings = services.rings;
    this.#rooms = services.rooms;
    this.#worker = new DeadlineWorker({
      store: store.deadlines,
      meet: (deadline) => meetDeadline({ ...services, calls: null }, deadline),
      durations: longestDurations(limits),
      clock,
      log,
    });
  }

  /** Starts as a server does: what ran before has lost its sockets. */
  static async open(store: Store, clock: ManualClock): Promise<RingHarness> {
    const harness = new RingHarness(store, clock);
    await harness.rings.recover();
    harness.#worker.start();
    await harness.#asleep();
    return harness;
  }

  /** Ends as kill -9 ends it: nothing is said to anybody. */
  async kill(): Promise<void> {
    await this.#worker.stop();
    this.lanes.close();
    this.#rooms.close();
  }

  async came(): Promise<void> {
    await this.rings.auctioneerCame(RING, AUCTIONEER);
    await this.#asleep();
  }

  async left(): Promise<void> {
    this.rings.auctioneerLeft(RING);
    await this.#asleep();
  }

  /** Time passes. */
  async tick(durationMs: number): Promise<void> {
    await this.#clock.advance(durationMs);
    await this.#asleep();
  }

  /** What is told to everybody, by the names of its events, since the last question. */
  news(): string[] {
    return this.told.splice(0).map(({ type }) => type);
  }

  /** The flags of the ring as they are stored. */
  async flags() {
    const state = await this.#store.ledger.load(RING);
    return { status: state?.status, ring: state?.sale?.ring, pause: state?.sale?.pause };
  }

  /** Everything under way is done, and the worker sleeps until the next deadline, as lanes and rooms do. */
  async #asleep(): Promise<void> {
    await this.rings.settled();
    await until(() => expect(this.#clock.pendingTimers).toBe(3));
    await this.lanes.settled();
    await until(() => expect(this.#clock.pendingTimers).toBe(3));
  }
}
