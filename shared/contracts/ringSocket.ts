import { z } from 'zod';
import {
  MAX_COMMENT_CHARACTERS,
  MAX_PRODUCT_CHARACTERS,
  MAX_WEIGHT_CHARACTERS,
  positiveId,
  price,
  text,
} from './liveFields.ts';

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
  }),
  award: z.object({ product: text(MAX_PRODUCT_CHARACTERS), weight: text(MAX_WEIGHT_CHARACTERS).nullish() }),
  mute_user: z.object({ user_id: positiveId, muted: z.boolean('must be true or false').default(true) }),
  end_auction: nothing,
  cancel_auction: nothing,
  pause_ring: nothing,
  resume_ring: nothing,
  stop_ring: nothing,
} as const;

/** The name of a message that a client of a sale ring may send. */
export type RingMessageName = keyof typeof ringPayloads;

/** A message with its payload, as it is after parsing. */
export type RingMessage = {
  [Name in RingMessageName]: { readonly type: Name; readonly payload: z.output<(typeof ringPayloads)[Name]> };
}[RingMessageName];

/** True for the name of a message that a client of a sale ring may send. */
export function isRingMessageName(name: string): name is RingMessageName {
  return Object.hasOwn(ringPayloads, name);
}
