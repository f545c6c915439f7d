import { expect } from 'vitest';
import { Accounts } from '../../server/domain/account/accounts.ts';
import type { AuctionEvent } from '../../server/domain/auction/events.ts';
import { Lanes } from '../../server/domain/auction/lanes.ts';
import { AuctionService } from '../../server/domain/auction/service.ts';
import { Committer } from '../../server/domain/committer.ts';
import { isCallDeadline, longestDurations } from '../../server/domain/deadline.ts';
import { RingService } from '../../server/domain/ring/ringService.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import type { Store } from '../../server/ports/store.ts';
import { DeadlineWorker } from '../../server/workers/deadlines.ts';
import { person } from './auctions.ts';
import { laneMemory } from './lanes.ts';
import { testLimits } from './limits.ts';
import type { ManualClock } from './manualClock.ts';
import { until } from './processes.ts';
import { RecordedLog } from './recordedLog.ts';

/** The demo's live sale, and its auctioneer. */
export const RING = 7;
export const AUCTIONEER = person(14, 'baraka_host');

/** What one process has of rings, over a real store and a hand-wound clock: its sockets are calls. */
export class RingHouse {
  readonly told: AuctionEvent[] = [];
  readonly lanes: Lanes;
  readonly rings: RingService;
  readonly #store: Store;
  readonly #clock: ManualClock;
  readonly #worker: DeadlineWorker;

  private constructor(store: Store, clock: ManualClock) {
    this.#store = store;
    this.#clock = clock;
    const log = new RecordedLog();
    const metrics = createPrometheusMetrics();
    const limits = testLimits();
    const deadlinesChanged = () => this.#worker.nudge();
    const memory = laneMemory(limits, clock, metrics);
    this.lanes = new Lanes({
      store: store.auctions,
      ...memory,
      committer: new Committer(store.auctions, clock, metrics),
      clock,
      maxWaiting: 0,
      published: ({ auctionId, events }) => {
        if (auctionId === RING) this.told.push(...events.map(({ event }) => event));
      },
    });
    const auctions = new AuctionService({
      store: store.auctions,
      lanes: this.lanes,
      lookups: memory.lookups,
      accounts: new Accounts(store.accounts, clock),
      metrics,
      clock,
      deadlinesChanged,
    });
    this.rings = new RingService({ store, lanes: this.lanes, clock, log, limits, deadlinesChanged });
    this.#worker = new DeadlineWorker({
      store: store.deadlines,
      meet: async (deadline) => {
        if (isCallDeadline(deadline)) throw new Error('rings make no calls');
        return this.rings.isOvertaken(deadline) ? 'overtaken' : auctions.meetDeadline(deadline);
      },
      durations: longestDurations(limits),
      clock,
      log,
    });
  }

  /** Starts as a server does: what ran before has lost its sockets. */
  static async open(store: Store, clock: ManualClock): Promise<RingHouse> {
    const house = new RingHouse(store, clock);
    await house.rings.recover();
    house.#worker.start();
    await house.#asleep();
    return house;
  }

  /** Ends as kill -9 ends it: nothing is said to anybody. */
  async kill(): Promise<void> {
    await this.#worker.stop();
    this.lanes.close();
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
    const state = await this.#store.auctions.load(RING);
    return { status: state?.status, ring: state?.sale?.ring, pause: state?.sale?.pause };
  }

  /** Everything under way is done, and the worker sleeps until the next deadline. */
  async #asleep(): Promise<void> {
    await this.rings.settled();
    await until(() => expect(this.#clock.pendingTimers).toBe(2));
    await this.lanes.settled();
    await until(() => expect(this.#clock.pendingTimers).toBe(2));
  }
}
