import type { ServerMessage } from '../../../shared/contracts/gatewaySocket.ts';
import { majorOf } from '../../../shared/money.ts';
import { isoMilliseconds } from '../../../shared/time.ts';
import { BoundedList } from '../../channels/boundedList.ts';
import { type Topic, topicOf } from '../../channels/groups.ts';
import type { Profile } from '../../domain/account/account.ts';
import type { StoredAuctionEvent } from '../../domain/auction/rules/events.ts';
import type { SaleBid, SaleComment, SaleSnapshot } from '../../domain/auction/view/saleSnapshot.ts';
import type { AuctionSnapshot } from '../../domain/auction/view/snapshot.ts';
import { auctionModel } from './model.ts';

/** The topic of every connection of the gateway. */
export const GATEWAY_TOPIC = topicOf<ServerMessage>('gateway');

/** The topic of everyone who has joined an auction, by the document's own name for the room. */
export function gatewayTopic(auctionId: number): Topic<ServerMessage> {
  return topicOf(`auction_${auctionId}`);
}

/** The full model of a live sale. */
function saleModel({ auctionId, status }: AuctionSnapshot, sale: SaleSnapshot, nowMs: number) {
  return auctionModel({ ...sale, id: auctionId, status }, nowMs);
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

/** What a client sees of a live sale when it joins: an addition to the document. `null`: a timed auction. */
export function auctionStateMessage(
  snapshot: AuctionSnapshot,
  lists: GatewayLists,
  userCount: number,
  nowMs: number,
): ServerMessage | null {
  const { auctionId, seq, sale } = snapshot;
  if (sale === null) return null;
  return {
    type: 'auctionState',
    seq,
    data: {
      auctionId,
      auction: saleModel(snapshot, sale, nowMs),
      auctionBids: lists.bids.newestFirst(sale.bids, auctionId),
      comments: lists.comments.oldestFirst(sale.comments, auctionId),
      userCount,
    },
  };
}

/** Told to every connection of the gateway when a live sale goes live. `null`: a timed auction. */
export function auctionStartedMessage(snapshot: AuctionSnapshot, nowMs: number): ServerMessage | null {
  const { seq, sale } = snapshot;
  return sale && { type: 'auctionStarted', seq, data: saleModel(snapshot, sale, nowMs) };
}

/** How many connections have joined an auction. */
export function userCountMessage(auctionId: number, userCount: number): ServerMessage {
  return { type: 'userCountUpdate', data: { auctionId, userCount } };
}

/** Told to those who joined: the stream has no host. Nothing of the sale changes. */
export function broadcasterLeftMessage(auctionId: number): ServerMessage {
  return { type: 'broadCasterLeft', data: { auctionId } };
}

/**
 * The newest comment, with the list that ends with it; `null` where there is none. Where it stands for several that were gathered, `firstSeq` is
 * the number of the first of them: all numbers from there to `seq` are comments of this list.
 */
export function newCommentMessage(
  seq: number,
  { auctionId, sale }: AuctionSnapshot,
  lists: GatewayLists,
  firstSeq = seq,
): ServerMessage | null {
  const comments = lists.comments.oldestFirst(sale?.comments ?? [], auctionId);
  const newComment = comments.at(-1);
  if (newComment === undefined) return null;
  const gathered = firstSeq === seq ? {} : { firstSeq };
  return { type: 'newComment', seq, ...gathered, data: { newComment, comments } };
}

/** Writes an event for those who joined; `null` for one that the document tells to others or not at all. */
export function gatewayEventMessage(
  { seq, event }: StoredAuctionEvent,
  snapshot: AuctionSnapshot,
  lists: GatewayLists,
  nowMs: number,
): ServerMessage | null {
  const { auctionId, sale } = snapshot;
  if (sale === null) return null;
  switch (event.type) {
    case 'auction_created':
    case 'auction_started':
      return null;
    case 'bid_placed': {
      const auctionBids = lists.bids.newestFirst(sale.bids, auctionId);
      const [newBid] = auctionBids;
      return newBid === undefined ? null : { type: 'newBid', seq, data: { newBid, auctionBids } };
    }
    case 'comment_posted':
      return newCommentMessage(seq, snapshot, lists);
    case 'product_changed': {
      const { product, prices } = event;
      const { productDescription: text } = sale;
      const description = text === null ? {} : { product_description: text };
      const data = { auctionId, product, ...pricesModel(prices), ...description };
      return { type: 'auction_change_product', seq, data };
    }
    case 'product_awarded': {
      const { winningBid } = event;
      const auction = { ...saleModel(snapshot, sale, nowMs), Auction_bids: [], Auction_comments: [] };
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

/** The number of a bid is unique in its auction and fits the 32 bits of the documented `Int`. */
function bidModel({ seq, bidder, amount, atMs }: SaleBid, auctionId: number) {
  const createdAt = isoMilliseconds(atMs);
  return {
    id: seq,
    auction_id: auctionId,
    user_id: bidder.id,
    bid: majorOf(amount),
    createdAt,
    updatedAt: createdAt,
    user: userModel(bidder),
  };
}

function commentModel({ seq, author, text, atMs }: SaleComment, auctionId: number) {
  const createdAt = isoMilliseconds(atMs);
  return {
    id: seq,
    auction_id: auctionId,
    user_id: author.id,
    comment: text,
    createdAt,
    updatedAt: createdAt,
    user: userModel(author),
  };
}
