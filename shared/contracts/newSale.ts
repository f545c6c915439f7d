import { z } from 'zod';
import { imageUrl, line, moment, prose, required } from './fields.ts';
import { newAuction } from './newAuction.ts';
import { amount } from './values.ts';

/** How long the texts of a live sale may be, in characters, and how many pieces it may be of. */
export const NEW_SALE_LIMITS = {
  title: 200,
  description: 10_000,
  product: 200,
  productDescription: 2_000,
  quantity: 1_000_000,
  externalId: 128,
} as const;

/** What a seller sends to make a live sale: the fields of the `Auction` model that are theirs to say. */
export const newSale = z
  .strictObject(
    {
      type: z.literal('Live'),
      title: line(NEW_SALE_LIMITS.title),
      description: prose(NEW_SALE_LIMITS.description),
      current_product: line(NEW_SALE_LIMITS.product)
        .nullable()
        .default(null)
        .meta({ description: 'What the first round has on the block.' }),
      product_description: prose(NEW_SALE_LIMITS.productDescription).nullable().default(null),
      actualPrice: amount,
      minBidPrice: amount,
      bidPrice: amount,
      quantity: z
        .int({ error: required('a whole number') })
        .min(1, 'must be at least 1')
        .max(NEW_SALE_LIMITS.quantity, `must be at most ${NEW_SALE_LIMITS.quantity}`)
        .default(1),
      expiryDate: moment,
      startDate: moment.nullable().default(null),
      image_url: imageUrl,
      category_id: z.int({ error: required('a whole number') }).positive('must be at least 1'),
      external_id: line(NEW_SALE_LIMITS.externalId)
        .nullable()
        .default(null)
        .meta({ description: 'Your own name for it, which no other sale may have.' }),
      outbid_letters: z
        .boolean({ error: required('true or false') })
        .default(false)
        .meta({ description: 'Whether those who are outbid get letters besides notices.' }),
    },
    { error: required('a JSON object') },
  )
  .meta({ id: 'NewSale' });

/** A new live sale as it was understood. */
export type NewSaleFields = z.output<typeof newSale>;

/** The kinds of auction there are. */
export const AUCTION_TYPES = ['Live', 'Open'] as const;

/** What a seller sends; without a `type` it is a timed auction. */
export const newAuctionOrSale = z.discriminatedUnion('type', [newSale, newAuction], {
  error: ({ code }: { readonly code: string }) =>
    code === 'invalid_union' ? `must be one of ${AUCTION_TYPES.join(', ')}` : 'must be a JSON object',
});
