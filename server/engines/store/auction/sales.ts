import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import {
  type SaleBid,
  type SaleComment,
  type SaleDetails,
  type SaleLists,
  saleSummary,
  SHOWN_LINES,
} from '../../../domain/auction/view/saleSnapshot.ts';
import type { AuctionState } from '../../../domain/auction/rules/state.ts';
import type { SaleFilter, SaleLine } from '../../../domain/auction/catalogue/store.ts';
import type { PageByKey, RowsByKey } from '../../../domain/page.ts';
import type { Session } from '../database.ts';
import type { Tables } from '../schema/index.ts';
import { type Listed, readByKey } from '../byKey.ts';
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

/** What the host has named for the round. */
export function namedRound({ round, product, minBidPrice, bidPrice, actualPrice }: SaleRow) {
  return { number: round, product, prices: { minBidPrice, bidPrice, actualPrice } };
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

/** What was bid and said in the round of a live sale; to be called inside one moment. */
export async function saleLists(session: Session, { facts, round }: AuctionState): Promise<SaleLists> {
  return {
    bids: await bidsOfRound(session, facts.id, round),
    comments: await commentsOfRound(session, facts.id, round),
  };
}

/** Lists live sales. */
export async function listSales(
  session: Session,
  filter: SaleFilter,
  page: PageByKey,
): Promise<RowsByKey<SaleLine>> {
  return readByKey(
    session,
    {
      table: 'auctions',
      key: 'id',
      parts: [salesOf(filter)],
      rows: (ids) => saleLines(session, ids),
    },
    page,
  );
}

/** A sale with an external id is found by that first: there is one at most. */
function salesOf({ status, externalId }: SaleFilter): Listed {
  const listed = auctionsOf('live', status);
  if (externalId === undefined) return listed;
  return {
    index: null,
    condition: `${listed.condition} AND id IN (SELECT auction_id FROM live_sales WHERE external_id = ?)`,
    values: [...listed.values, externalId],
  };
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
    ...saleSummary(namedRound(row.sale), row.sale, saleDetails(row, imageUrl)),
  }));
}

/** What the rules need not know of a live sale. */
export function saleDetails({ auction, product, owner, sale }: SaleRows, imageUrl: string): SaleDetails {
  return {
    externalId: sale.externalId,
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
  };
}

/** No more than there are, so that those of older rounds are not looked through. */
function bidsOfRound(
  { db, tables: { bids, users } }: Session,
  auctionId: number,
  { number, totalBids }: Pick<AuctionState['round'], 'number' | 'totalBids'>,
): Promise<readonly SaleBid[]> {
  return db
    .select({ seq: bids.seq, bidder: profileColumns(users), amount: bids.amount, atMs: bids.placedAtMs })
    .from(bids)
    .innerJoin(users, eq(users.id, bids.bidderId))
    .where(and(eq(bids.auctionId, auctionId), eq(bids.round, number)))
    .orderBy(desc(bids.seq))
    .limit(Math.min(SHOWN_LINES, totalBids));
}

async function commentsOfRound(
  { db, tables: { comments, users } }: Session,
  auctionId: number,
  { number }: Pick<AuctionState['round'], 'number'>,
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
    .where(and(eq(comments.auctionId, auctionId), eq(comments.round, number)))
    .orderBy(desc(comments.seq))
    .limit(SHOWN_LINES);
  return newestFirst.toReversed();
}
