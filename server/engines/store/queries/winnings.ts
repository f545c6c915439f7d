import { and, count, desc, eq, inArray, or } from 'drizzle-orm';
import type { Page, Paged, Winning } from '../../../ports/store.ts';
import type { Session } from '../database.ts';
import { offsetOf } from './lists.ts';

/** See {@link WinningStore.list}. */
export async function listWinnings(session: Session, userId: number, page: Page): Promise<Paged<Winning>> {
  const { winnings } = session.tables;
  const isTheirs = or(eq(winnings.userId, userId), isHostedBy(session, userId));
  const [total] = await session.db.select({ count: count() }).from(winnings).where(isTheirs);
  const rows = await selected(session)
    .where(isTheirs)
    .orderBy(desc(winnings.id))
    .limit(page.pageSize)
    .offset(offsetOf(page));
  return { count: total?.count ?? 0, rows };
}

/** The work of {@link WinningStore.setSold}. */
export async function setSold(
  session: Session,
  hostId: number,
  winningId: number,
  isSold: boolean,
  updatedAtMs: number,
): Promise<Winning | null> {
  const { winnings } = session.tables;
  const isWinning = and(eq(winnings.id, winningId), isHostedBy(session, hostId));
  await session.db.update(winnings).set({ isSold, updatedAtMs }).where(isWinning);
  const [winning] = await selected(session).where(isWinning);
  return winning ?? null;
}

function isHostedBy({ db, tables: { auctions, winnings } }: Session, hostId: number) {
  const hosted = db.select({ id: auctions.id }).from(auctions).where(eq(auctions.sellerId, hostId));
  return inArray(winnings.auctionId, hosted);
}

function selected({ db, tables: { winnings } }: Session) {
  const { id, userId, auctionId, product, price, weight, isSold, createdAtMs, updatedAtMs } = winnings;
  return db
    .select({ id, userId, auctionId, product, price, weight, isSold, createdAtMs, updatedAtMs })
    .from(winnings);
}
