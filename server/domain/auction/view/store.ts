import type { PageByKey, RowsByKey } from '../../page.ts';
import type { AuctionSnapshot, BidLine } from './snapshot.ts';

/** What is shown of an auction. Every method rejects with `StoreUnavailable` while the database is away. */
export interface AuctionViewStore {
  /** What a watcher is told; `null` when there is no such auction. All of it as of one moment. */
  snapshot(auctionId: number): Promise<AuctionSnapshot | null>;
  /** The newest `seq` of each of these auctions that exists. */
  versions(auctionIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** The whole history, by `seq`; `null` when there is no such auction. */
  bids(auctionId: number, page: PageByKey): Promise<RowsByKey<BidLine> | null>;
}
