import { formatMinor, type Minor } from '../../../../shared/money.ts';
import type { CodedError } from '../../../ports/errors.ts';

/**
 * Why a command was not carried out: a stable code for programs, and the text of the auction protocol for
 * people. A protocol with texts of its own writes them by the code.
 */
export interface Refusal extends CodedError {
  readonly code: RefusalCode;
  /** With `bid_too_low` and `below_minimum`: the price in question. */
  readonly price?: Minor;
}

/** Every refusal there is. Codes never change; the first that applies is told, in the order of this list. */
export type RefusalCode =
  | 'auction_not_found'
  | 'user_not_found'
  | 'not_seller'
  | 'not_started'
  | 'already_live'
  | 'already_cancelled'
  | 'already_ended'
  | 'auction_not_active'
  | 'not_due'
  | 'paused'
  | 'not_paused'
  | 'account_blocked'
  | 'muted'
  | 'own_auction'
  | 'below_minimum'
  | 'bid_too_low'
  | 'busy'
  | 'unavailable';

/** The catalogue. Texts of the auction protocol's document are kept to the letter. */
export const refusals = {
  auctionNotFound: refusal('auction_not_found', 'Auction not found'),
  userNotFound: refusal('user_not_found', 'User not found'),
  notSeller: refusal('not_seller', 'Only the seller of this auction may do this'),
  /** A live sale that has not begun. */
  notStarted: refusal('not_started', 'Auction is not active'),
  alreadyLive: refusal('already_live', 'Auction is already live'),
  alreadyCancelled: refusal('already_cancelled', 'Auction is not active'),
  alreadyEnded: refusal('already_ended', 'Auction is not active'),
  /** The auction has not started, or is over. */
  auctionNotActive: refusal('auction_not_active', 'Auction is not active'),
  /** A deadline that is obsolete: told to the deadline worker only. */
  notDue: refusal('not_due', 'There is nothing to do yet'),
  /** The host of a live sale wants it so, or is gone. */
  paused: refusal('paused', 'Auction is paused'),
  notPaused: refusal('not_paused', 'Auction is not paused'),
  accountBlocked: refusal('account_blocked', 'Your account is blocked'),
  muted: refusal('muted', 'The host has muted you in this auction'),
  ownAuction: refusal('own_auction', 'You cannot bid on your own auction'),
  belowMinimum: (price: Minor) =>
    refusal('below_minimum', `Bid must be at least the minimum bid price of ${formatMinor(price)}`, price),
  bidTooLow: (price: Minor) =>
    refusal('bid_too_low', `Bid must be higher than current price of ${formatMinor(price)}`, price),
  /** The lane's queue is full (limit `laneCommands`). */
  busy: refusal('busy', 'This auction is very busy. Please try again.'),
  /** The store is away; nothing was stored. */
  unavailable: refusal('unavailable', 'Your request could not be stored. Please try again.'),
} as const;

function refusal(code: RefusalCode, message: string, price?: Minor): Refusal {
  return Object.freeze({ code, message, ...(price === undefined ? {} : { price }) });
}
