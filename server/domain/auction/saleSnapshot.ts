import type { Minor } from '../../../shared/money.ts';
import type { Profile } from '../account/account.ts';
import { NO_PRICES, type PauseReason, type RoundPrices, type StoredAuctionEvent } from './events.ts';
import type { RingPhase } from './state.ts';

/** How many of the newest bids and comments of a round are shown (decision 8). */
export const SHOWN_LINES = 100;

/** A bid as viewers of a live sale see it. */
export interface SaleBid {
  readonly seq: number;
  readonly bidder: Profile;
  readonly amount: Minor;
  readonly atMs: number;
}

/** A comment as viewers of a live sale see it. */
export interface SaleComment {
  readonly seq: number;
  readonly author: Profile;
  readonly text: string;
  readonly atMs: number;
}

/** What a live sale shows beside what every auction does. */
export interface SaleSnapshot {
  readonly title: string;
  readonly description: string;
  readonly imageUrl: string;
  readonly categoryId: number;
  readonly owner: { readonly id: number; readonly username: string; readonly name: string };
  /** What the host said of the product when the sale was made; emptied by an award. */
  readonly productDescription: string | null;
  readonly quantity: number;
  readonly startDateMs: number | null;
  readonly expiryDateMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The winner of the newest award. */
  readonly winnerId: number | null;
  readonly round: number;
  /** `null`: nothing is named. */
  readonly product: string | null;
  readonly prices: RoundPrices;
  readonly ring: RingPhase;
  readonly pause: PauseReason | null;
  /** Those of the round, newest first, at most {@link SHOWN_LINES}. */
  readonly bids: readonly SaleBid[];
  /** Those of the round, oldest first, the newest {@link SHOWN_LINES}. */
  readonly comments: readonly SaleComment[];
}

/** The live sale after one more event. */
export function projectSale(before: SaleSnapshot, { seq, event }: StoredAuctionEvent): SaleSnapshot {
  const sale = { ...before, updatedAtMs: event.atMs };
  switch (event.type) {
    case 'bid_placed': {
      if (event.sale === undefined) return sale;
      const bid = { seq, bidder: event.sale.bidder, amount: event.amount, atMs: event.atMs };
      return { ...sale, bids: [bid, ...sale.bids.slice(0, SHOWN_LINES - 1)] };
    }
    case 'comment_posted': {
      const comment = { seq, author: event.author, text: event.text, atMs: event.atMs };
      return { ...sale, comments: [...sale.comments.slice(1 - SHOWN_LINES), comment] };
    }
    case 'product_changed':
      return {
        ...sale,
        round: event.round,
        product: event.product,
        prices: event.prices,
        bids: [],
        comments: [],
      };
    case 'product_awarded':
      return {
        ...sale,
        round: event.round + 1,
        product: null,
        productDescription: null,
        prices: NO_PRICES,
        winnerId: event.winningBid?.bidder.id ?? null,
        bids: [],
        comments: [],
      };
    case 'ring_opened':
      return { ...sale, ring: 'open' };
    case 'ring_closed':
      return { ...sale, ring: 'closed', pause: null };
    case 'sale_paused':
      return { ...sale, pause: event.reason };
    case 'sale_resumed':
      return { ...sale, pause: null };
    case 'auction_created':
    case 'auction_started':
    case 'auction_ended':
    case 'auction_cancelled':
    case 'user_muted':
      return sale;
  }
}
