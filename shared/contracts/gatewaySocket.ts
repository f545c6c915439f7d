import { z } from 'zod';
import {
  MAX_COMMENT_CHARACTERS,
  MAX_PRODUCT_CHARACTERS,
  MAX_WEIGHT_CHARACTERS,
  positiveId,
  price,
  text,
} from './liveFields.ts';

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
    weight: text(MAX_WEIGHT_CHARACTERS).nullish(),
  }),
  changeCuurentProduct: ofAuction.extend({
    product: text(MAX_PRODUCT_CHARACTERS),
    minBidPrice: price,
    bidPrice: price,
    actualPrice: price,
  }),
  /** An addition: the host silences a user, or lets them speak again. */
  muteUser: ofAuction.extend({ userId: positiveId, muted: z.boolean('must be true or false').default(true) }),
} as const;

/** The name of an event that a gateway client may send. */
export type GatewayEventName = keyof typeof gatewayPayloads;

/** The payload of an event, as it is after parsing. */
export type GatewayPayload<Name extends GatewayEventName> = z.output<(typeof gatewayPayloads)[Name]>;

/** True for the name of an event that a gateway client may send. */
export function isGatewayEventName(name: string): name is GatewayEventName {
  return Object.hasOwn(gatewayPayloads, name);
}
