import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { BidLine } from '../../../domain/auction/view/snapshot.ts';
import type { AuctionStatus } from '../../../domain/auction/rules/state.ts';
import type { AuctionLine, Category } from '../../../domain/auction/catalogue/store.ts';
import type { PageByKey, RowsByKey } from '../../../domain/page.ts';
import type { Queries, Session } from '../database.ts';
import type { Tables } from '../schema/index.ts';
import type { AuctionKind } from '../schema/auctionTables.ts';
import { type Listed, readByKey } from '../byKey.ts';

/** The address of a product's first picture, as a sub-query. */
export function primaryImage(db: Queries, { productImages, products }: Tables) {
  return db
    .select({ url: productImages.url })
    .from(productImages)
    .where(eq(productImages.productId, products.id))
    .orderBy(desc(productImages.isPrimary), productImages.position)
    .limit(1);
}

/** The auctions of a kind, or those of them with a status. */
export function auctionsOf(kind: AuctionKind, status: AuctionStatus | undefined): Listed {
  if (status === undefined) return { index: 'auctions_kind', condition: 'kind = ?', values: [kind] };
  return { index: 'auctions_status', condition: 'kind = ? AND status = ?', values: [kind, status] };
}

/** Lists timed auctions. */
export async function listAuctions(
  session: Session,
  { status }: { readonly status?: AuctionStatus },
  page: PageByKey,
): Promise<RowsByKey<AuctionLine>> {
  const { db, tables } = session;
  const { auctions, products, categories, users } = tables;
  const winners = alias(users, 'winners');
  return readByKey(
    session,
    {
      table: 'auctions',
      key: 'id',
      parts: [auctionsOf('timed', status)],
      rows: (ids) =>
        db
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
          .where(inArray(auctions.id, [...ids]))
          .orderBy(desc(auctions.id)),
    },
    page,
  );
}

/** Lists the bids of an auction; `null` when there is none. */
export async function listBids(
  session: Session,
  auctionId: number,
  page: PageByKey,
): Promise<RowsByKey<BidLine> | null> {
  const {
    db,
    tables: { auctions, bids, users },
  } = session;
  const [auction] = await db.select({ id: auctions.id }).from(auctions).where(eq(auctions.id, auctionId));
  if (auction === undefined) return null;
  return readByKey(
    session,
    {
      table: 'bids',
      key: 'seq',
      parts: [{ index: null, condition: 'auction_id = ?', values: [auctionId] }],
      rows: (seqs) =>
        db
          .select({ seq: bids.seq, bidder: users.username, amount: bids.amount, atMs: bids.placedAtMs })
          .from(bids)
          .innerJoin(users, eq(users.id, bids.bidderId))
          .where(and(eq(bids.auctionId, auctionId), inArray(bids.seq, [...seqs])))
          .orderBy(desc(bids.seq)),
    },
    page,
  );
}

/** Lists the categories by name. */
export async function listCategories({ db, tables: { categories } }: Session): Promise<readonly Category[]> {
  return db.select().from(categories).orderBy(asc(categories.name));
}
