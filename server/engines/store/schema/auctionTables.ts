import type { AuctionEvent } from '../../../domain/auction/rules/events.ts';
import type { AuctionStatus } from '../../../domain/auction/rules/state.ts';
import type { AccountTables } from './accountTables.ts';
import type { CatalogueTables } from './catalogueTables.ts';
import type { Columns } from './columns.ts';

/** Whether an auction ends at its time, or is a sale that its host leads round by round. */
export type AuctionKind = 'timed' | 'live';

/** Auctions, their bids and their ledger. */
export function auctionTables(
  { table, id, integer, boolean, varchar, text, reference, index, primaryKey }: Columns,
  { users, products }: AccountTables & CatalogueTables,
) {
  /** `version` is the `seq` of the newest ledger event. The leading bid is (id, leader_bid_seq) in bids. */
  const auctions = table(
    'auctions',
    {
      id: id(),
      productId: reference('product_id', () => products.id),
      sellerId: reference('seller_id', () => users.id),
      startingPrice: integer('starting_price').notNull(),
      currentPrice: integer('current_price').notNull(),
      startTimeMs: integer('start_time').notNull(),
      endTimeMs: integer('end_time').notNull(),
      status: varchar('status', 16).$type<AuctionStatus>().notNull(),
      version: integer('version').notNull(),
      leaderId: integer('leader_id'),
      leaderBidSeq: integer('leader_bid_seq'),
      winnerId: integer('winner_id'),
      totalBids: integer('total_bids').notNull(),
      createdAtMs: integer('created_at').notNull(),
      kind: varchar('kind', 16).$type<AuctionKind>().notNull().default('timed'),
    },
    (table) => [
      index('auctions_kind').on(table.kind, table.id),
      index('auctions_status').on(table.kind, table.status, table.id),
      index('auctions_product').on(table.productId),
      index('auctions_seller').on(table.sellerId),
    ],
  );

  /**
   * The winning bid is found by its key, which the auction's row names. Whatever a bid need not have (an index,
   * a reference to its bidder) is left out: each costs every bid a page of the disk.
   */
  const bids = table(
    'bids',
    {
      auctionId: reference('auction_id', () => auctions.id),
      seq: integer('seq').notNull(),
      bidderId: integer('bidder_id').notNull(),
      amount: integer('amount').notNull(),
      isWinning: boolean('is_winning').notNull(),
      requestId: text('request_id'),
      placedAtMs: integer('placed_at').notNull(),
      round: integer('round').notNull().default(1),
    },
    (table) => [
      primaryKey('bids_pk', [table.auctionId, table.seq]),
      index('bids_placed').on(table.auctionId, table.placedAtMs),
    ],
  );

  /** The ledger: every event of every auction, in order. `data` is the event's JSON without `type` and `atMs`. */
  const ledgerEvents = table(
    'ledger_events',
    {
      auctionId: reference('auction_id', () => auctions.id),
      seq: integer('seq').notNull(),
      changeId: varchar('change_id', 64).notNull(),
      type: varchar('type', 32).$type<AuctionEvent['type']>().notNull(),
      data: text('data').notNull(),
      atMs: integer('at').notNull(),
    },
    (table) => [primaryKey('ledger_events_pk', [table.auctionId, table.seq])],
  );

  return { auctions, bids, ledgerEvents };
}

export type AuctionTables = ReturnType<typeof auctionTables>;
