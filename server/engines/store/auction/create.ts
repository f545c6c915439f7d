import { eq } from 'drizzle-orm';
import type { NewAuction } from '../../../domain/auction/catalogue/store.ts';
import type { Session } from '../database.ts';
import { insertRows, upsertRows } from '../rows.ts';
import { setDeadlines } from '../deadline/deadlines.ts';
import { appendEvents } from './ledger.ts';

/** The change id of events that are made with their auction: there is no commit of theirs to be in doubt. */
export const CREATION = 'creation';

/** Stores a timed auction with its product; gives its id. */
export async function createAuction(session: Session, auction: NewAuction): Promise<number> {
  const { tables } = session;
  const { sellerId, startingPrice, startTimeMs, endTimeMs, createdAtMs, product } = auction;
  const { images, category, ...details } = product;
  const categoryId = await categoryIdOf(session, category, createdAtMs);
  const productId = onlyOne(
    await insertRows(session, tables.products, [{ ...details, sellerId, categoryId }]),
  );
  await insertRows(
    session,
    tables.productImages,
    images.map(({ url, isPrimary, order }) => ({ productId, url, isPrimary, position: order })),
  );
  const auctionId = onlyOne(
    await insertRows(session, tables.auctions, [
      {
        productId,
        sellerId,
        startingPrice,
        currentPrice: startingPrice,
        startTimeMs,
        endTimeMs,
        status: 'scheduled',
        version: 1,
        totalBids: 0,
        createdAtMs,
      },
    ]),
  );
  const event = { type: 'auction_created', atMs: createdAtMs } as const;
  await appendEvents(session, [{ auctionId, changeId: CREATION, stored: { seq: 1, event } }]);
  await setDeadlines(session, [
    { kind: 'auction_start', subjectId: auctionId, dueAtMs: startTimeMs },
    { kind: 'auction_end', subjectId: auctionId, dueAtMs: endTimeMs },
  ]);
  return auctionId;
}

async function categoryIdOf(session: Session, name: string, createdAtMs: number): Promise<number> {
  const { db, tables } = session;
  // Another auction of the same new category may be made at the same time.
  const category = { name, createdAtMs, updatedAtMs: createdAtMs };
  await upsertRows(session, tables.categories, [category], ['name'], ['name']);
  const rows = await db
    .select({ id: tables.categories.id })
    .from(tables.categories)
    .where(eq(tables.categories.name, name));
  return onlyOne(rows.map(({ id }) => id));
}

/** The one id that an INSERT gave. */
export function onlyOne(ids: readonly number[]): number {
  const [id] = ids;
  if (id === undefined) throw new Error('the database gave no id');
  return id;
}
