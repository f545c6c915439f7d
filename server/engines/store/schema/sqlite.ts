import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AuctionEvent, PauseReason } from '../../../domain/auction/events.ts';
import type { Condition } from '../../../domain/auction/snapshot.ts';
import type { AuctionStatus, RingPhase } from '../../../domain/auction/state.ts';
import type { DeadlineKind } from '../../../domain/deadline.ts';
import type { NotificationType } from '../../../domain/notification/notification.ts';
import type { AuctionKind } from './auctionKind.ts';
import type { OutboxKind, OutboxStatus } from './outboxRow.ts';
import { users } from './sqlitePeople.ts';

export * from './sqliteCalls.ts';
export * from './sqlitePeople.ts';

// The twin of mysql.ts. Times are UTC milliseconds and money is minor units, both as integers, so that one
// set of query functions gets the same JavaScript numbers from every engine.

export const categories = sqliteTable('categories', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull().unique('categories_name'),
  pictureUrl: text('picture_url').notNull().default(''),
  createdAtMs: integer('created_at').notNull().default(0),
  updatedAtMs: integer('updated_at').notNull().default(0),
});

export const products = sqliteTable(
  'products',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    sellerId: integer('seller_id')
      .notNull()
      .references(() => users.id),
    categoryId: integer('category_id')
      .notNull()
      .references(() => categories.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    condition: text('condition').$type<Condition>().notNull(),
  },
  (table) => [index('products_seller').on(table.sellerId), index('products_category').on(table.categoryId)],
);

export const productImages = sqliteTable(
  'product_images',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id),
    url: text('url').notNull(),
    isPrimary: integer('is_primary', { mode: 'boolean' }).notNull(),
    position: integer('position').notNull(),
  },
  (table) => [index('product_images_product').on(table.productId, table.position)],
);

/** Buyers' ratings of sellers, 1 to 5. */
export const feedbacks = sqliteTable(
  'feedbacks',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    sellerId: integer('seller_id')
      .notNull()
      .references(() => users.id),
    authorId: integer('author_id')
      .notNull()
      .references(() => users.id),
    rating: integer('rating').notNull(),
    comment: text('comment').notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [
    index('feedbacks_seller').on(table.sellerId, table.rating),
    index('feedbacks_author').on(table.authorId),
  ],
);

/** `version` is the `seq` of the newest ledger event. The leading bid is (id, leader_bid_seq) in bids. */
export const auctions = sqliteTable(
  'auctions',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    productId: integer('product_id')
      .notNull()
      .references(() => products.id),
    sellerId: integer('seller_id')
      .notNull()
      .references(() => users.id),
    startingPrice: integer('starting_price').notNull(),
    currentPrice: integer('current_price').notNull(),
    startTimeMs: integer('start_time').notNull(),
    endTimeMs: integer('end_time').notNull(),
    status: text('status').$type<AuctionStatus>().notNull(),
    version: integer('version').notNull(),
    leaderId: integer('leader_id'),
    leaderBidSeq: integer('leader_bid_seq'),
    winnerId: integer('winner_id'),
    totalBids: integer('total_bids').notNull(),
    createdAtMs: integer('created_at').notNull(),
    kind: text('kind').$type<AuctionKind>().notNull().default('timed'),
  },
  (table) => [
    index('auctions_kind').on(table.kind, table.id),
    index('auctions_status').on(table.kind, table.status, table.id),
    index('auctions_product').on(table.productId),
    index('auctions_seller').on(table.sellerId),
  ],
);

/**
 * What a live sale has beside its auction; title, description, category and cover image stand with its product.
 * The highest bid of the round is the auction's leading bid. `winnerId` won the newest award.
 */
export const liveSales = sqliteTable(
  'live_sales',
  {
    auctionId: integer('auction_id')
      .notNull()
      .references(() => auctions.id),
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
    hasOutbidLetters: integer('has_outbid_letters', { mode: 'boolean' }).notNull(),
    ring: text('ring').$type<RingPhase>().notNull().default('none'),
    pause: text('pause').$type<PauseReason>(),
    updatedAtMs: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.auctionId], name: 'live_sales_pk' })],
);

/**
 * The winning bid is found by its key, which the auction's row names. Whatever a bid need not have (an index,
 * a reference to its bidder) is left out: each costs every bid a page of the disk.
 */
