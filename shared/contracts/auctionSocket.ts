import { z } from 'zod';
import { auction } from './auction.ts';
import {
  authenticateMessage,
  authenticatedMessage,
  errorMessage,
  messageId,
  notificationMessage,
  seq,
  tokenExpiringMessage,
} from './everySocket.ts';
import { price as requestedPrice } from './liveFields.ts';
import { amount, id, pauseReason, price, time } from './values.ts';

/** The first message of every connection: the auction as it is. */
export const auctionStatusMessage = z
  .strictObject({ type: z.literal('auction_status'), seq, server_time: time, data: auction })
  .meta({ id: 'AuctionStatusMessage' });

/** To everyone who watches: a bid was placed. */
export const newBidMessage = z
  .strictObject({
    type: z.literal('new_bid'),
    seq,
    data: z.strictObject({ bidder: z.string(), amount: price, time, current_price: price }),
  })
  .meta({ id: 'NewBidMessage' });

/** To everyone who watches: the auction has begun. */
export const auctionStartedMessage = z
  .strictObject({
    type: z.literal('auction_started'),
    seq,
    data: z.strictObject({
      auction_id: id,
      status: z.literal('active'),
      current_price: price,
      start_time: time,
      end_time: time,
    }),
  })
  .meta({ id: 'AuctionStartedMessage' });

/** How an auction ended; `winner` is null when there was no bid. */
export const auctionEnd = z
  .strictObject({
    auction_id: id,
    winner: z.string().nullable(),
    final_price: price,
    status: z.literal('ended'),
  })
  .meta({ id: 'AuctionEnd' });

/** To everyone who watches: the auction is over. */
export const auctionEndedMessage = z
  .strictObject({ type: z.literal('auction_ended'), seq, data: auctionEnd })
  .meta({ id: 'AuctionEndedMessage' });

const acceptedBid = { id: messageId, seq, amount: price, time };

/** To the bidder alone: the bid that carried this `id` is stored. */
export const bidAcceptedMessage = z
  .strictObject({ type: z.literal('bid_accepted'), ...acceptedBid, data: z.strictObject(acceptedBid) })
  .meta({ id: 'BidAcceptedMessage' });

const ofAuction = z.strictObject({ auction_id: id });

/** To everyone who watches a live sale: it was called off. */
export const auctionCancelledMessage = z
  .strictObject({
    type: z.literal('auction_cancelled'),
    seq,
    data: ofAuction.extend({ status: z.literal('cancelled') }),
  })
  .meta({ id: 'AuctionCancelledMessage' });

/** To everyone who watches a live sale: the next product is on the block, in a new round. */
export const productChangedMessage = z
  .strictObject({
    type: z.literal('product_changed'),
    seq,
    data: ofAuction.extend({ product: z.string(), current_price: price, starting_price: price }),
  })
  .meta({ id: 'ProductChangedMessage' });

/** To everyone who watches a live sale: the product went to `winner`, or to no one. */
export const productAwardedMessage = z
  .strictObject({
    type: z.literal('product_awarded'),
    seq,
    data: ofAuction.extend({
      product: z.string(),
      winner: z.string().nullable(),
      final_price: price.nullable(),
    }),
  })
  .meta({ id: 'ProductAwardedMessage' });

/** To everyone who watches a live sale: a comment. */
export const commentMessage = z
  .strictObject({
    type: z.literal('comment'),
    seq,
    data: z.strictObject({ user: z.string(), comment: z.string(), time }),
  })
  .meta({ id: 'CommentMessage' });

/** To everyone who watches a live sale: its ring has opened. */
export const ringOpenedMessage = z
  .strictObject({ type: z.literal('ring_opened'), seq, data: ofAuction })
  .meta({ id: 'RingOpenedMessage' });

/** To everyone who watches a live sale: its ring is closed for good. */
export const ringClosedMessage = z
  .strictObject({ type: z.literal('ring_closed'), seq, data: ofAuction })
  .meta({ id: 'RingClosedMessage' });

/** To everyone who watches a live sale: it takes no bids for a while. */
export const auctionPausedMessage = z
  .strictObject({
    type: z.literal('auction_paused'),
    seq,
    data: ofAuction.extend({ reason: pauseReason }),
  })
  .meta({ id: 'AuctionPausedMessage' });

/** To everyone who watches a live sale: it takes bids again. */
export const auctionResumedMessage = z
  .strictObject({ type: z.literal('auction_resumed'), seq, data: ofAuction })
  .meta({ id: 'AuctionResumedMessage' });

/** To everyone who watches a live sale: its host silenced a user, or lets them speak again. */
export const userMutedMessage = z
  .strictObject({
    type: z.literal('user_muted'),
    seq,
    data: z.strictObject({ user_id: id, is_muted: z.boolean() }),
  })
  .meta({ id: 'UserMutedMessage' });

/** What a client may send, by the name of its message. */
export const auctionPayloads = { place_bid: z.object({ amount: requestedPrice }) } as const;

/** From the client: a bid. Its fields may also stand inside `data`. */
export const placeBidMessage = z
  .strictObject({ type: z.literal('place_bid'), amount, id: messageId.optional() })
  .meta({ id: 'PlaceBidMessage' });

/** Every message that a client of `/ws/auction/{id}/` may get. */
export const serverMessage = z.discriminatedUnion('type', [
  auctionStatusMessage,
  newBidMessage,
  auctionStartedMessage,
  auctionEndedMessage,
  auctionCancelledMessage,
  productChangedMessage,
  productAwardedMessage,
  commentMessage,
  ringOpenedMessage,
  ringClosedMessage,
  auctionPausedMessage,
  auctionResumedMessage,
  userMutedMessage,
  bidAcceptedMessage,
  errorMessage,
  notificationMessage,
  authenticatedMessage,
  tokenExpiringMessage,
]);

/** Every message that a client of `/ws/auction/{id}/` may send. */
export const clientMessage = z.discriminatedUnion('type', [placeBidMessage, authenticateMessage]);

/** The first message of a connection. */
export type AuctionStatusMessage = z.output<typeof auctionStatusMessage>;
/** A message of the server, as the server writes it and a typed client reads it. */
export type ServerMessage = z.output<typeof serverMessage>;
/** A message of a client, as a typed client writes it. */
export type ClientMessage = z.input<typeof clientMessage>;
