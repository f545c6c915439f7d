import { z } from 'zod';
import { auction } from './auction.ts';
import { amount, id, price, time } from './values.ts';

/** The id that a client may give a message: it comes back on the message's outcome. */
export const messageId = z.union([z.int(), z.string().min(1).max(64)]);

/** The number of an auction's event: it rises by one with each. */
const seq = z.int().positive();

/** The first message of every connection: the auction as it is. */
export const auctionStatusMessage = z
  .strictObject({ type: z.literal('auction_status'), seq, server_time: time, data: auction })
  .meta({ id: 'AuctionStatusMessage' });

/** To everyone who watches: somebody placed a bid. */
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

/** How an auction ended; `winner` is null when nobody bid. */
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

/** To the sender alone: what is wrong, in words and as a stable code. */
export const errorMessage = z
  .strictObject({
    type: z.literal('error'),
    message: z.string(),
    code: z.string(),
    id: messageId.optional(),
  })
  .meta({ id: 'ErrorMessage' });

const acceptedBid = { id: messageId, seq, amount: price, time };

/** To the bidder alone: the bid that carried this `id` is stored. */
export const bidAcceptedMessage = z
  .strictObject({ type: z.literal('bid_accepted'), ...acceptedBid, data: z.strictObject(acceptedBid) })
  .meta({ id: 'BidAcceptedMessage' });

/** The kinds of notice a person may get. */
export const notificationType = z.enum(['bid_outbid', 'auction_won', 'auction_sold', 'auction_unsold']);

/** To one person, on every socket they have open: an in-app notice. */
export const notificationMessage = z
  .strictObject({
    type: z.literal('notification'),
    data: z.strictObject({
      id,
      notification_type: notificationType,
      title: z.string(),
      message: z.string(),
      auction: id,
      is_read: z.boolean(),
      created_at: time,
    }),
  })
  .meta({ id: 'NotificationMessage' });

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
  errorMessage,
  bidAcceptedMessage,
  notificationMessage,
]);

/** Every message that a client of `/ws/auction/{id}/` may send. */
export const clientMessage = z.discriminatedUnion('type', [placeBidMessage]);

/** A message of the server, as a typed client reads it. */
export type ServerMessage = z.output<typeof serverMessage>;
/** A message of a client, as a typed client writes it. */
export type ClientMessage = z.input<typeof clientMessage>;
