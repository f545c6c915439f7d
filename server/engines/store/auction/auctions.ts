import { and, eq, inArray } from 'drizzle-orm';
import { type Profile, profileOf } from '../../../domain/account/account.ts';
import type { Person } from '../../../domain/auction/rules/events.ts';
import { type AuctionState, type Bid, personOf, timedRound } from '../../../domain/auction/rules/state.ts';
import type { Session } from '../database.ts';
import { mutedUserIds, namedRound } from './sales.ts';

/** The most ids in one list of a statement. */
const IDS_PER_STATEMENT = 1_000;

/** Reads the state that the next command is decided on. */
export async function load(session: Session, auctionId: number): Promise<AuctionState | null> {
  const row = await auctionRow(session, auctionId);
  if (row === undefined) return null;
  const { auction, productName, sale, leader, leaderSince } = row;
  const { version, status, totalBids, currentPrice: amount, leaderBidSeq: seq } = auction;
  const { id, sellerId, startingPrice, startTimeMs, endTimeMs } = auction;
  const facts = { id, sellerId, productName, startingPrice, startTimeMs, endTimeMs };
  const highestBid =
    leader === null || seq === null || leaderSince === null
      ? null
      : { seq, amount, bidder: leader, atMs: leaderSince };
  if (sale === null) {
    return {
      facts,
      version,
      status,
      round: timedRound(facts, withoutProfile(highestBid), totalBids),
      sale: null,
    };
  }
  const { ring, pause, hasOutbidLetters } = sale;
  // Read later than the rest, and newer perhaps: then a commit meets a newer version, and reads again.
  const muted = await mutedUserIds(session, auctionId);
  const round = { ...namedRound(sale), highestBid, totalBids };
  return { facts, version, status, round, sale: { mutedUserIds: muted, ring, pause, hasOutbidLetters } };
}

/** A bid of a timed auction, which shows the username of its bidder and nothing else. */
function withoutProfile(bid: Bid<Profile> | null): Bid<Person> | null {
  return bid && { ...bid, bidder: personOf(bid.bidder) };
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
