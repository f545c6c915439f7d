import { boolean, index, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import type { AuctionEvent, PauseReason } from '../../../domain/auction/events.ts';
import type { Condition } from '../../../domain/auction/snapshot.ts';
import type { AuctionStatus, RingPhase } from '../../../domain/auction/state.ts';
import type { DeadlineKind } from '../../../domain/deadline.ts';
import type { NotificationType } from '../../../domain/notification/notification.ts';
import type { AuctionKind } from './auctionKind.ts';
import { id, line, prose, whole } from './mysqlColumns.ts';
import { users } from './mysqlPeople.ts';
import type { OutboxKind, OutboxStatus } from './outboxRow.ts';

export * from './mysqlCalls.ts';
export * from './mysqlPeople.ts';

// The twin of sqlite.ts. Times are UTC milliseconds and money is minor units, both as bigint read as numbers,
// so that one set of query functions gets the same JavaScript numbers from every engine.

export const categories = mysqlTable('categories', {
  id: id(),
  name: line('name', { length: 200 }).notNull().unique('categories_name'),
  pictureUrl: line('picture_url', { length: 500 }).notNull().default(''),
  createdAtMs: whole('created_at').notNull().default(0),
  updatedAtMs: whole('updated_at').notNull().default(0),
});

export const products = mysqlTable(
  'products',
  {
    id: id(),
    sellerId: whole('seller_id')
      .notNull()
      .references(() => users.id),
    categoryId: whole('category_id')
      .notNull()
      .references(() => categories.id),
    name: line('name', { length: 200 }).notNull(),
    description: prose('description').notNull(),
    condition: line('condition', { length: 16 }).$type<Condition>().notNull(),
  },
  (table) => [index('products_seller').on(table.sellerId), index('products_category').on(table.categoryId)],
);

export const productImages = mysqlTable(
  'product_images',
  {
    id: id(),
    productId: whole('product_id')
      .notNull()
      .references(() => products.id),
    url: line('url', { length: 500 }).notNull(),
    isPrimary: boolean('is_primary').notNull(),
    position: whole('position').notNull(),
  },
  (table) => [index('product_images_product').on(table.productId, table.position)],
);

/** Buyers' ratings of sellers, 1 to 5. */
export const feedbacks = mysqlTable(
  'feedbacks',
  {
    id: id(),
    sellerId: whole('seller_id')
      .notNull()
      .references(() => users.id),
    authorId: whole('author_id')
      .notNull()
      .references(() => users.id),
    rating: whole('rating').notNull(),
    comment: prose('comment').notNull(),
    createdAtMs: whole('created_at').notNull(),
  },
  (table) => [
    index('feedbacks_seller').on(table.sellerId, table.rating),
    index('feedbacks_author').on(table.authorId),
  ],
);

/** `version` is the `seq` of the newest ledger event. The leading bid is (id, leader_bid_seq) in bids. */
export const auctions = mysqlTable(
  'auctions',
  {
    id: id(),
    productId: whole('product_id')
      .notNull()
      .references(() => products.id),
    sellerId: whole('seller_id')
      .notNull()
      .references(() => users.id),
    startingPrice: whole('starting_price').notNull(),
    currentPrice: whole('current_price').notNull(),
    startTimeMs: whole('start_time').notNull(),
    endTimeMs: whole('end_time').notNull(),
    status: line('status', { length: 16 }).$type<AuctionStatus>().notNull(),
    version: whole('version').notNull(),
    leaderId: whole('leader_id'),
    leaderBidSeq: whole('leader_bid_seq'),
    winnerId: whole('winner_id'),
    totalBids: whole('total_bids').notNull(),
    createdAtMs: whole('created_at').notNull(),
    kind: line('kind', { length: 16 }).$type<AuctionKind>().notNull().default('timed'),
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
export const liveSales = mysqlTable(
  'live_sales',
  {
    auctionId: whole('auction_id')
      .notNull()
      .references(() => auctions.id),
    round: whole('round').notNull(),
    product: prose('product'),
    productDescription: prose('product_description'),
    minBidPrice: whole('min_bid_price').notNull(),
    bidPrice: whole('bid_price').notNull(),
    actualPrice: whole('actual_price').notNull(),
    quantity: whole('quantity').notNull(),
    startDateMs: whole('start_date'),
    expiryDateMs: whole('expiry_date').notNull(),
    winnerId: whole('winner_id'),
    hasOutbidLetters: boolean('has_outbid_letters').notNull(),
    ring: line('ring', { length: 16 }).$type<RingPhase>().notNull().default('none'),
    pause: line('pause', { length: 32 }).$type<PauseReason>(),
    updatedAtMs: whole('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.auctionId], name: 'live_sales_pk' })],
);

export const bids = mysqlTable(
  'bids',
  {
    auctionId: whole('auction_id')
      .notNull()
      .references(() => auctions.id),
    seq: whole('seq').notNull(),
    bidderId: whole('bidder_id').notNull(),
    amount: whole('amount').notNull(),
    isWinning: boolean('is_winning').notNull(),
    requestId: prose('request_id'),
    placedAtMs: whole('placed_at').notNull(),
    round: whole('round').notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.auctionId, table.seq], name: 'bids_pk' }),
    index('bids_placed').on(table.auctionId, table.placedAtMs),
  ],
);

export const comments = mysqlTable(
  'comments',
  {
    auctionId: whole('auction_id')
      .notNull()
      .references(() => auctions.id),
    seq: whole('seq').notNull(),
    round: whole('round').notNull(),
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    text: prose('text').notNull(),
    createdAtMs: whole('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.auctionId, table.seq], name: 'comments_pk' }),
    index('comments_round').on(table.auctionId, table.round, table.seq),
  ],
);

/** Whom the host of a live sale has silenced, and whom they let speak again. */
export const mutes = mysqlTable(
  'mutes',
  {
    auctionId: whole('auction_id')
      .notNull()
      .references(() => auctions.id),
    userId: whole('user_id').notNull(),
    isMuted: boolean('is_muted').notNull(),
  },
  (table) => [primaryKey({ columns: [table.auctionId, table.userId], name: 'mutes_pk' })],
);

/** What was won in live sales. */
export const winnings = mysqlTable(
  'winnings',
  {
    id: id(),
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    auctionId: whole('auction_id')
      .notNull()
      .references(() => auctions.id),
    round: whole('round').notNull(),
    product: prose('product').notNull(),
    price: whole('price').notNull(),
    weight: prose('weight'),
    isSold: boolean('is_sold').notNull(),
    createdAtMs: whole('created_at').notNull(),
    updatedAtMs: whole('updated_at').notNull(),
  },
  (table) => [
    index('winnings_user').on(table.userId, table.id),
    index('winnings_auction').on(table.auctionId, table.id),
  ],
);

/** The ledger: every event of every auction, in order. `data` is the event's JSON without `type` and `atMs`. */
export const ledgerEvents = mysqlTable(
  'ledger_events',
  {
    auctionId: whole('auction_id')
      .notNull()
      .references(() => auctions.id),
    seq: whole('seq').notNull(),
    changeId: line('change_id', { length: 64 }).notNull(),
    type: line('type', { length: 32 }).$type<AuctionEvent['type']>().notNull(),
    data: prose('data').notNull(),
    atMs: whole('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.auctionId, table.seq], name: 'ledger_events_pk' })],
);

export const notifications = mysqlTable(
  'notifications',
  {
    id: id(),
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    type: line('type', { length: 32 }).$type<NotificationType>().notNull(),
    title: line('title', { length: 200 }).notNull(),
    message: line('message', { length: 1000 }).notNull(),
    auctionId: whole('auction_id').notNull(),
    isRead: boolean('is_read').notNull(),
    createdAtMs: whole('created_at').notNull(),
  },
  // One index for the list and for counting the unread: every further one costs each bid a page.
  (table) => [index('notifications_user').on(table.userId, table.id, table.isRead)],
);

/**
 * Letters, calls to the main backend and rooms to be closed, on their way. `data` is the JSON of each without
 * `kind`; `userId` is the reader of a letter, whom a call is about, or who was in the room. Rooms have auction 0.
 */
export const outbox = mysqlTable(
  'outbox',
  {
    id: id(),
    userId: whole('user_id').notNull(),
    auctionId: whole('auction_id').notNull(),
    kind: line('kind', { length: 32 }).$type<OutboxKind>().notNull(),
    data: prose('data').notNull(),
    gatherKey: line('gather_key', { length: 100 }),
    status: line('status', { length: 16 }).$type<OutboxStatus>().notNull(),
    dueAtMs: whole('due_at').notNull(),
    claimedAtMs: whole('claimed_at'),
    sentAtMs: whole('sent_at'),
    attempts: whole('attempts').notNull(),
    lastError: line('last_error', { length: 500 }),
    wasPutOff: boolean('was_put_off').notNull(),
    createdAtMs: whole('created_at').notNull(),
  },
  (table) => [
    index('outbox_due').on(table.status, table.dueAtMs),
    index('outbox_gather').on(table.gatherKey, table.status, table.claimedAtMs),
  ],
);

export const deadlines = mysqlTable(
  'deadlines',
  {
    kind: line('kind', { length: 32 }).$type<DeadlineKind>().notNull(),
    subjectId: whole('subject_id').notNull(),
    dueAtMs: whole('due_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subjectId], name: 'deadlines_pk' }),
    index('deadlines_due').on(table.dueAtMs),
  ],
);

/** One row that is overwritten to see whether anything can be stored. */
export const probes = mysqlTable(
  'probes',
  { id: whole('id').notNull(), atMs: whole('at').notNull() },
  (table) => [primaryKey({ columns: [table.id], name: 'probes_pk' })],
);
