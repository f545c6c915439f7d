import { z } from 'zod';
import { auctionStatus, condition, id, person, price, time } from './values.ts';

/** A picture of a product; pages show them in this order. */
export const productImage = z
  .strictObject({
    url: z.string(),
    is_primary: z.boolean(),
    order: z.int().min(0),
  })
  .meta({ id: 'ProductImage' });

/** A bid as watchers see it. */
export const bid = z.strictObject({ bidder: z.string(), amount: price, time }).meta({ id: 'Bid' });

/** All that is told of an auction: the `data` of `auction_status` and of `GET /api/auctions/{id}/`. */
export const auction = z
  .strictObject({
    auction_id: id,
    product: z.strictObject({
      id,
      name: z.string(),
      description: z.string(),
      condition,
      category: z.string(),
      images: z.array(productImage),
    }),
    seller: z.strictObject({
      id,
      username: z.string(),
      email: z.string(),
      brand_name: z.string().nullable(),
      biography: z.string().nullable(),
      is_verified: z.boolean(),
      average_rating: z.string().regex(/^[0-5]\.\d{2}$/),
      total_feedbacks: z.int().min(0),
    }),
    starting_price: price,
    current_price: price,
    start_time: time,
    end_time: time,
    status: auctionStatus,
    is_active: z.boolean(),
    winner: person.nullable(),
    total_bids: z.int().min(0),
    latest_bids: z.array(bid).max(5).meta({ description: 'The last five, newest first.' }),
  })
  .meta({ id: 'Auction' });
