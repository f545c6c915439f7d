import { eq } from 'drizzle-orm';
import type { NewSale, SaleCreation } from '../../../domain/auction/catalogue/store.ts';
import type { SeedSale } from '../../../seeding/seedStore.ts';
import { isTransient } from '../../../ports/errors.ts';
import type { Database, Session } from '../database.ts';
import { insertRows } from '../rows.ts';
import { CREATION, onlyOne } from './create.ts';
import { appendEvents } from './ledger.ts';

/**
 * Stores a live sale, unless its category is unknown or another sale has its external id. Of several that ask for one id
 * at the same moment the database lets one in: the others find it taken.
 */
export async function createSale(database: Database, sale: NewSale): Promise<SaleCreation> {
  const { externalId } = sale;
  try {
    return await database.transaction((session) => storeSale(session, sale));
  } catch (error) {
    if (externalId === null || isTransient(error)) throw error;
    if (await database.read((session) => isTaken(session, externalId))) return { kind: 'external_id_taken' };
    throw error;
  }
}

async function storeSale(session: Session, sale: NewSale): Promise<SaleCreation> {
  const { db, tables } = session;
  const { categories } = tables;
  const category = await db
    .select({ id: categories.id })
    .from(categories)
    .where(eq(categories.id, sale.categoryId));
  if (category.length === 0) return { kind: 'unknown_category' };
  if (sale.externalId !== null && (await isTaken(session, sale.externalId)))
    return { kind: 'external_id_taken' };
  const productId = onlyOne(await insertRows(session, tables.products, [productOf(sale)]));
  const auctionId = onlyOne(await insertRows(session, tables.auctions, [auctionOf(sale, productId)]));
  await insertParts(session, [{ ...sale, id: auctionId, productId }]);
  return { kind: 'created', id: auctionId };
}

async function isTaken({ db, tables: { liveSales } }: Session, externalId: string): Promise<boolean> {
  const rows = await db
    .select({ id: liveSales.auctionId })
    .from(liveSales)
    .where(eq(liveSales.externalId, externalId));
  return rows.length > 0;
}

/** Stores live sales whose ids are given; their products get the same. */
export async function seedSales(session: Session, sales: readonly SeedSale[]): Promise<void> {
  const { tables } = session;
  await insertRows(
    session,
    tables.products,
    sales.map((sale) => ({ id: sale.id, ...productOf(sale) })),
  );
  await insertRows(
    session,
    tables.auctions,
    sales.map((sale) => ({ id: sale.id, ...auctionOf(sale, sale.id) })),
  );
  await insertParts(
    session,
    sales.map((sale) => ({ ...sale, productId: sale.id })),
  );
}

/** Cover images, first rounds and first events. */
async function insertParts(
  session: Session,
  sales: readonly (SeedSale & { readonly productId: number })[],
): Promise<void> {
  const { tables } = session;
  await insertRows(
    session,
    tables.productImages,
    sales.map(({ productId, imageUrl: url }) => ({ productId, url, isPrimary: true, position: 0 })),
  );
  await insertRows(session, tables.liveSales, sales.map(firstRoundOf));
  await appendEvents(
    session,
    sales.map(({ id: auctionId, createdAtMs: atMs }) => {
      const event = { type: 'auction_created', atMs } as const;
      return { auctionId, changeId: CREATION, stored: { seq: 1, event } };
    }),
  );
}

function productOf({ ownerId: sellerId, categoryId, title: name, description }: NewSale) {
  return { sellerId, categoryId, name, description, condition: 'new' as const };
}

function auctionOf(sale: NewSale, productId: number) {
  const { minBidPrice } = sale.prices;
  return {
    productId,
    sellerId: sale.ownerId,
    kind: 'live' as const,
    startingPrice: minBidPrice,
    currentPrice: minBidPrice,
    startTimeMs: sale.startDateMs ?? sale.createdAtMs,
    endTimeMs: sale.expiryDateMs,
    status: 'scheduled' as const,
    version: 1,
    totalBids: 0,
    createdAtMs: sale.createdAtMs,
  };
}

function firstRoundOf(sale: SeedSale) {
  const { id, product, productDescription, prices, quantity, startDateMs, expiryDateMs } = sale;
  return {
    auctionId: id,
    round: 1,
    product,
    productDescription,
    ...prices,
    quantity,
    startDateMs,
    expiryDateMs,
    hasOutbidLetters: sale.hasOutbidLetters,
    externalId: sale.externalId,
    updatedAtMs: sale.createdAtMs,
  };
}
