import type { Minor } from '../../../shared/money.ts';
import type { Profile } from '../account/account.ts';
import type { PauseReason, Person, RoundPrices } from './events.ts';

/**
 * Where an auction is in its life: scheduled → active → ended or cancelled; completed once settled. A live
 * sale that is `active` is live.
 */
export type AuctionStatus = 'scheduled' | 'active' | 'ended' | 'cancelled' | 'completed';

/** What never changes once an auction is made. */
export interface AuctionFacts {
  readonly id: number;
  readonly sellerId: number;
  /** A timed auction's product; a live sale's title. */
  readonly productName: string;
  readonly startingPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
}

/** Who holds the highest bid, and which ledger event made it. */
export interface Leader extends Person {
  readonly bidSeq: number;
}

/** What a live sale has on the block. */
export interface Round {
  /** Counts from 1; every product and every award begins a new one. */
  readonly number: number;
  /** `null`: nothing was named. */
  readonly product: string | null;
  readonly prices: RoundPrices;
  /** The highest bid of this round. */
  readonly highestBid: {
    readonly seq: number;
    readonly amount: Minor;
    readonly bidder: Profile;
    readonly atMs: number;
  } | null;
}

/** `none`: the sale is held without a ring. */
export type RingPhase = 'none' | 'open' | 'closed';

/** What a live sale has beside what every auction has. */
export interface Sale {
  readonly round: Round;
  readonly mutedUserIds: readonly number[];
  /** Whether its auctioneer came through the sale ring, and whether that is closed for good. */
  readonly ring: RingPhase;
  /** `null`: bids are taken. */
  readonly pause: PauseReason | null;
  /** Whether those who are outbid get letters too; they always get a notice. */
  readonly hasOutbidLetters: boolean;
}

/**
 * All that the rules need to know of an auction. In a live sale `currentPrice`, `leader` and `totalBids` are
 * those of the round.
 */
export interface AuctionState {
  readonly facts: AuctionFacts;
  /** The `seq` of the newest event; the next one gets `version + 1`. */
  readonly version: number;
  readonly status: AuctionStatus;
  readonly currentPrice: Minor;
  readonly leader: Leader | null;
  readonly totalBids: number;
  /** `null`: a timed auction. */
  readonly sale: Sale | null;
}
