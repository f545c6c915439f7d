import { majorOf } from '../../shared/money.ts';
import { isoSeconds } from '../../shared/time.ts';
import type { GatewayEventName } from '../../shared/contracts/gatewaySocket.ts';
import { BoundedList } from '../channels/boundedList.ts';
import { type Dialect, type ErrorText, plainDialect } from '../channels/dialect.ts';
import { errors } from '../channels/errors.ts';
import type { WireMessage } from '../channels/message.ts';
import type { Profile } from '../domain/account/account.ts';
import type { StoredAuctionEvent } from '../domain/auction/events.ts';
import type { SaleBid, SaleComment } from '../domain/auction/saleSnapshot.ts';
import type { AuctionSnapshot } from '../domain/auction/snapshot.ts';
import type { Refusal } from '../domain/refusals.ts';
import { auctionModel } from './gatewayModel.ts';

/** The topic of every connection of the gateway. */
export const GATEWAY_TOPIC = 'gateway';

/** The topic of everyone who has joined an auction, by the document's own name for the room. */
export function gatewayTopic(auctionId: number): string {
  return `auction_${auctionId}`;
}

const INVALID_TOKEN = 'Invalid or expired token';

/** How the gateway says what every protocol has to say: an error's text stands in `data` as well. */
export const gatewayDialect: Dialect = {
  ...plainDialect,
  errorMessage: (error, id) => ({ ...plainDialect.errorMessage(error, id), data: { ...error } }),
  tokenInvalid: { ...errors.tokenInvalid, message: INVALID_TOKEN },
  tokenExpired: { ...errors.tokenExpired, message: INVALID_TOKEN },
};

type Texts = Partial<Record<Refusal['code'], string>>;

/** What several events say alike. */
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
const TEXTS: Partial<Record<GatewayEventName, Texts>> = {
  startLiveAuction: UNAUTHORIZED,
  broadCasterLeave: UNAUTHORIZED,
  muteUser: UNAUTHORIZED,
  cancelAuction: { ...NOT_LIVE, not_seller: 'You are not allowed to cancel this auction!' },
  endAuction: { not_seller: 'You are not allowed to end the auction' },
  awardingAuction: { ...NOT_ENDED, not_seller: 'You are not allowed to end the auction' },
  changeCuurentProduct: { ...NOT_ENDED, not_seller: 'Auction could not be ended.' },
};

/** A refusal in the words of the gateway's document. */
export function gatewayError(event: GatewayEventName, { code, message, price }: Refusal): ErrorText {
  if (code === 'bid_too_low' && price !== undefined) {
    return { code, message: `Bid must be higher than the current bid (${majorOf(price)})` };
  }
  if (code === 'below_minimum' && price !== undefined) {
    return { code, message: `Bid must be at least the minimum bid price (${majorOf(price)})` };
  }
  return { code, message: TEXTS[event]?.[code] ?? COMMON[code] ?? message };
}

/** The full model of a live sale; `null` for a timed auction, which the gateway does not show. */
export function saleModel({ auctionId, status, sale }: AuctionSnapshot, nowMs: number) {
  return sale && auctionModel({ ...sale, id: auctionId, status }, nowMs);
}

/** The lists of bids and comments as this protocol writes them, bounded in bytes (SA7). */
export interface GatewayLists {
  readonly bids: BoundedList<SaleBid, ReturnType<typeof bidModel>>;
  readonly comments: BoundedList<SaleComment, ReturnType<typeof commentModel>>;
}

/** Lists of at most that many bytes each; 0: no bound. */
export function gatewayLists(maxBytes: number): GatewayLists {
  return {
    bids: new BoundedList(maxBytes, bidModel),
    comments: new BoundedList(maxBytes, commentModel),
  };
}

/** What a client sees of a live sale when it joins: an addition to the document. */
export function auctionStateMessage(
  snapshot: AuctionSnapshot,
  lists: GatewayLists,
  userCount: number,
  nowMs: number,
): WireMessage {
  const { auctionId, seq, sale } = snapshot;
  return {
    type: 'auctionState',
    seq,
    data: {
      auctionId,
      auction: saleModel(snapshot, nowMs),
      auctionBids: lists.bids.newestFirst(sale?.bids ?? [], auctionId),
      comments: lists.comments.oldestFirst(sale?.comments ?? [], auctionId),
      userCount,
    },
  };
}

