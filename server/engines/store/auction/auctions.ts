import { and, eq, inArray } from 'drizzle-orm';
import { profileOf } from '../../../domain/account/account.ts';
import type { AuctionState } from '../../../domain/auction/state.ts';
import type { Session } from '../database.ts';
import { mutedUserIds, roundOf } from './sales.ts';

/** The most ids in one list of a statement. */
const IDS_PER_STATEMENT = 1_000;

/** Reads the state that the next command is decided on. */
export async function load(session: Session, auctionId: number): Promise<AuctionState | null> {
  const row = await auctionRow(session, auctionId);
  if (row === undefined) return null;
  const { auction, productName, sale, leader, leaderSince } = row;
  const { leaderBidSeq: bidSeq, currentPrice } = auction;
  const highestBid =
    leader === null || bidSeq === null || leaderSince === null
      ? null
      : { seq: bidSeq, amount: currentPrice, bidder: leader, atMs: leaderSince };
  return {
    facts: {
      id: auction.id,
      sellerId: auction.sellerId,
      productName,
      startingPrice: auction.startingPrice,
      startTimeMs: auction.startTimeMs,
      endTimeMs: auction.endTimeMs,
    },
    version: auction.version,
    status: auction.status,
    currentPrice,
    leader: leader && bidSeq !== null ? { id: leader.id, username: leader.username, bidSeq } : null,
    totalBids: auction.totalBids,
    sale: sale && {
      round: roundOf(sale, highestBid),
      // Read later than the rest, and newer perhaps: then a commit meets a newer version, and reads again.
      mutedUserIds: await mutedUserIds(session, auctionId),
      ring: sale.ring,
      pause: sale.pause,
      hasOutbidLetters: sale.hasOutbidLetters,
    },
  };
}

async function auctionRow({ db, tables }: Session, auctionId: number) {
  const { auctions, products, liveSales, users, bids } = tables;
  const [row] = await db
    .select({
      auction: auctions,
      productName: products.name,
      sale: liveSales,
      leader: users,
      leaderSince: bids.placedAtMs,
    })
    .from(auctions)
    .innerJoin(products, eq(products.id, auctions.productId))
    .leftJoin(liveSales, eq(liveSales.auctionId, auctions.id))
    .leftJoin(users, eq(users.id, auctions.leaderId))
    .leftJoin(bids, and(eq(bids.auctionId, auctions.id), eq(bids.seq, auctions.leaderBidSeq)))
    .where(eq(auctions.id, auctionId));
  return (
    row && { ...row, leader: row.leader && profileOf({ ...row.leader, number: row.leader.number ?? '' }) }
  );
}

/** Reads the newest versions of auctions. */
export async function versions(
  { db, tables: { auctions } }: Session,
  auctionIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  for (let start = 0; start < auctionIds.length; start += IDS_PER_STATEMENT) {
    const rows = await db
      .select({ id: auctions.id, version: auctions.version })
      .from(auctions)
      .where(inArray(auctions.id, auctionIds.slice(start, start + IDS_PER_STATEMENT)));
    for (const { id, version } of rows) found.set(id, version);
  }
  return found;
}
