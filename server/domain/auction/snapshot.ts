import type { Minor } from '../../../shared/money.ts';
import type { BidPlaced, StoredAuctionEvent } from './events.ts';
import { projectSale, type SaleSnapshot } from './saleSnapshot.ts';
import type { AuctionStatus } from './state.ts';

/** How many of the newest bids a snapshot carries (protocol: "last 5 bids"). */
export const LATEST_BIDS = 5;

/** The condition of a product. */
export type Condition = 'new' | 'like_new' | 'good' | 'fair';

export interface ProductImage {
  readonly url: string;
  readonly isPrimary: boolean;
  readonly order: number;
}

/** What everyone may see of a product. */
export interface ProductDetails {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly condition: Condition;
  readonly category: string;
  readonly images: readonly ProductImage[];
}

/** What everyone may see of a seller. */
export interface SellerDetails {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly brandName: string | null;
  readonly biography: string | null;
  readonly isVerified: boolean;
  /** The mean rating in hundredths: 485 is shown as "4.85". 0 without feedback. */
  readonly averageRatingHundredths: number;
  readonly totalFeedbacks: number;
}

/** A bid as watchers see it. */
export interface BidLine {
  readonly seq: number;
  readonly bidder: string;
  readonly amount: Minor;
  readonly atMs: number;
}

/** All that a watcher is told on connection, as of ledger event `seq`. */
export interface AuctionSnapshot {
  readonly seq: number;
  readonly auctionId: number;
  readonly product: ProductDetails;
  readonly seller: SellerDetails;
  readonly startingPrice: Minor;
  readonly currentPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly status: AuctionStatus;
  readonly winner: { readonly id: number; readonly username: string } | null;
  readonly totalBids: number;
  /** Newest first, at most {@link LATEST_BIDS}; in a live sale those of the round. */
  readonly latestBids: readonly BidLine[];
  /** `null`: a timed auction. */
  readonly sale: SaleSnapshot | null;
}

/** The snapshot after one more event; `stored.seq` must be the next number. */
export function project(snapshot: AuctionSnapshot, stored: StoredAuctionEvent): AuctionSnapshot {
  const { seq, event } = stored;
  const sale = snapshot.sale && projectSale(snapshot.sale, stored);
  switch (event.type) {
    case 'auction_created':
    case 'comment_posted':
    case 'user_muted':
    case 'ring_opened':
    case 'ring_closed':
    case 'sale_paused':
    case 'sale_resumed':
      return { ...snapshot, seq, sale };
    case 'auction_started':
      return { ...snapshot, seq, sale, status: 'active' };
    case 'bid_placed':
      return afterBid(snapshot, seq, event, sale);
    case 'auction_ended':
      return { ...snapshot, seq, sale, status: 'ended', winner: event.winner };
    case 'auction_cancelled':
      return { ...snapshot, seq, sale, status: 'cancelled' };
    case 'product_changed':
      return { ...snapshot, seq, sale, currentPrice: event.prices.minBidPrice, totalBids: 0, latestBids: [] };
    case 'product_awarded':
      return { ...snapshot, seq, sale, currentPrice: 0, totalBids: 0, latestBids: [] };
  }
}

/** Written out, for every bid comes through here. */
function afterBid(
  snapshot: AuctionSnapshot,
  seq: number,
  { bidder, amount, atMs }: BidPlaced,
  sale: SaleSnapshot | null,
): AuctionSnapshot {
  const line = { seq, bidder: bidder.username, amount, atMs };
  return {
    seq,
    auctionId: snapshot.auctionId,
    product: snapshot.product,
    seller: snapshot.seller,
    startingPrice: snapshot.startingPrice,
    currentPrice: amount,
    startTimeMs: snapshot.startTimeMs,
    endTimeMs: snapshot.endTimeMs,
    status: snapshot.status,
    winner: snapshot.winner,
    totalBids: snapshot.totalBids + 1,
    latestBids: [line, ...snapshot.latestBids.slice(0, LATEST_BIDS - 1)],
    sale,
  };
}
