import jwt from 'jsonwebtoken';
import { bulkSeed } from '../../server/seeding/bulk.ts';
import type { SeedData } from '../../server/seeding/seedStore.ts';
import { benchSales } from '../bench/seed.ts';
import { SECRET } from '../support/serverProcess.ts';

const USERS = 1_000;
const AUCTIONS = 60;
const SALES = 5;

/** Who hosts all live sales: the first seller of the seed. */
const HOST = USERS + 1;

/**
 * Which rows of the seed belong to whom: honest clients and each flood have their own, so that only what the
 * server shares between them can carry harm from one to the other.
 */
export const PLACE = {
  host: HOST,
  honest: {
    /** One bidder each. */
    auctions: range(1, 20),
    bidders: range(1, 20),
    sale: AUCTIONS + 1,
    viewers: range(21, 30),
  },
  attack: {
    /** A timed auction that nobody else bids on. */
    auction: 41,
    /** The one with a long history. */
    history: 42,
    commentSale: AUCTIONS + 2,
    crowdSale: AUCTIONS + 3,
    ring: AUCTIONS + 4,
    stalledSale: AUCTIONS + 5,
    /** The account of floods that have one. */
    account: 101,
    accomplice: 102,
    /** Accounts of floods that have several. */
    crowd: range(201, 240),
    /** People who do nothing but watch what is attacked. */
    viewers: range(301, 600),
  },
} as const;

/** What the database holds before anything else. */
export function attackSeed(nowMs: number): SeedData {
  const seed = bulkSeed({ users: USERS, auctions: AUCTIONS, nowMs });
  return { ...seed, sales: benchSales(AUCTIONS, HOST, nowMs, SALES) };
}

/** A token of that user which outlives any run. */
export function longTokenOf(userId: number): string {
  return jwt.sign({ sub: String(userId) }, SECRET, { algorithm: 'HS256', expiresIn: '24h' });
}

/** The headers by which the server, behind one trusted proxy, takes a client for that address. */
export function addressHeaders(number: number): Readonly<Record<string, string>> {
  return { 'X-Forwarded-For': `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}` };
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
