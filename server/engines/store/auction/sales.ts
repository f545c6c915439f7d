import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import {
  type SaleBid,
  type SaleComment,
  type SaleSnapshot,
  SHOWN_LINES,
} from '../../../domain/auction/saleSnapshot.ts';
import type { AuctionStatus, Round } from '../../../domain/auction/state.ts';
import type { PageByKey, RowsByKey } from '../../../ports/page.ts';
import type { SaleLine } from '../../../ports/store.ts';
import type { Session } from '../database.ts';
import type { Tables } from '../schema/index.ts';
import { readByKey } from '../byKey.ts';
import { auctionsOf, primaryImage } from './lists.ts';
import { profileColumns } from '../account/accounts.ts';

type SaleRow = Tables['liveSales']['$inferSelect'];

/** The rows that a live sale is shown from. */
interface SaleRows {
  readonly auction: Tables['auctions']['$inferSelect'];
  readonly product: Tables['products']['$inferSelect'];
  readonly owner: Tables['users']['$inferSelect'];
  readonly sale: SaleRow;
}

/** What a live sale has on the block. */
export function roundOf(
  { round, product, minBidPrice, bidPrice, actualPrice }: SaleRow,
  highestBid: Round['highestBid'],
): Round {
  return { number: round, product, prices: { minBidPrice, bidPrice, actualPrice }, highestBid };
}

/** Whom the host of a live sale has silenced. */
export async function mutedUserIds(
  { db, tables: { mutes } }: Session,
  auctionId: number,
): Promise<readonly number[]> {
  const rows = await db
    .select({ userId: mutes.userId })
    .from(mutes)
    .where(and(eq(mutes.auctionId, auctionId), eq(mutes.isMuted, true)))
    .orderBy(asc(mutes.userId));
  return rows.map(({ userId }) => userId);
}

/** Finds the active sales whose ring is open. */
export async function openRings({
  db,
  tables: { auctions, liveSales },
}: Session): Promise<readonly number[]> {
  const rows = await db
    .select({ id: auctions.id })
    .from(liveSales)
    .innerJoin(auctions, eq(auctions.id, liveSales.auctionId))
    .where(and(eq(auctions.status, 'active'), eq(liveSales.ring, 'open')));
  return rows.map(({ id }) => id);
}

/** What a live sale shows beside what every auction does; to be called inside one moment. */
export async function saleSnapshot(
  session: Session,
  rows: SaleRows,
  imageUrl: string,
): Promise<SaleSnapshot> {
  return {
    ...saleDetails(rows, imageUrl),
    bids: await bidsOfRound(session, rows),
    comments: await commentsOfRound(session, rows.sale),
  };
}

/** Lists live sales. */
export async function listSales(
  session: Session,
  { status }: { readonly status?: AuctionStatus },
  page: PageByKey,
): Promise<RowsByKey<SaleLine>> {
  return readByKey(
    session,
    {
      table: 'auctions',
      key: 'id',
      parts: [auctionsOf('live', status)],
      rows: (ids) => saleLines(session, ids),
    },
    page,
  );
}

async function saleLines({ db, tables }: Session, ids: readonly number[]): Promise<readonly SaleLine[]> {
  const { auctions, liveSales, products, users } = tables;
  const rows = await db
    .select({
      auction: auctions,
      product: products,
      owner: users,
      sale: liveSales,
      imageUrl: sql<string>`(${primaryImage(db, tables)})`,
    })
    .from(auctions)
    .innerJoin(liveSales, eq(liveSales.auctionId, auctions.id))
    .innerJoin(products, eq(products.id, auctions.productId))
    .innerJoin(users, eq(users.id, auctions.sellerId))
    .where(inArray(auctions.id, [...ids]))
    .orderBy(desc(auctions.id));
  return rows.map(({ imageUrl, ...row }) => ({
    id: row.auction.id,
    status: row.auction.status,
    ...saleDetails(row, imageUrl),
  }));
}

function saleDetails(
  { auction, product, owner, sale }: SaleRows,
  imageUrl: string,
): Omit<SaleSnapshot, 'bids' | 'comments'> {
  const { number: round, product: onTheBlock, prices } = roundOf(sale, null);
  return {
    title: product.name,
    description: product.description,
    imageUrl,
    categoryId: product.categoryId,
    owner: { id: owner.id, username: owner.username, name: owner.name },
    productDescription: sale.productDescription,
    quantity: sale.quantity,
    startDateMs: sale.startDateMs,
    expiryDateMs: sale.expiryDateMs,
    createdAtMs: auction.createdAtMs,
    updatedAtMs: sale.updatedAtMs,
    winnerId: sale.winnerId,
    round,
    product: onTheBlock,
    prices,
    ring: sale.ring,
    pause: sale.pause,
  };
}

/** No more than there are, so that those of older rounds are not looked through. */
function bidsOfRound(
  { db, tables: { bids, users } }: Session,
  { auction, sale }: SaleRows,
): Promise<readonly SaleBid[]> {
  return db
    .select({ seq: bids.seq, bidder: profileColumns(users), amount: bids.amount, atMs: bids.placedAtMs })
    .from(bids)
    .innerJoin(users, eq(users.id, bids.bidderId))
    .where(and(eq(bids.auctionId, auction.id), eq(bids.round, sale.round)))
    .orderBy(desc(bids.seq))
    .limit(Math.min(SHOWN_LINES, auction.totalBids));
}

async function commentsOfRound(
  { db, tables: { comments, users } }: Session,
  { auctionId, round }: SaleRow,
): Promise<readonly SaleComment[]> {
  const newestFirst = await db
    .select({
      seq: comments.seq,
      author: profileColumns(users),
      text: comments.text,
      atMs: comments.createdAtMs,
    })
    .from(comments)
    .innerJoin(users, eq(users.id, comments.userId))
    .where(and(eq(comments.auctionId, auctionId), eq(comments.round, round)))
    .orderBy(desc(comments.seq))
    .limit(SHOWN_LINES);
  return newestFirst.toReversed();
}
