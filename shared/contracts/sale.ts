import { z } from 'zod';
import { required } from './fields.ts';
import { keyedPageOf } from './page.ts';
import { id, majorPrice, person, time } from './values.ts';

/** The documented `Auction` model, with its owner. */
export const sale = z
  .strictObject({
    id,
    title: z.string(),
    description: z.string(),
    type: z.literal('Live'),
    current_product: z.string().nullable(),
    product_description: z.string().nullable(),
    actualPrice: majorPrice,
    minBidPrice: majorPrice,
    bidPrice: majorPrice,
    quantity: z.int().positive(),
    expiryDate: time,
    startDate: time.nullable(),
    isLive: z.boolean(),
    isExpired: z.boolean(),
    isCanceled: z.boolean(),
    isEnded: z.boolean(),
    image_url: z.string(),
    user_id: id,
    winning_user_id: id.nullable().meta({ description: 'The winner of the newest award.' }),
    category_id: id,
    createdAt: time,
    updatedAt: time,
    owner: person.extend({ name: z.string() }).meta({ id: 'SaleOwner' }),
    external_id: z.string().nullable().meta({ description: 'The name that was given when it was made.' }),
  })
  .meta({ id: 'Sale' });

/** Live sales, newest first. */
export const salePage = keyedPageOf('SalePage', sale);

/** Something that was won in a live sale. */
export const winning = z
  .strictObject({
    id,
    user_id: id.meta({ description: 'Who won it.' }),
    auction_id: id,
    product: z.string(),
    price: majorPrice,
    weight: z.string().nullable(),
    sold: z.boolean(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Winning' });

/** What one has won or awarded, newest first. */
export const winningPage = keyedPageOf('WinningPage', winning);

/** What the host of a sale says of a winning. */
export const soldMark = z
  .strictObject({ sold: z.boolean({ error: required('true or false') }) }, { error: 'must be a JSON object' })
  .meta({ id: 'SoldMark' });

/** A category of live sales. */
export const category = z
  .strictObject({ id, name: z.string(), pic_url: z.string(), createdAt: time, updatedAt: time })
  .meta({ id: 'Category' });

/** Every category, by name. */
export const categoryList = z.array(category).meta({ id: 'CategoryList' });
