import { and, asc, count, desc, eq, sum } from 'drizzle-orm';
import { SHOWN_LINES } from '../../../domain/auction/view/saleSnapshot.ts';
import {
  type AuctionDetails,
  type AuctionLists,
  AuctionSnapshot,
  type BidLine,
  LATEST_BIDS,
  type ProductImage,
} from '../../../domain/auction/view/snapshot.ts';
import type { AuctionState } from '../../../domain/auction/rules/state.ts';
import type { Session } from '../database.ts';
import { load } from './auctions.ts';
import { saleDetails, saleLists } from './sales.ts';

/** Reads all that an auction shows; to be called inside one moment. */
export async function snapshot(
  session: Session,
  auctionId: number,
  maxLines = SHOWN_LINES,
): Promise<AuctionSnapshot | null> {
  const state = await load(session, auctionId);
  const details = await detailsOf(session, auctionId);
  if (state === null || details === null) return null;
  return new AuctionSnapshot(state, details, await listsOf(session, state, maxLines));
}

async function detailsOf(session: Session, auctionId: number): Promise<AuctionDetails | null> {
  const row = await detailsRow(session, auctionId);
  if (row === undefined) return null;
  const { auction, product, category, seller, profile, sale } = row;
  const images = await imagesOf(session, product.id);
  return {
    product: {
      id: product.id,
      name: product.name,
      description: product.description,
      condition: product.condition,
      category,
      images,
    },
    seller: {
      id: seller.id,
      username: seller.username,
      email: seller.email,
      brandName: profile?.brandName ?? null,
      biography: profile?.biography ?? null,
      isVerified: profile?.isVerified ?? false,
      ...(await ratingOf(session, seller.id)),
    },
    sale: sale && saleDetails({ auction, product, owner: seller, sale }, coverOf(images)),
  };
}

async function detailsRow({ db, tables }: Session, auctionId: number) {
  const { auctions, products, categories, users, sellers, liveSales } = tables;
  const [row] = await db
    .select({
      auction: auctions,
      product: products,
      category: categories.name,
      seller: users,
      profile: sellers,
      sale: liveSales,
    })
    .from(auctions)
    .innerJoin(products, eq(products.id, auctions.productId))
    .innerJoin(categories, eq(categories.id, products.categoryId))
    .innerJoin(users, eq(users.id, auctions.sellerId))
    .leftJoin(sellers, eq(sellers.userId, auctions.sellerId))
    .leftJoin(liveSales, eq(liveSales.auctionId, auctions.id))
    .where(eq(auctions.id, auctionId));
  return row;
}

async function listsOf(session: Session, state: AuctionState, maxLines: number): Promise<AuctionLists> {
  if (state.sale === null) {
    return { maxLines, latestBids: await latestBids(session, state), bids: [], comments: [] };
  }
  const lists = await saleLists(session, state, maxLines);
  return { maxLines, latestBids: await latestBids(session, state), ...lists };
}

function imagesOf(
  { db, tables: { productImages: images } }: Session,
  productId: number,
): Promise<readonly ProductImage[]> {
  return db
    .select({ url: images.url, isPrimary: images.isPrimary, order: images.position })
    .from(images)
    .where(eq(images.productId, productId))
    .orderBy(asc(images.position), asc(images.id));
}

function coverOf(images: readonly ProductImage[]): string {
  return images.find(({ isPrimary }) => isPrimary)?.url ?? '';
}

/** The mean in hundredths, rounded half up in whole numbers. */
async function ratingOf({ db, tables: { feedbacks } }: Session, sellerId: number) {
  const [row] = await db
    .select({ total: sum(feedbacks.rating), number: count() })
    .from(feedbacks)
    .where(eq(feedbacks.sellerId, sellerId));
  const totalFeedbacks = row?.number ?? 0;
  const total = Number(row?.total ?? 0);
  const averageRatingHundredths =
    totalFeedbacks === 0 ? 0 : Math.floor((200 * total + totalFeedbacks) / (2 * totalFeedbacks));
  return { averageRatingHundredths, totalFeedbacks };
}

function latestBids(
  { db, tables: { bids, users } }: Session,
  { facts, round }: AuctionState,
): Promise<readonly BidLine[]> {
  return db
    .select({ seq: bids.seq, bidder: users.username, amount: bids.amount, atMs: bids.placedAtMs })
    .from(bids)
    .innerJoin(users, eq(users.id, bids.bidderId))
    .where(and(eq(bids.auctionId, facts.id), eq(bids.round, round.number)))
    .orderBy(desc(bids.seq))
    .limit(LATEST_BIDS);
}
