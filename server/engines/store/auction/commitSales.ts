import type { AuctionChange } from '../../../domain/auction/ledger/change.ts';
import type { SaleState } from '../../../domain/auction/rules/state.ts';
import type { Engine, Statement } from '../database.ts';
import { gathered, insertionsOf, updatesOf, upsertsOf } from '../rows.ts';

/** Stores what changes of live sales have and those of timed auctions have not: no statement when there are none. */
export function saleStatements(engine: Engine, changes: readonly AuctionChange[]): Statement[] {
  const sales = changes.filter(isOfSale);
  if (sales.length === 0) return [];
  const { tables } = engine;
  return [
    ...saleUpdates(engine, sales),
    ...awardUpdates(engine, sales),
    ...muteUpserts(engine, sales),
    ...insertionsOf(engine, tables.comments, gathered(sales, commentRows)),
    ...insertionsOf(engine, tables.winnings, gathered(sales, winningRows)),
  ];
}

/** A change of a live sale. */
type SaleChange = AuctionChange & { readonly after: SaleState };

function isOfSale(change: AuctionChange): change is SaleChange {
  return change.after.sale !== null;
}

function saleUpdates(engine: Engine, sales: readonly SaleChange[]): Statement[] {
  const rows = gathered(sales, ({ auctionId, after: { round: current, sale }, events }) => {
    const updatedAtMs = events.at(-1)?.event.atMs;
    if (updatedAtMs === undefined) return [];
    const { ring, pause } = sale;
    const { number: round, product, prices } = current;
    return [{ auctionId, round, product, ...prices, ring, pause, updatedAtMs }];
  });
  return updatesOf(
    engine,
    engine.tables.liveSales,
    rows,
    ['auctionId'],
    ['round', 'product', 'minBidPrice', 'bidPrice', 'actualPrice', 'ring', 'pause', 'updatedAtMs'],
  );
}

function awardUpdates(engine: Engine, sales: readonly AuctionChange[]): Statement[] {
  const rows = gathered(sales, ({ auctionId, events }) => {
    const award = events.map(({ event }) => event).findLast((event) => event.type === 'product_awarded');
    return award === undefined
      ? []
      : [{ auctionId, winnerId: award.winningBid?.bidder.id ?? null, productDescription: null }];
  });
  return updatesOf(engine, engine.tables.liveSales, rows, ['auctionId'], ['winnerId', 'productDescription']);
}

/** The last word on a user counts: the rows stand in the order of the events. */
function muteUpserts(engine: Engine, sales: readonly AuctionChange[]): Statement[] {
  const rows = gathered(sales, ({ auctionId, events }) =>
    gathered(events, ({ event }) =>
      event.type === 'user_muted' ? [{ auctionId, userId: event.userId, isMuted: event.isMuted }] : [],
    ),
  );
  return upsertsOf(engine, engine.tables.mutes, rows, ['auctionId', 'userId'], ['isMuted']);
}

function commentRows({ auctionId, comments }: AuctionChange) {
  return comments.map(({ atMs, ...comment }) => ({ auctionId, ...comment, createdAtMs: atMs }));
}

function winningRows({ auctionId, winnings }: AuctionChange) {
  return winnings.map(({ atMs, ...winning }) => ({
    auctionId,
    ...winning,
    isSold: false,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  }));
}
