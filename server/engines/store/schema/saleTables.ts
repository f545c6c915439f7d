import type { PauseReason } from '../../../domain/auction/rules/events.ts';
import type { RingPhase } from '../../../domain/auction/rules/state.ts';
import type { AccountTables } from './accountTables.ts';
import type { AuctionTables } from './auctionTables.ts';
import type { Columns } from './columns.ts';

/** What live sales have and timed auctions have not. */
export function saleTables(
  { table, integer, boolean, varchar, text, reference, primaryKey }: Columns,
  { auctions }: AuctionTables,
) {
  /**
   * What a live sale has in addition to its auction; title, description, category and cover image stand with its product.
   * The highest bid of the round is the auction's leading bid. `winnerId` won the newest award. `externalId` is the main
   * backend's own name for it.
   */
  const liveSales = table(
    'live_sales',
    {
      auctionId: reference('auction_id', () => auctions.id),
      round: integer('round').notNull(),
      product: text('product'),
      productDescription: text('product_description'),
      minBidPrice: integer('min_bid_price').notNull(),
      bidPrice: integer('bid_price').notNull(),
      actualPrice: integer('actual_price').notNull(),
      quantity: integer('quantity').notNull(),
      startDateMs: integer('start_date'),
      expiryDateMs: integer('expiry_date').notNull(),
      winnerId: integer('winner_id'),
      hasOutbidLetters: boolean('has_outbid_letters').notNull(),
      ring: varchar('ring', 16).$type<RingPhase>().notNull().default('none'),
      pause: varchar('pause', 32).$type<PauseReason>(),
      updatedAtMs: integer('updated_at').notNull(),
      externalId: varchar('external_id', 128).unique('live_sales_external_id'),
    },
    (table) => [primaryKey('live_sales_pk', [table.auctionId])],
  );

  /** Whom the host of a live sale has silenced, and whom they let speak again. */
  const mutes = table(
    'mutes',
    {
      auctionId: reference('auction_id', () => auctions.id),
      userId: integer('user_id').notNull(),
      isMuted: boolean('is_muted').notNull(),
    },
    (table) => [primaryKey('mutes_pk', [table.auctionId, table.userId])],
  );

  return { liveSales, mutes };
}

/** What is said and won in the rounds of live sales. */
export function roundTables(
  { table, id, integer, boolean, text, reference, index, primaryKey }: Columns,
  { users, auctions }: AccountTables & AuctionTables,
) {
  const comments = table(
    'comments',
    {
      auctionId: reference('auction_id', () => auctions.id),
      seq: integer('seq').notNull(),
      round: integer('round').notNull(),
      userId: reference('user_id', () => users.id),
      text: text('text').notNull(),
      createdAtMs: integer('created_at').notNull(),
    },
    (table) => [
      primaryKey('comments_pk', [table.auctionId, table.seq]),
      index('comments_round').on(table.auctionId, table.round, table.seq),
    ],
  );

  /** What was won in live sales. */
  const winnings = table(
    'winnings',
    {
      id: id(),
      userId: reference('user_id', () => users.id),
      auctionId: reference('auction_id', () => auctions.id),
      round: integer('round').notNull(),
      product: text('product').notNull(),
      price: integer('price').notNull(),
      weight: text('weight'),
      isSold: boolean('is_sold').notNull(),
      createdAtMs: integer('created_at').notNull(),
      updatedAtMs: integer('updated_at').notNull(),
    },
    (table) => [
      index('winnings_user').on(table.userId, table.id),
      index('winnings_auction').on(table.auctionId, table.id),
    ],
  );

  return { comments, winnings };
}
