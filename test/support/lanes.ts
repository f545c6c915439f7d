import { Lanes } from '../../server/domain/auction/lanes.ts';
import type { AuctionChange } from '../../server/domain/auction/change.ts';
import type { PlaceBid } from '../../server/domain/auction/commands.ts';
import type { Profile } from '../../server/domain/account/account.ts';
import { Committer } from '../../server/domain/committer.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import type { Clock } from '../../server/ports/clock.ts';
import type { AuctionStore, CommitOutcome } from '../../server/ports/store.ts';

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
  bid(bidder: Profile, amount: number, requestId?: string): ReturnType<Lanes['submit']>;
}

/** Opens the lanes of one process on auction 1 of that store. */
export function openLanes(store: AuctionStore, clock: Clock, maxWaiting = 0): TestLanes {
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
    committer: new Committer(faulty, clock, createPrometheusMetrics()),
    clock,
    maxWaiting,
    published: (change) => published.push(change),
  });
  const bid = (bidder: Profile, amount: number, requestId?: string) => {
    const command: PlaceBid = {
      type: 'place_bid',
      bidder,
      bidderIsBlocked: false,
      amount,
      receivedAtMs: clock.nowMs(),
      requestId: requestId ?? null,
    };
    return lanes.submit(1, command);
  };
  return { lanes, commits, published, faults, bid };
}
