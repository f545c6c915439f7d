import type { PageByKey, RowsByKey } from '../../page.ts';
import type { AuctionSnapshot, BidLine } from './snapshot.ts';

/** A bid as lists of the whole history show it. */
export interface ListedBid extends BidLine {
  /** The round of a live sale; 1 in a timed auction. */
  readonly round: number;
}

/** A comment as lists of the whole history show it. */
export interface ListedComment {
  readonly seq: number;
  readonly round: number;
  readonly author: string;
  readonly text: string;
  readonly atMs: number;
}

/** What is shown of an auction. Every method rejects with `StoreUnavailable` while the database is away. */
export interface AuctionViewStore {
  /**
   * What a watcher is told; `null` when there is no such auction. All of it as of one moment. The lists of a live sale
   * hold the newest `maxLines` bids and comments (where it is left out 100), 0: all.
   */
  snapshot(auctionId: number, maxLines?: number): Promise<AuctionSnapshot | null>;
  /** The newest `seq` of each of these auctions that exists. */
  versions(auctionIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** All bids, or those of that round of a live sale, by `seq`; `null` when there is no such auction. */
  bids(auctionId: number, page: PageByKey, round?: number): Promise<RowsByKey<ListedBid> | null>;
  /** All comments, or those of that round of a live sale, by `seq`; `null` when there is no such auction. */
  comments(auctionId: number, page: PageByKey, round?: number): Promise<RowsByKey<ListedComment> | null>;
}
