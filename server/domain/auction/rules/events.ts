import type { Minor } from '../../../../shared/money.ts';
import type { Profile } from '../../account/account.ts';
import type { Stored } from './outcome.ts';

/** Someone who acts, as every watcher may see them. */
export interface Person {
  readonly id: number;
  readonly username: string;
}

/** What happens in an auction. Stored in its ledger as it stands here; `atMs` is UTC milliseconds. */
export type AuctionEvent = AuctionCreated | AuctionStarted | BidPlaced | AuctionEnded | SaleEvent;

/** What happens in live sales only. */
export type SaleEvent =
  AuctionCancelled | ProductChanged | ProductAwarded | CommentPosted | UserMuted | RingEvent;

/** The first event of every ledger. */
export interface AuctionCreated {
  readonly type: 'auction_created';
  readonly atMs: number;
}

export interface AuctionStarted {
  readonly type: 'auction_started';
  readonly atMs: number;
}

export interface BidPlaced {
  readonly type: 'bid_placed';
  readonly atMs: number;
  readonly bidder: Person;
  readonly amount: Minor;
  /** The id that the client gave its message, as JSON writes it. */
  readonly requestId: string | null;
  /** Who led before; `null` for a first bid. May be the bidder. */
  readonly previousLeader: Person | null;
  /** In a live sale only: the round it counts in, and what viewers are shown of the bidder. */
  readonly sale?: { readonly round: number; readonly bidder: Profile };
}

export interface AuctionEnded {
  readonly type: 'auction_ended';
  readonly atMs: number;
  readonly cause: 'time' | 'seller';
  readonly winner: Person | null;
  readonly finalPrice: Minor;
}

/** A live sale was called off by its host. */
export interface AuctionCancelled {
  readonly type: 'auction_cancelled';
  readonly atMs: number;
}

/** The host of a live sale put a product on the block: a new round, without bids and comments. */
export interface ProductChanged {
  readonly type: 'product_changed';
  readonly atMs: number;
  readonly round: number;
  readonly product: string;
  readonly prices: RoundPrices;
}

/** The product on the block went to its highest bidder; the next round is open, with nothing on the block. */
export interface ProductAwarded {
  readonly type: 'product_awarded';
  readonly atMs: number;
  /** The round that is over. */
  readonly round: number;
  readonly product: string;
  readonly weight: string | null;
  /** `null`: there was no bid, and nothing was won. */
  readonly winningBid: {
    readonly seq: number;
    readonly amount: Minor;
    readonly bidder: Profile;
    readonly atMs: number;
  } | null;
}

/** A comment in a live sale. */
export interface CommentPosted {
  readonly type: 'comment_posted';
  readonly atMs: number;
  readonly round: number;
  readonly author: Profile;
  readonly text: string;
}

/** The host of a live sale silenced a user, or let them speak again. */
export interface UserMuted {
  readonly type: 'user_muted';
  readonly atMs: number;
  readonly userId: number;
  readonly isMuted: boolean;
}

/** What happens to the ring of a live sale: the session that its auctioneer's presence keeps alive. */
export type RingEvent = RingOpened | SalePaused | SaleResumed | RingClosed;

/** The auctioneer has come for the first time. */
export interface RingOpened {
  readonly type: 'ring_opened';
  readonly atMs: number;
}

/** Why a sale takes no bids for a while: its host wants it so, or is gone. */
export type PauseReason = 'host' | 'auctioneer_disconnected';

export interface SalePaused {
  readonly type: 'sale_paused';
  readonly atMs: number;
  readonly reason: PauseReason;
}

export interface SaleResumed {
  readonly type: 'sale_resumed';
  readonly atMs: number;
}

/** Why a ring is closed: its auctioneer stopped it or ended the sale, was gone for too long, or called the sale off. */
export type RingCloseCause = 'stopped' | 'auctioneer_disconnected' | 'cancelled';

/** The ring is closed for good; the end of the sale, or its cancellation, follows in the same change. */
export interface RingClosed {
  readonly type: 'ring_closed';
  readonly atMs: number;
  readonly cause: RingCloseCause;
}

/** The baseline of a round. */
export interface RoundPrices {
  /** The least that the first bid may be. */
  readonly minBidPrice: Minor;
  /** Where the host would like to begin. */
  readonly bidPrice: Minor;
  /** What the product is worth on the market. */
  readonly actualPrice: Minor;
}

/** What a round has after an award, until the host names the next product. */
export const NO_PRICES: RoundPrices = { minBidPrice: 0, bidPrice: 0, actualPrice: 0 };

/** The round that a bid counts in; a timed auction is one round. */
export function roundOf({ sale }: BidPlaced): number {
  return sale?.round ?? 1;
}

/** An auction's event under its number. */
export type StoredAuctionEvent = Stored<AuctionEvent>;
