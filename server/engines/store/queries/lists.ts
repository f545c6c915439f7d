import { and, count, desc, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { BidLine } from '../../../domain/auction/snapshot.ts';
import type { AuctionStatus } from '../../../domain/auction/state.ts';
import type { AuctionLine, Page, Paged } from '../../../ports/store.ts';
import type { Queries, Session } from '../database.ts';
import type { Tables } from '../schema/index.ts';

/** Where a page starts. */
export function offsetOf({ page, pageSize }: Page): number {
  return (page - 1) * pageSize;
}

/** The address of a product's first picture, as a sub-query. */
export function primaryImage(db: Queries, { productImages, products }: Tables) {
  return db
    .select({ url: productImages.url })
    .from(productImages)
    .where(eq(productImages.productId, products.id))
    .orderBy(desc(productImages.isPrimary), productImages.position)
    .limit(1);
}

/** See {@link AuctionStore.list}. */
export async function listAuctions(
  { db, tables }: Session,
  { status }: { readonly status?: AuctionStatus },
  page: Page,
): Promise<Paged<AuctionLine>> {
  const { auctions, products, categories, users } = tables;
  const winners = alias(users, 'winners');
  const isListed = and(
    eq(auctions.kind, 'timed'),
    status === undefined ? undefined : eq(auctions.status, status),
  );
  const [total] = await db.select({ count: count() }).from(auctions).where(isListed);
  const rows = await db
    .select({
      id: auctions.id,
      productName: products.name,
      category: categories.name,
      imageUrl: sql<string | null>`(${primaryImage(db, tables)})`,
      seller: { id: users.id, username: users.username },
      startingPrice: auctions.startingPrice,
      currentPrice: auctions.currentPrice,
      startTimeMs: auctions.startTimeMs,
      endTimeMs: auctions.endTimeMs,
      status: auctions.status,
      winner: { id: winners.id, username: winners.username },
      totalBids: auctions.totalBids,
    })
    .from(auctions)
    .innerJoin(products, eq(products.id, auctions.productId))
    .innerJoin(categories, eq(categories.id, products.categoryId))
    .innerJoin(users, eq(users.id, auctions.sellerId))
    .leftJoin(winners, eq(winners.id, auctions.winnerId))
    .where(isListed)
    .orderBy(desc(auctions.id))
    .limit(page.pageSize)
    .offset(offsetOf(page));
  return { count: total?.count ?? 0, rows };
}

/** See {@link AuctionStore.bids}. */
export async function listBids(
  session: Session,
  auctionId: number,
  page: Page,
): Promise<Paged<BidLine> | null> {
  const {
    db,
    tables: { auctions, bids, users },
  } = session;
  const [auction] = await db
    .select({ kind: auctions.kind, totalBids: auctions.totalBids })
    .from(auctions)
    .where(eq(auctions.id, auctionId));
  if (auction === undefined) return null;
  const total = auction.kind === 'timed' ? auction.totalBids : await bidsOfAllRounds(session, auctionId);
  const rows = await db
    .select({ seq: bids.seq, bidder: users.username, amount: bids.amount, atMs: bids.placedAtMs })
    .from(bids)
    .innerJoin(users, eq(users.id, bids.bidderId))
    .where(eq(bids.auctionId, auctionId))
    .orderBy(desc(bids.seq))
    .limit(page.pageSize)
    .offset(offsetOf(page));
  return { count: total, rows };
}

async function bidsOfAllRounds({ db, tables: { bids } }: Session, auctionId: number): Promise<number> {
  const [total] = await db.select({ count: count() }).from(bids).where(eq(bids.auctionId, auctionId));
  return total?.count ?? 0;
}
