import type { SeedAuction, SeedData, SeedStore } from '../../../seeding/seedStore.ts';
import { CREATION } from '../auction/create.ts';
import { seedSales } from '../auction/createSale.ts';
import { appendEvents } from '../auction/ledger.ts';
import type { Database, Session } from '../database.ts';
import { setDeadlines } from '../deadline/deadlines.ts';
import { methodsOn } from '../methods.ts';
import { insertRows } from '../rows.ts';

/** Fills an empty database. */
export function seedStore(database: Database): SeedStore {
  const { read, transaction } = methodsOn(database);
  return { isEmpty: read(isEmpty), insert: transaction(insertSeed) };
}

async function isEmpty({ db, tables: { users, auctions } }: Session): Promise<boolean> {
  const someUser = await db.select({ id: users.id }).from(users).limit(1);
  const someAuction = await db.select({ id: auctions.id }).from(auctions).limit(1);
  return someUser.length + someAuction.length === 0;
}

async function insertSeed(session: Session, data: SeedData): Promise<void> {
  const { categories, nowMs } = data;
  await insertRows(
    session,
    session.tables.categories,
    categories.map((category) => ({ ...category, createdAtMs: nowMs, updatedAtMs: nowMs })),
  );
  await insertUsers(session, data);
  await insertProducts(session, data);
  await insertAuctions(session, data);
  await seedSales(session, data.sales);
}

async function insertUsers(
  session: Session,
  { users, telecallers, feedbacks, nowMs }: SeedData,
): Promise<void> {
  const { tables } = session;
  await insertRows(
    session,
    tables.users,
    users.map(({ id, username, name, type, number, email, role, isBlocked, profile, coins }) => ({
      id,
      username,
      name,
      type,
      number: number === '' ? null : number,
      email,
      role,
      isBlocked,
      profile,
      coins,
      createdAtMs: nowMs,
    })),
  );
  await insertRows(
    session,
    tables.sellers,
    users
      .filter(({ role }) => role === 'seller')
      .map(({ id, brandName, biography, isVerified }) => ({ userId: id, brandName, biography, isVerified })),
  );
  await insertRows(
    session,
    tables.telecallers,
    telecallers.map((telecaller) => ({ ...telecaller, presence: 'OFFLINE' as const })),
  );
  await insertRows(
    session,
    tables.feedbacks,
    feedbacks.map((feedback) => ({ ...feedback, createdAtMs: nowMs })),
  );
}

async function insertProducts(session: Session, { auctions }: SeedData): Promise<void> {
  const { tables } = session;
  await insertRows(
    session,
    tables.products,
    auctions.map(({ id, sellerId, categoryId, name, description, condition }) => ({
      id,
      sellerId,
      categoryId,
      name,
      description,
      condition,
    })),
  );
  await insertRows(
    session,
    tables.productImages,
    auctions.flatMap(({ id, images }) =>
      images.map(({ url, isPrimary, order }) => ({ productId: id, url, isPrimary, position: order })),
    ),
  );
}

async function insertAuctions(session: Session, { auctions, nowMs }: SeedData): Promise<void> {
  const isActive = ({ startTimeMs }: SeedAuction) => startTimeMs <= nowMs;
  const createdAtMs = ({ startTimeMs }: SeedAuction) => Math.min(startTimeMs, nowMs);
  await insertRows(
    session,
    session.tables.auctions,
    auctions.map((auction) => ({
      id: auction.id,
      productId: auction.id,
      sellerId: auction.sellerId,
      startingPrice: auction.startingPrice,
      currentPrice: auction.startingPrice,
      startTimeMs: auction.startTimeMs,
      endTimeMs: auction.endTimeMs,
      status: isActive(auction) ? ('active' as const) : ('scheduled' as const),
      version: isActive(auction) ? 2 : 1,
      totalBids: 0,
      createdAtMs: createdAtMs(auction),
    })),
  );
  await appendEvents(
    session,
    auctions.flatMap((auction) => {
      const of = { auctionId: auction.id, changeId: CREATION };
      const created = { type: 'auction_created', atMs: createdAtMs(auction) } as const;
      const started = { type: 'auction_started', atMs: auction.startTimeMs } as const;
      const first = { ...of, stored: { seq: 1, event: created } };
      return isActive(auction) ? [first, { ...of, stored: { seq: 2, event: started } }] : [first];
    }),
  );
  await setDeadlines(
    session,
    auctions.flatMap((auction) => {
      const end = { kind: 'auction_end', subjectId: auction.id, dueAtMs: auction.endTimeMs } as const;
      const start = { kind: 'auction_start', subjectId: auction.id, dueAtMs: auction.startTimeMs } as const;
      return isActive(auction) ? [end] : [start, end];
    }),
  );
}
