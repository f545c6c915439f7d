import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { ListedBid, ListedComment } from '../../../domain/auction/view/store.ts';
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

/** Lists the bids of an auction, or those of one round; `null` when there is no such auction. */
export async function listBids(
  session: Session,
  auctionId: number,
  page: PageByKey,
  round?: number,
): Promise<RowsByKey<ListedBid> | null> {
  const {
    db,
    tables: { bids, users },
  } = session;
  const version = await versionOf(session, auctionId);
  if (version === null) return null;
  const part =
    round === undefined
      ? { condition: 'auction_id = ?', values: [auctionId] }
      : {
          condition: 'auction_id = ? AND seq >= ? AND seq < ?',
          values: [
            auctionId,
            await firstBidSince(session, auctionId, version, round),
            await firstBidSince(session, auctionId, version, round + 1),
          ],
        };
  return readByKey(
    session,
    {
      table: 'bids',
      key: 'seq',
      parts: [{ index: null, ...part }],
      rows: (seqs) =>
        db
          .select({
            seq: bids.seq,
            round: bids.round,
            bidder: users.username,
            amount: bids.amount,
            atMs: bids.placedAtMs,
          })
          .from(bids)
          .innerJoin(users, eq(users.id, bids.bidderId))
          .where(and(eq(bids.auctionId, auctionId), inArray(bids.seq, [...seqs])))
          .orderBy(desc(bids.seq)),
    },
    page,
  );
}

/** Lists the comments of an auction, or those of one round; `null` when there is no such auction. */
export async function listComments(
  session: Session,
  auctionId: number,
  page: PageByKey,
  round?: number,
): Promise<RowsByKey<ListedComment> | null> {
  const {
    db,
    tables: { comments, users },
  } = session;
  if ((await versionOf(session, auctionId)) === null) return null;
  const part =
    round === undefined
      ? { index: null, condition: 'auction_id = ?', values: [auctionId] }
      : { index: 'comments_round', condition: 'auction_id = ? AND round = ?', values: [auctionId, round] };
  return readByKey(
    session,
    {
      table: 'comments',
      key: 'seq',
      parts: [part],
      rows: (seqs) =>
        db
          .select({
            seq: comments.seq,
            round: comments.round,
            author: users.username,
            text: comments.text,
            atMs: comments.createdAtMs,
          })
          .from(comments)
          .innerJoin(users, eq(users.id, comments.userId))
          .where(and(eq(comments.auctionId, auctionId), inArray(comments.seq, [...seqs])))
          .orderBy(desc(comments.seq)),
    },
    page,
  );
}

async function versionOf({ db, tables: { auctions } }: Session, auctionId: number): Promise<number | null> {
  const [row] = await db
    .select({ version: auctions.version })
    .from(auctions)
    .where(eq(auctions.id, auctionId));
  return row?.version ?? null;
}

/**
 * A number between the bids of earlier rounds and those since that round. Bids have no index of rounds, which would cost
 * every bid; rounds rise with the numbers, so that some look-ups by key find the place among any number of bids.
 */
async function firstBidSince(
  session: Session,
  auctionId: number,
  version: number,
  round: number,
): Promise<number> {
  let [low, high] = [1, version + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [next] = await session.rows(
      'SELECT seq, round FROM bids WHERE auction_id = ? AND seq >= ? ORDER BY seq LIMIT 1',
      [auctionId, middle],
    );
    if (next === undefined || Number(next[1]) >= round) high = middle;
    else low = Number(next[0]) + 1;
  }
  return low;
}

/** Lists the categories by name. */
export async function listCategories({ db, tables: { categories } }: Session): Promise<readonly Category[]> {
  return db.select().from(categories).orderBy(asc(categories.name));
}