/** Told to every connection of the gateway when a live sale goes live. */
export function auctionStartedMessage(snapshot: AuctionSnapshot, nowMs: number): WireMessage {
  return { type: 'auctionStarted', seq: snapshot.seq, data: saleModel(snapshot, nowMs) };
}

/** How many connections have joined an auction. */
export function userCountMessage(auctionId: number, userCount: number): WireMessage {
  return { type: 'userCountUpdate', data: { auctionId, userCount } };
}

/**
 * The newest comment, with the list that ends with it. Where it stands for several that were gathered, `firstSeq` is
 * the number of the first of them: all numbers from there to `seq` are comments of this list.
 */
export function newCommentMessage(
  seq: number,
  { auctionId, sale }: AuctionSnapshot,
  lists: GatewayLists,
  firstSeq = seq,
): WireMessage {
  const comments = lists.comments.oldestFirst(sale?.comments ?? [], auctionId);
  const gathered = firstSeq === seq ? {} : { firstSeq };
  return { type: 'newComment', seq, ...gathered, data: { newComment: comments.at(-1), comments } };
}

/** What an event is to those who joined; `null` for one that the document tells to others or not at all. */
export function gatewayEventMessage(
  { seq, event }: StoredAuctionEvent,
  snapshot: AuctionSnapshot,
  lists: GatewayLists,
  nowMs: number,
): WireMessage | null {
  const { auctionId, sale } = snapshot;
  if (sale === null) return null;
  switch (event.type) {
    case 'auction_created':
    case 'auction_started':
      return null;
    case 'bid_placed': {
      const auctionBids = lists.bids.newestFirst(sale.bids, auctionId);
      return { type: 'newBid', seq, data: { newBid: auctionBids[0], auctionBids } };
    }
    case 'comment_posted':
      return newCommentMessage(seq, snapshot, lists);
    case 'product_changed': {
      const { product, prices } = event;
      return { type: 'auction_change_product', seq, data: { auctionId, product, ...pricesModel(prices) } };
    }
    case 'product_awarded': {
      const { winningBid } = event;
      const auction = { ...saleModel(snapshot, nowMs), Auction_bids: [], Auction_comments: [] };
      const data = {
        auction,
        winningBid: winningBid && bidModel(winningBid, auctionId),
        winningUser: winningBid && userModel(winningBid.bidder),
      };
      return { type: 'auctionEnded', seq, data };
    }
    case 'auction_cancelled':
      return { type: 'auctionCanceled', seq, data: { auctionId, message: 'The auction has been canceled.' } };
    case 'auction_ended':
      return { type: 'auctionFinished', seq, data: { auctionId, message: 'The auction has been ended.' } };
    case 'ring_opened':
      return { type: 'ringOpened', seq, data: { auctionId } };
    case 'ring_closed':
      return { type: 'ringClosed', seq, data: { auctionId, cause: event.cause } };
    case 'sale_paused':
      return { type: 'auctionPaused', seq, data: { auctionId, reason: event.reason } };
    case 'sale_resumed':
      return { type: 'auctionResumed', seq, data: { auctionId } };
    case 'user_muted':
      return { type: 'userMuted', seq, data: { auctionId, userId: event.userId, isMuted: event.isMuted } };
  }
}

function pricesModel({
  bidPrice,
  minBidPrice,
  actualPrice,
}: {
  bidPrice: number;
  minBidPrice: number;
  actualPrice: number;
}) {
  return {
    bidPrice: majorOf(bidPrice),
    minBidPrice: majorOf(minBidPrice),
    actualPrice: majorOf(actualPrice),
  };
}

/** The safe fields of a user (decision 7). */
function userModel({ id, name, type, number }: Profile) {
  return { id, name, type, number };
}

function bidModel({ seq, bidder, amount, atMs }: SaleBid, auctionId: number) {
  return {
    id: lineId(auctionId, seq),
    auction_id: auctionId,
    user_id: bidder.id,
    bid: majorOf(amount),
    createdAt: isoSeconds(atMs),
    updatedAt: isoSeconds(atMs),
    user: userModel(bidder),
  };
}

function commentModel({ seq, author, text, atMs }: SaleComment, auctionId: number) {
  return {
    id: lineId(auctionId, seq),
    auction_id: auctionId,
    user_id: author.id,
    comment: text,
    createdAt: isoSeconds(atMs),
    updatedAt: isoSeconds(atMs),
    user: userModel(author),
  };
}

/** Bids and comments are named by (auction, seq); the document wants one number, unique among all. */
function lineId(auctionId: number, seq: number): number {
  return auctionId * 2 ** 32 + seq;
}
