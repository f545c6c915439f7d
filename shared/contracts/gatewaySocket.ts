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
import { sale } from './sale.ts';
import { id, majorPrice, pauseReason, preciseTime, ringCloseCause } from './values.ts';

const ofAuction = z.object({ auctionId: positiveId });

/** What a gateway client may send, by the name of its event. `userId` of the older revision is not looked at. */
export const gatewayPayloads = {
  startLiveAuction: ofAuction,
  joinAuction: ofAuction,
  leaveAuction: ofAuction,
  broadCasterLeave: ofAuction,
  cancelAuction: ofAuction,
  endAuction: ofAuction,
  comment: ofAuction.extend({ comment: text(MAX_COMMENT_CHARACTERS) }),
  placeBid: ofAuction.extend({ amount: price }),
  awardingAuction: ofAuction.extend({
    product: text(MAX_PRODUCT_CHARACTERS),
    weight: optionalText(MAX_WEIGHT_CHARACTERS),
  }),
  changeCuurentProduct: ofAuction.extend({
    product: text(MAX_PRODUCT_CHARACTERS),
    minBidPrice: price,
    bidPrice: price,
    actualPrice: price,
    /** An addition: what is said of the product. */
    product_description: optionalText(MAX_DESCRIPTION_CHARACTERS),
  }),
  /** An addition: the host silences a user, or lets them speak again. */
  muteUser: ofAuction.extend({ userId: positiveId, muted: z.boolean('must be true or false').default(true) }),
} as const;

/** A live sale with everything but its relations. */
const auctionModel = sale.omit({ owner: true, external_id: true });

const user = z.strictObject({
  id,
  name: z.string(),
  type: z.enum(['Normal', 'Expert']),
  number: z.string(),
});
/** The number of a bid or a comment in its auction: an `Int` of 32 bits. */
const lineId = z.int32().positive();
const line = {
  id: lineId,
  auction_id: id,
  user_id: id,
  createdAt: preciseTime,
  updatedAt: preciseTime,
  user,
};
const bid = z.strictObject({ ...line, bid: majorPrice });
const comment = z.strictObject({ ...line, comment: z.string() });
const sentOf = z.strictObject({ auctionId: id });
const sentence = sentOf.extend({ message: z.string() });

/** An error: the same as with every protocol, and once more in `data`. */
const gatewayErrorMessage = errorMessage.extend({
  data: z.strictObject({ code: z.string(), message: z.string() }),
});

/** Every message that a client of `/ws/` may get. */
export const serverMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('auctionState'),
    seq,
    data: z.strictObject({
      auctionId: id,
      auction: auctionModel,
      auctionBids: z.array(bid),
      comments: z.array(comment),
      userCount: z.int().min(0),
    }),
  }),
  z.strictObject({ type: z.literal('auctionStarted'), seq, data: auctionModel }),
  z.strictObject({
    type: z.literal('userCountUpdate'),
    data: z.strictObject({ auctionId: id, userCount: z.int().min(0) }),
  }),
  z.strictObject({
    type: z.literal('newBid'),
    seq,
    data: z.strictObject({ newBid: bid, auctionBids: z.array(bid) }),
  }),
  z.strictObject({
    type: z.literal('newComment'),
    seq,
    /** Where the message stands for several comments: the number of the first. */
    firstSeq: seq.optional(),
    data: z.strictObject({ newComment: comment, comments: z.array(comment) }),
  }),
  z.strictObject({
    type: z.literal('auction_change_product'),
    seq,
    data: sentOf.extend({
      product: z.string(),
      bidPrice: majorPrice,
      minBidPrice: majorPrice,
      actualPrice: majorPrice,
      /** An addition; absent where nothing is said of the product. */
      product_description: z.string().optional(),
    }),
  }),
  z.strictObject({
    type: z.literal('auctionEnded'),
    seq,
    data: z.strictObject({
      auction: auctionModel.extend({
        Auction_bids: z.array(z.never()),
        Auction_comments: z.array(z.never()),
      }),
      winningBid: bid.nullable(),
      winningUser: user.nullable(),
    }),
  }),
  z.strictObject({ type: z.literal('auctionCanceled'), seq, data: sentence }),
  z.strictObject({ type: z.literal('auctionFinished'), seq, data: sentence }),
  z.strictObject({ type: z.literal('ringOpened'), seq, data: sentOf }),
  z.strictObject({ type: z.literal('ringClosed'), seq, data: sentOf.extend({ cause: ringCloseCause }) }),
  z.strictObject({ type: z.literal('auctionPaused'), seq, data: sentOf.extend({ reason: pauseReason }) }),
  z.strictObject({ type: z.literal('auctionResumed'), seq, data: sentOf }),
  z.strictObject({
    type: z.literal('userMuted'),
    seq,
    data: sentOf.extend({ userId: id, isMuted: z.boolean() }),
  }),
  z.strictObject({ type: z.literal('broadCasterLeft'), data: sentOf }),
  gatewayErrorMessage,
  ackMessage,
  notificationMessage,
  authenticatedMessage,
  tokenExpiringMessage,
]);

/** A message of the server, as the server writes it and a typed client reads it. */
export type ServerMessage = z.output<typeof serverMessage>;

/** An error as this protocol writes it. */
export type GatewayErrorMessage = z.output<typeof gatewayErrorMessage>;

/** The name of an event that a gateway client may send. */
export type GatewayEventName = keyof typeof gatewayPayloads;

/** The payload of an event, as it is after parsing. */
export type GatewayPayload<Name extends GatewayEventName> = z.output<(typeof gatewayPayloads)[Name]>;
