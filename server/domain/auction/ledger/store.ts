import type { StoredAuctionEvent } from '../rules/events.ts';
import type { AuctionState } from '../rules/state.ts';
import type { EarlierBidder } from './notices.ts';
import type { AuctionChange } from './change.ts';

/**
 * What became of one change of a commit. `notificationIds` stand in the order of `change.notifications`.
 * `conflict`: another process wrote first, and nothing of this change is stored.
 */
export type CommitOutcome =
  { readonly kind: 'committed'; readonly notificationIds: readonly number[] } | { readonly kind: 'conflict' };

/**
 * The ledgers of auctions and the states that follow from them. Reads reject with `StoreUnavailable` while the database is
 * away.
 */
export interface LedgerStore {
  /** What the rules need; `null` when there is no such auction. */
  load(auctionId: number): Promise<AuctionState | null>;
  /** The next events of the ledger after `seq`, in order, at most `limit`. */
  eventsAfter(auctionId: number, seq: number, limit: number): Promise<readonly StoredAuctionEvent[]>;
  /** The newest accepted bids since `sinceMs` that carried a request id, at most `limit`, in order. */
  bidsWithRequestIds(
    auctionId: number,
    sinceMs: number,
    limit: number,
  ): Promise<readonly StoredAuctionEvent[]>;
  /** The accepted bids since `sinceMs` that carried one of these request ids, of any bidder, in order. */
  bidsByRequestIds(
    auctionId: number,
    sinceMs: number,
    requestIds: readonly string[],
  ): Promise<readonly StoredAuctionEvent[]>;
  /**
   * The `changeId` that event was stored under; `null` when there is no such event. Waits for commits to this
   * auction that are under way, so that the answer stays true for one whose own answer was lost.
   */
  changeIdAt(auctionId: number, seq: number): Promise<string | null>;
  /**
   * Stores the changes of several auctions (one each) in one transaction, each only if its version still
   * holds. Outcomes stand in the order of `changes`. Rejects with `StoreUnavailable` when nothing was stored,
   * with `CommitInDoubt` when that cannot be known.
   */
  commit(changes: readonly AuctionChange[]): Promise<readonly CommitOutcome[]>;
  /**
   * Everyone who has bid on a timed auction, each once, in no order. They want a letter who lost the lead at `sinceMs` or
   * later, or for whom an outbid letter of this auction waits; whether the leader does is not said.
   */
  bidders(auctionId: number, sinceMs: number): Promise<readonly EarlierBidder[]>;
  /** The ids of live sales whose ring is open. */
  openRings(): Promise<readonly number[]>;
}
