import type { Minor } from '../../../../shared/money.ts';
import type { Profile } from '../../account/account.ts';
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

/** A bid of a round; `seq` is the number of its event in the ledger. */
export interface Bid<Bidder extends Person> {
  readonly seq: number;
  readonly amount: Minor;
  readonly bidder: Bidder;
  readonly atMs: number;
}

/** One product and the bids on it. */
export interface Round<Bidder extends Person> {
  /** Counts from 1; every product and every award of a live sale begins a new one. */
  readonly number: number;
  /** `null`: nothing is named. */
  readonly product: string | null;
  readonly prices: RoundPrices;
  readonly highestBid: Bid<Bidder> | null;
  readonly totalBids: number;
}

/** `none`: the sale is held without a ring. */
export type RingPhase = 'none' | 'open' | 'closed';

/** The terms on which a live sale is held, as its host has set them so far. */
export interface SaleTerms {
  /** In ascending order. */
  readonly mutedUserIds: readonly number[];
  /** Whether its auctioneer came through the sale ring, and whether that is closed for good. */
  readonly ring: RingPhase;
  /** `null`: bids are taken. */
  readonly pause: PauseReason | null;
  /** Whether those who are outbid get letters too; they always get a notice. */
  readonly hasOutbidLetters: boolean;
}

interface State<Bidder extends Person> {
  readonly facts: AuctionFacts;
  /** The `seq` of the newest event; the next one gets `version + 1`. */
  readonly version: number;
  readonly status: AuctionStatus;
  readonly round: Round<Bidder>;
}

/** A timed auction is one round from its start to its end. */
export interface TimedState extends State<Person> {
  readonly sale: null;
}

/** A live sale goes from round to round, and shows its viewers who bids. */
export interface SaleState extends State<Profile> {
  readonly sale: SaleTerms;
}

/** All that the rules need to know of an auction. */
export type AuctionState = TimedState | SaleState;

/** The round of a timed auction: its starting price stands for all prices that a host would name. */
export function timedRound(
  { productName: product, startingPrice }: Pick<AuctionFacts, 'productName' | 'startingPrice'>,
  highestBid: Bid<Person> | null = null,
  totalBids = 0,
): Round<Person> {
  const prices = { minBidPrice: startingPrice, bidPrice: startingPrice, actualPrice: startingPrice };
  return { number: 1, product, prices, highestBid, totalBids };
}

/** The amount of the highest bid; before the first one the price at which the round opened. */
export function currentPrice({ round: { highestBid, prices } }: Pick<AuctionState, 'round'>): Minor {
  return highestBid === null ? prices.minBidPrice : highestBid.amount;
}

/**
 * The least amount of the next bid; a least increment would stand here and nowhere else. The first bid of a live
 * sale may equal the price at which the round opened, that of a timed auction must exceed it; none is of nothing. The
 * host may have raised the minimum above the highest bid.
 */
export function lowestBid({ round: { highestBid, prices }, sale }: AuctionState): Minor {
  if (highestBid !== null) return Math.max(highestBid.amount + 1, prices.minBidPrice);
  return sale === null ? prices.minBidPrice + 1 : Math.max(prices.minBidPrice, 1);
}

/** Who wins if the auction ends now: the highest bidder of a timed auction. A live sale has winners of rounds. */
export function winnerAtEnd({ round: { highestBid }, sale }: AuctionState): Person | null {
  return sale !== null || highestBid === null ? null : personOf(highestBid.bidder);
}

/** Who has won; `null` until the auction has ended. */
export function winnerOf(state: AuctionState): Person | null {
  return state.status === 'ended' || state.status === 'completed' ? winnerAtEnd(state) : null;
}

/** What events name a bidder by; the bidders of live sales have more to show. */
export function personOf({ id, username }: Person): Person {
  return { id, username };
}
