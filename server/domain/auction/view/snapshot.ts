import type { Minor } from '../../../../shared/money.ts';
import type { BidPlaced, Person, StoredAuctionEvent } from '../rules/events.ts';
import { evolve } from '../rules/evolve.ts';
import {
  type SaleDetails,
  saleDetailsAfter,
  type SaleLists,
  type SaleSnapshot,
  saleSummary,
  SHOWN_LINES,
} from './saleSnapshot.ts';
import { type AuctionState, type AuctionStatus, currentPrice, winnerOf } from '../rules/state.ts';

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

/** What the rules need not know of an auction. */
export interface AuctionDetails {
  readonly product: ProductDetails;
  readonly seller: SellerDetails;
  /** `null`: a timed auction. */
  readonly sale: SaleDetails | null;
}

/** What was bid and said in the round. */
export interface AuctionLists extends SaleLists {
  /** Newest first, at most {@link LATEST_BIDS}. */
  readonly latestBids: readonly BidLine[];
}

/** The lists of a round that has begun just now. */
const NO_LINES: AuctionLists = { latestBids: [], bids: [], comments: [] };

/** All that a watcher gets on connection, as of ledger event {@link seq}. Never changes. */
export class AuctionSnapshot {
  readonly state: AuctionState;
  readonly details: AuctionDetails;
  readonly lists: AuctionLists;

  constructor(state: AuctionState, details: AuctionDetails, lists: AuctionLists) {
    this.state = state;
    this.details = details;
    this.lists = lists;
  }

  get seq(): number {
    return this.state.version;
  }

  get auctionId(): number {
    return this.state.facts.id;
  }

  get product(): ProductDetails {
    return this.details.product;
  }

  get seller(): SellerDetails {
    return this.details.seller;
  }

  get startingPrice(): Minor {
    return this.state.facts.startingPrice;
  }

  get currentPrice(): Minor {
    return currentPrice(this.state);
  }

  get startTimeMs(): number {
    return this.state.facts.startTimeMs;
  }

  get endTimeMs(): number {
    return this.state.facts.endTimeMs;
  }

  get status(): AuctionStatus {
    return this.state.status;
  }

  get winner(): Person | null {
    return winnerOf(this.state);
  }

  get totalBids(): number {
    return this.state.round.totalBids;
  }

  get latestBids(): readonly BidLine[] {
    return this.lists.latestBids;
  }

  /** `null`: a timed auction. */
  get sale(): SaleSnapshot | null {
    const { state, details, lists } = this;
    if (state.sale === null || details.sale === null) return null;
    return {
      ...saleSummary(state.round, state.sale, details.sale),
      bids: lists.bids,
      comments: lists.comments,
    };
  }
}

/** The snapshot after one more event. Throws where {@link evolve} does, and for one that is not the next. */
export function project(snapshot: AuctionSnapshot, stored: StoredAuctionEvent): AuctionSnapshot {
  if (stored.seq !== snapshot.seq + 1) {
    const { auctionId, seq } = snapshot;
    throw new Error(`event ${stored.seq} of auction ${auctionId} does not follow event ${seq}`);
  }
  return new AuctionSnapshot(
    evolve(snapshot.state, stored.event),
    detailsAfter(snapshot.details, stored),
    listsAfter(snapshot.lists, stored),
  );
}

function detailsAfter(details: AuctionDetails, stored: StoredAuctionEvent): AuctionDetails {
  const { product, seller, sale } = details;
  return sale === null ? details : { product, seller, sale: saleDetailsAfter(sale, stored) };
}

function listsAfter(lists: AuctionLists, { seq, event }: StoredAuctionEvent): AuctionLists {
  switch (event.type) {
    case 'bid_placed':
      return afterBid(lists, seq, event);
    case 'comment_posted': {
      const { author, text, atMs } = event;
      const comments = [...lists.comments.slice(1 - SHOWN_LINES), { seq, author, text, atMs }];
      return { ...lists, comments };
    }
    case 'product_changed':
    case 'product_awarded':
      return NO_LINES;
    default:
      return lists;
  }
}

/** Written out, for every bid comes through here. */
function afterBid(lists: AuctionLists, seq: number, event: BidPlaced): AuctionLists {
  const { bidder, amount, atMs, sale } = event;
  const line = { seq, bidder: bidder.username, amount, atMs };
  const shown = sale && { seq, amount, bidder: sale.bidder, atMs };
  return {
    latestBids: [line, ...lists.latestBids.slice(0, LATEST_BIDS - 1)],
    bids: shown === undefined ? lists.bids : [shown, ...lists.bids.slice(0, SHOWN_LINES - 1)],
    comments: lists.comments,
  };
}
