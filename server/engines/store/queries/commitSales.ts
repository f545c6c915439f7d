import type { AuctionChange } from '../../../domain/auction/change.ts';
import type { Session } from '../database.ts';
import { insertRows, updateRows, upsertRows } from '../rows.ts';

/** Stores what the changes of live sales have beside those of timed auctions: no statement when there are none. */
export async function commitSales(session: Session, changes: readonly AuctionChange[]): Promise<void> {
  await updateSales(session, changes);
  await updateAwarded(session, changes);
  await setMutes(session, changes);
  const { tables } = session;
  const comments = changes.flatMap((change) =>
    change.comments.map(({ atMs, ...comment }) => ({
      auctionId: change.auctionId,
      ...comment,
      createdAtMs: atMs,
    })),
  );
  await insertRows(session, tables.comments, comments);
  const winnings = changes.flatMap((change) =>
    change.winnings.map(({ atMs, ...winning }) => ({
      auctionId: change.auctionId,
      ...winning,
      isSold: false,
      createdAtMs: atMs,
      updatedAtMs: atMs,
    })),
  );
  await insertRows(session, tables.winnings, winnings);
}

async function updateSales(session: Session, changes: readonly AuctionChange[]): Promise<void> {
  const rows = changes.flatMap(({ auctionId, after: { sale }, events }) => {
    const updatedAtMs = events.at(-1)?.event.atMs;
    if (sale === null || updatedAtMs === undefined) return [];
    const { ring, pause } = sale;
    const { number: round, product, prices } = sale.round;
    return [{ auctionId, round, product, ...prices, ring, pause, updatedAtMs }];
  });
  await updateRows(
    session,
    session.tables.liveSales,
    rows,
    ['auctionId'],
    ['round', 'product', 'minBidPrice', 'bidPrice', 'actualPrice', 'ring', 'pause', 'updatedAtMs'],
  );
}

async function updateAwarded(session: Session, changes: readonly AuctionChange[]): Promise<void> {
  const rows = changes.flatMap(({ auctionId, events }) => {
    const award = events.map(({ event }) => event).findLast((event) => event.type === 'product_awarded');
    return award === undefined
      ? []
      : [{ auctionId, winnerId: award.winningBid?.bidder.id ?? null, productDescription: null }];
  });
  await updateRows(
    session,
    session.tables.liveSales,
    rows,
    ['auctionId'],
    ['winnerId', 'productDescription'],
  );
}

/** The last word on a user counts: the rows stand in the order of the events. */
async function setMutes(session: Session, changes: readonly AuctionChange[]): Promise<void> {
  const rows = changes.flatMap(({ auctionId, events }) =>
    events.flatMap(({ event }) =>
      event.type === 'user_muted' ? [{ auctionId, userId: event.userId, isMuted: event.isMuted }] : [],
    ),
  );
  await upsertRows(session, session.tables.mutes, rows, ['auctionId', 'userId'], ['isMuted']);
}
