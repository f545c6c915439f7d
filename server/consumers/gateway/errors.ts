import type { GatewayErrorMessage, GatewayEventName } from '../../../shared/contracts/gatewaySocket.ts';
import { majorOf, type Minor } from '../../../shared/money.ts';
import { type Dialect, plainDialect } from '../../channels/dialect.ts';
import { errors } from '../../channels/errors.ts';
import type { Refusal } from '../../domain/auction/rules/refusals.ts';
import type { CodedError } from '../../ports/errors.ts';

const INVALID_TOKEN = 'Invalid or expired token';

/** How the gateway says what every protocol has to say: an error's text stands in `data` as well. */
export const gatewayDialect: Dialect<GatewayErrorMessage> = {
  ...plainDialect,
  errorMessage: (error, id) => {
    const { code, message } = error;
    return { ...plainDialect.errorMessage(error, id), data: { code, message } };
  },
  tokenInvalid: { ...errors.tokenInvalid, message: INVALID_TOKEN },
  tokenExpired: { ...errors.tokenExpired, message: INVALID_TOKEN },
};

/** Why a message was not carried out; a refusal of this protocol alone among the reasons. */
export interface GatewayRefusal extends CodedError {
  readonly code: Refusal['code'] | 'not_joined';
  readonly price?: Minor;
}

/** The answer to leaving an auction that was not joined. */
export const NOT_JOINED: GatewayRefusal = {
  code: 'not_joined',
  message: 'You have not joined this auction.',
};

type Texts = Partial<Record<GatewayRefusal['code'], string>>;

/** Texts that several events have in common. */
const COMMON: Texts = {
  auction_not_found: 'Auction not found!',
  user_not_found: 'User not found!',
  not_started: 'Auction has not started yet.',
  already_ended: 'Auction is already Ended',
  already_cancelled: 'Auction is already canceled',
};
const NOT_LIVE: Texts = {
  not_started: 'You only cancel live auctions!',
  already_ended: 'You only cancel live auctions!',
};
const NOT_ENDED: Texts = {
  auction_not_found: 'Auction could not be ended.',
  not_started: 'Auction could not be ended.',
  already_ended: 'Auction could not be ended.',
  already_cancelled: 'Auction could not be ended.',
};
const UNAUTHORIZED: Texts = {
  auction_not_found: 'Unauthorized or Auction not found',
  not_seller: 'Unauthorized or Auction not found',
};

/** The document's error messages, by the event that provokes them. */
const TEXTS: Readonly<Record<string, Texts>> = {
  startLiveAuction: UNAUTHORIZED,
  broadCasterLeave: UNAUTHORIZED,
  muteUser: UNAUTHORIZED,
  cancelAuction: { ...NOT_LIVE, not_seller: 'You are not allowed to cancel this auction!' },
  endAuction: { not_seller: 'You are not allowed to end the auction' },
  awardingAuction: { ...NOT_ENDED, not_seller: 'You are not allowed to end the auction' },
  changeCuurentProduct: { ...NOT_ENDED, not_seller: 'Auction could not be ended.' },
} satisfies Partial<Record<GatewayEventName, Texts>>;

/** A refusal in the words of the gateway's document. */
export function gatewayError(event: string, { code, message, price }: GatewayRefusal): CodedError {
  if (code === 'bid_too_low' && price !== undefined) {
    return { code, message: `Bid must be higher than the current bid (${majorOf(price)})` };
  }
  if (code === 'below_minimum' && price !== undefined) {
    return { code, message: `Bid must be at least the minimum bid price (${majorOf(price)})` };
  }
  return { code, message: TEXTS[event]?.[code] ?? COMMON[code] ?? message };
}