export const bids = sqliteTable(
  'bids',
  {
    auctionId: integer('auction_id')
      .notNull()
      .references(() => auctions.id),
    seq: integer('seq').notNull(),
    bidderId: integer('bidder_id').notNull(),
    amount: integer('amount').notNull(),
    isWinning: integer('is_winning', { mode: 'boolean' }).notNull(),
    requestId: text('request_id'),
    placedAtMs: integer('placed_at').notNull(),
    round: integer('round').notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.auctionId, table.seq], name: 'bids_pk' }),
    index('bids_placed').on(table.auctionId, table.placedAtMs),
  ],
);

export const comments = sqliteTable(
  'comments',
  {
    auctionId: integer('auction_id')
      .notNull()
      .references(() => auctions.id),
    seq: integer('seq').notNull(),
    round: integer('round').notNull(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    text: text('text').notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.auctionId, table.seq], name: 'comments_pk' }),
    index('comments_round').on(table.auctionId, table.round, table.seq),
  ],
);

/** Whom the host of a live sale has silenced, and whom they let speak again. */
export const mutes = sqliteTable(
  'mutes',
  {
    auctionId: integer('auction_id')
      .notNull()
      .references(() => auctions.id),
    userId: integer('user_id').notNull(),
    isMuted: integer('is_muted', { mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.auctionId, table.userId], name: 'mutes_pk' })],
);

/** What was won in live sales. */
export const winnings = sqliteTable(
  'winnings',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    auctionId: integer('auction_id')
      .notNull()
      .references(() => auctions.id),
    round: integer('round').notNull(),
    product: text('product').notNull(),
    price: integer('price').notNull(),
    weight: text('weight'),
    isSold: integer('is_sold', { mode: 'boolean' }).notNull(),
    createdAtMs: integer('created_at').notNull(),
    updatedAtMs: integer('updated_at').notNull(),
  },
  (table) => [
    index('winnings_user').on(table.userId, table.id),
    index('winnings_auction').on(table.auctionId, table.id),
  ],
);

/** The ledger: every event of every auction, in order. `data` is the event's JSON without `type` and `atMs`. */
export const ledgerEvents = sqliteTable(
  'ledger_events',
  {
    auctionId: integer('auction_id')
      .notNull()
      .references(() => auctions.id),
    seq: integer('seq').notNull(),
    changeId: text('change_id').notNull(),
    type: text('type').$type<AuctionEvent['type']>().notNull(),
    data: text('data').notNull(),
    atMs: integer('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.auctionId, table.seq], name: 'ledger_events_pk' })],
);

export const notifications = sqliteTable(
  'notifications',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    type: text('type').$type<NotificationType>().notNull(),
    title: text('title').notNull(),
    message: text('message').notNull(),
    auctionId: integer('auction_id').notNull(),
    isRead: integer('is_read', { mode: 'boolean' }).notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  // One index for the list and for counting the unread: every further one costs each bid a page.
  (table) => [index('notifications_user').on(table.userId, table.id, table.isRead)],
);

/**
 * Letters, calls to the main backend and rooms to be closed, on their way. `data` is the JSON of each without
 * `kind`; `userId` is the reader of a letter, whom a call is about, or who was in the room. Rooms have auction 0.
 */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    userId: integer('user_id').notNull(),
    auctionId: integer('auction_id').notNull(),
    kind: text('kind').$type<OutboxKind>().notNull(),
    data: text('data').notNull(),
    gatherKey: text('gather_key'),
    status: text('status').$type<OutboxStatus>().notNull(),
    dueAtMs: integer('due_at').notNull(),
    claimedAtMs: integer('claimed_at'),
    sentAtMs: integer('sent_at'),
    attempts: integer('attempts').notNull(),
    lastError: text('last_error'),
    wasPutOff: integer('was_put_off', { mode: 'boolean' }).notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [
    index('outbox_due').on(table.status, table.dueAtMs),
    index('outbox_gather').on(table.gatherKey, table.status, table.claimedAtMs),
  ],
);

export const deadlines = sqliteTable(
  'deadlines',
  {
    kind: text('kind').$type<DeadlineKind>().notNull(),
    subjectId: integer('subject_id').notNull(),
    dueAtMs: integer('due_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subjectId], name: 'deadlines_pk' }),
    index('deadlines_due').on(table.dueAtMs),
  ],
);

/** One row that is overwritten to see whether anything can be stored. */
export const probes = sqliteTable(
  'probes',
  { id: integer('id').notNull(), atMs: integer('at').notNull() },
  (table) => [primaryKey({ columns: [table.id], name: 'probes_pk' })],
);
