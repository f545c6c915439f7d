import { and, asc, count, desc, eq, sum } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import {
  type AuctionSnapshot,
  type BidLine,
  LATEST_BIDS,
  type ProductImage,
} from '../../../domain/auction/snapshot.ts';
import type { Session } from '../database.ts';
import { saleSnapshot } from './sales.ts';

/** Reads all that an auction shows; to be called inside one moment. */
export async function snapshot(session: Session, auctionId: number): Promise<AuctionSnapshot | null> {
  const row = await auctionRow(session, auctionId);
  if (row === undefined) return null;
  const { auction, product, category, seller, profile, winner, sale } = row;
  const images = await imagesOf(session, product.id);
  return {
    seq: auction.version,
    auctionId: auction.id,
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
    startingPrice: auction.startingPrice,
    currentPrice: auction.currentPrice,
    startTimeMs: auction.startTimeMs,
    endTimeMs: auction.endTimeMs,
    status: auction.status,
    winner: winner && { id: winner.id, username: winner.username },
    totalBids: auction.totalBids,
    latestBids: await latestBids(session, auction.id, sale?.round ?? 1, auction.totalBids),
    sale: sale && (await saleSnapshot(session, { auction, product, owner: seller, sale }, coverOf(images))),
  };
}

async function auctionRow({ db, tables }: Session, auctionId: number) {
  const { auctions, products, categories, users, sellers, liveSales } = tables;
  const winners = alias(users, 'winners');
  const [row] = await db
    .select({
      auction: auctions,
      product: products,
      category: categories.name,
      seller: users,
      profile: sellers,
      winner: winners,
      sale: liveSales,
    })
    .from(auctions)
    .innerJoin(products, eq(products.id, auctions.productId))
    .innerJoin(categories, eq(categories.id, products.categoryId))
    .innerJoin(users, eq(users.id, auctions.sellerId))
    .leftJoin(sellers, eq(sellers.userId, auctions.sellerId))
    .leftJoin(liveSales, eq(liveSales.auctionId, auctions.id))
    .leftJoin(winners, eq(winners.id, auctions.winnerId))
    .where(eq(auctions.id, auctionId));
  return row;
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

/** Asks for no more than there are, so that those of older rounds are not looked through. */
function latestBids(
  { db, tables: { bids, users } }: Session,
  auctionId: number,
  round: number,
  totalBids: number,
): Promise<readonly BidLine[]> {
  return db
    .select({ seq: bids.seq, bidder: users.username, amount: bids.amount, atMs: bids.placedAtMs })
    .from(bids)
    .innerJoin(users, eq(users.id, bids.bidderId))
    .where(and(eq(bids.auctionId, auctionId), eq(bids.round, round)))
    .orderBy(desc(bids.seq))
    .limit(Math.min(LATEST_BIDS, totalBids));
}
