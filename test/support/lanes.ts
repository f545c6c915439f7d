import { Lanes } from '../../server/domain/auction/ledger/lanes.ts';
import type { AuctionChange } from '../../server/domain/auction/ledger/change.ts';
import type { PlaceBid } from '../../server/domain/auction/rules/commands.ts';
import type { Profile } from '../../server/domain/account/account.ts';
import { Committer } from '../../server/domain/auction/ledger/committer.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { AuctionLookups } from '../../server/domain/auction/ledger/auctionLookups.ts';
import type { AuctionEvent } from '../../server/domain/auction/rules/events.ts';
import type { Limits } from '../../server/limits.ts';
import { Receipts } from '../../server/domain/auction/ledger/receipts.ts';
import type { Metrics } from '../../server/ports/metrics.ts';
import type { Clock } from '../../server/ports/clock.ts';
import type { CommitOutcome, LedgerStore } from '../../server/domain/auction/ledger/store.ts';
import { testLimits } from './limits.ts';

/** What the lanes of a process have in common, made as the server makes it. */
export function laneMemory(limits: Limits, clock: Clock, metrics: Metrics, committer: Committer) {
  const services = { clock, metrics, committer };
  return {
    committer,
    receipts: new Receipts<AuctionEvent>(limits, services),
    lookups: new AuctionLookups(limits, services),
  };
}

/** What becomes of the next commits, in order; afterwards they go through. */
export type CommitFault = (
  commit: () => Promise<readonly CommitOutcome[]>,
) => Promise<readonly CommitOutcome[]>;

/** Lanes as one process has them, over a real store whose commits can be made to fail. */
export interface TestLanes {
  readonly lanes: Lanes;
  readonly commits: (readonly AuctionChange[])[];
  readonly published: AuctionChange[];
  readonly faults: CommitFault[];
  readonly metrics: Metrics;
  /** `auctionId` 1 unless it is given. */
  bid(bidder: Profile, amount: number, requestId?: string, auctionId?: number): ReturnType<Lanes['submit']>;
}

/** Opens the lanes of one process on auction 1 of that store, under the default limits with some changed. */
export function openLanes(store: LedgerStore, clock: Clock, changes: Partial<Limits> = {}): TestLanes {
  const limits = testLimits({ laneCommands: 0, ...changes });
  const metrics = createPrometheusMetrics();
  const commits: (readonly AuctionChange[])[] = [];
  const published: AuctionChange[] = [];
  const faults: CommitFault[] = [];
  const faulty = {
    commit: (changes: readonly AuctionChange[]) => {
      commits.push(changes);
      const fault = faults.shift();
      return fault === undefined ? store.commit(changes) : fault(() => store.commit(changes));
    },
  };
  const lanes = new Lanes({
    store,
    ...laneMemory(limits, clock, metrics, new Committer(faulty, clock, metrics)),
    clock,
    maxWaiting: limits.laneCommands,
    published: (change) => published.push(change),
  });
  const bid: TestLanes['bid'] = (bidder, amount, requestId, auctionId = 1) => {
    const command: PlaceBid = {
      type: 'place_bid',
      bidder,
      bidderIsBlocked: false,
      amount,
      receivedAtMs: clock.nowMs(),
      requestId: requestId ?? null,
    };
    return lanes.submit(auctionId, command);
  };
  return { lanes, commits, published, faults, bid, metrics };
}
