import { z } from 'zod';
import {
  MAX_COMMENT_CHARACTERS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_PRODUCT_CHARACTERS,
  MAX_WEIGHT_CHARACTERS,
  optionalText,
  positiveId,
  price,
  text,
} from './liveFields.ts';
import {
  ackMessage,
  authenticatedMessage,
  errorMessage,
  notificationMessage,
  seq,
  tokenExpiringMessage,
} from './everySocket.ts';
import {
  auctionStatus,
  id,
  pauseReason,
  person,
  price as writtenPrice,
  ringCloseCause,
  time,
} from './values.ts';

const nothing = z.object({});

/** What a client of a sale ring may send, by the name of its message. */
export const ringPayloads = {
  join: nothing,
  leave: nothing,
  place_bid: z.object({ amount: price }),
  comment: z.object({ comment: text(MAX_COMMENT_CHARACTERS) }),
  change_product: z.object({
    product: text(MAX_PRODUCT_CHARACTERS),
    min_bid_price: price,
    bid_price: price,
    actual_price: price,
    product_description: optionalText(MAX_DESCRIPTION_CHARACTERS),
  }),
  award: z.object({ product: text(MAX_PRODUCT_CHARACTERS), weight: optionalText(MAX_WEIGHT_CHARACTERS) }),
  mute_user: z.object({ user_id: positiveId, muted: z.boolean('must be true or false').default(true) }),
  end_auction: nothing,
  cancel_auction: nothing,
  pause_ring: nothing,
  resume_ring: nothing,
  stop_ring: nothing,
} as const;

/** The payload of a message, as it is after parsing. */
export type RingPayload<Name extends keyof typeof ringPayloads> = z.output<(typeof ringPayloads)[Name]>;

/** What a session of a ring is: its auctioneer's, that of another user, or that of a client without a token. */
export const ringRole = z.enum(['auctioneer', 'bidder', 'public']);

/** A kind of session. */
export type RingRole = z.output<typeof ringRole>;

const flags = {
  status: auctionStatus,
  is_live: z.boolean(),
  paused: z.boolean(),
  is_auctioneer_disconnected: z.boolean(),
  is_closed: z.boolean(),
};
const prices = { min_bid_price: writtenPrice, bid_price: writtenPrice, actual_price: writtenPrice };
const bid = z.strictObject({ bidder: z.string(), amount: writtenPrice, time });
const comment = z.strictObject({ user: z.string(), comment: z.string(), time });
const round = z.int().positive();
const ofRing = z.strictObject({ ring_id: id, ...flags });

/** Every message that a client of `/ws/ring/{id}/` may get. */
export const serverMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ring_status'),
    seq,
    server_time: time,
    data: ofRing.extend({
      external_id: z.string().nullable(),
      title: z.string(),
      description: z.string(),
      image_url: z.string(),
      auctioneer: person.extend({ name: z.string() }),
      round,
      product: z.string().nullable(),
      ...prices,
      current_price: writtenPrice,
      latest_bids: z.array(bid),
      latest_comments: z.array(comment),
      user_count: z.int().min(0),
      session_id: z.string(),
      role: ringRole,
    }),
  }),
  z.strictObject({
    type: z.literal('user_count'),
    data: z.strictObject({ ring_id: id, user_count: z.int().min(0) }),
  }),
  z.strictObject({ type: z.literal('auction_started'), seq, data: ofRing }),
  z.strictObject({ type: z.literal('auction_ended'), seq, data: ofRing }),
  z.strictObject({ type: z.literal('auction_cancelled'), seq, data: ofRing }),
  z.strictObject({ type: z.literal('new_bid'), seq, data: bid.extend({ current_price: writtenPrice }) }),
  z.strictObject({ type: z.literal('new_comment'), seq, data: comment }),
  z.strictObject({
    type: z.literal('product_changed'),
    seq,
    data: z.strictObject({ round, product: z.string(), ...prices }),
  }),
  z.strictObject({
    type: z.literal('product_awarded'),
    seq,
    data: z.strictObject({
      round,
      product: z.string(),
      weight: z.string().nullable(),
      winning_bid: bid.nullable(),
    }),
  }),
  z.strictObject({
    type: z.literal('user_muted'),
    seq,
    data: z.strictObject({ user_id: id, is_muted: z.boolean() }),
  }),
  z.strictObject({ type: z.literal('ring_live'), seq, data: ofRing }),
  z.strictObject({ type: z.literal('ring_paused'), seq, data: ofRing.extend({ reason: pauseReason }) }),
  z.strictObject({ type: z.literal('ring_resumed'), seq, data: ofRing }),
  z.strictObject({ type: z.literal('ring_closed'), seq, data: ofRing.extend({ reason: ringCloseCause }) }),
  errorMessage,
  ackMessage,
  notificationMessage,
  authenticatedMessage,
  tokenExpiringMessage,
]);

/** A message of the server, as the server writes it and a typed client reads it. */
export type ServerMessage = z.output<typeof serverMessage>;
