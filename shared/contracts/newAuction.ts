import { z } from 'zod';
import { imageUrl, line, moment, prose, required } from './fields.ts';
import { amount, condition } from './values.ts';

/** How long the texts of a product may be, in characters, and how many pictures it may have. */
export const NEW_AUCTION_LIMITS = {
  name: 200,
  description: 10_000,
  category: 100,
  images: 20,
} as const;

const image = z
  .strictObject(
    {
      url: imageUrl,
      is_primary: z.boolean({ error: required('true or false') }).default(false),
      order: z
        .int({ error: required('a whole number') })
        .min(0, 'must be at least 0')
        .max(999, 'must be at most 999')
        .optional()
        .meta({ description: 'Its place in the list where it is absent.' }),
    },
    { error: required('an object') },
  )
  .meta({ id: 'NewProductImage' });

/** What a seller sends to put a product up for auction; prices become minor units and times milliseconds. */
export const newAuction = z
  .strictObject(
    {
      type: z.literal('Open').optional(),
      name: line(NEW_AUCTION_LIMITS.name),
      description: prose(NEW_AUCTION_LIMITS.description),
      condition: z.enum(condition.options, { error: required(`one of ${condition.options.join(', ')}`) }),
      category: line(NEW_AUCTION_LIMITS.category),
      images: z
        .array(image, { error: required('a list') })
        .max(NEW_AUCTION_LIMITS.images, `must hold at most ${NEW_AUCTION_LIMITS.images} images`)
        .refine((list) => list.filter((one) => one.is_primary).length <= 1, 'must hold one primary at most')
        .default([]),
      starting_price: amount.refine((minor) => minor > 0, 'must be greater than 0'),
      start_time: moment,
      end_time: moment,
    },
    { error: required('a JSON object') },
  )
  .meta({ id: 'NewAuction' });

/** A new auction as it was understood. */
export type NewAuctionFields = z.output<typeof newAuction>;
