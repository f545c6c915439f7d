import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Winning } from '../../../domain/auction/catalogue/winnings.ts';
import type { PageByKey, RowsByKey } from '../../../domain/page.ts';
import type { Session } from '../database.ts';
import { readByKey } from '../byKey.ts';

/** Lists what a user won and what was won in the user's sales. A host's own are looked through whole: they stand with their auctions. */
export function listWinnings(session: Session, userId: number, page: PageByKey): Promise<RowsByKey<Winning>> {
  const { winnings } = session.tables;
  const values = [userId];
  return readByKey(
    session,
    {
      table: 'winnings',
      key: 'id',
      // Hosts cannot bid in their own sales: no winning is both.
      parts: [
        { index: 'winnings_user', condition: 'user_id = ?', values },
        {
          index: 'winnings_auction',
          condition: 'auction_id IN (SELECT id FROM auctions WHERE seller_id = ?)',
          values,
        },
      ],
      rows: (ids) =>
        selected(session)
          .where(inArray(winnings.id, [...ids]))
          .orderBy(desc(winnings.id)),
    },
    page,
  );
}

/** Marks a winning as sold or not, for the host of its sale. */
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
