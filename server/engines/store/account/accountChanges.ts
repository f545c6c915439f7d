import { asc, eq, gt, inArray, lte } from 'drizzle-orm';
import type { AccountChange } from '../../../domain/account/account.ts';
import type { Session } from '../database.ts';

/** How long changes stay: longer than any access token of ours is good for. */
const DAY_MS = 24 * 60 * 60_000;
/** The most old changes that a new one removes. */
const MAX_REMOVED = 100;

/** Blocks a user, or lifts the block; false where there is no such user. */
export async function setBlocked(
  session: Session,
  userId: number,
  isBlocked: boolean,
  nowMs: number,
): Promise<boolean> {
  const { db, tables, dialect } = session;
  const result = await db.update(tables.users).set({ isBlocked }).where(eq(tables.users.id, userId));
  if (dialect.rowsOf(result) === 0) return false;
  await addChange(session, { userId, loginId: null }, nowMs);
  return true;
}

/** Keeps a change for every process, and forgets those that are a day old. */
export async function addChange(
  session: Session,
  change: Pick<AccountChange, 'userId' | 'loginId'>,
  createdAtMs: number,
): Promise<void> {
  const { db, tables } = session;
  await db.insert(tables.accountChanges).values({ ...change, createdAtMs });
  await removeOldChanges(session, createdAtMs - DAY_MS);
}

/** Lists the changes after that id, oldest first, with whether their users are blocked now. */
export async function changesAfter(
  { db, tables: { accountChanges, users } }: Session,
  changeId: number,
  limit: number,
): Promise<AccountChange[]> {
  const { id, userId, loginId } = accountChanges;
  return db
    .select({ id, userId, loginId, isBlocked: users.isBlocked })
    .from(accountChanges)
    .innerJoin(users, eq(users.id, userId))
    .where(gt(id, changeId))
    .orderBy(asc(id))
    .limit(limit);
}

/** Finds them first and removes them by their ids: a range would lock the rows of others. */
async function removeOldChanges({ db, tables: { accountChanges } }: Session, untilMs: number): Promise<void> {
  const old = await db
    .select({ id: accountChanges.id })
    .from(accountChanges)
    .where(lte(accountChanges.createdAtMs, untilMs))
    .orderBy(accountChanges.createdAtMs)
    .limit(MAX_REMOVED);
  if (old.length === 0) return;
  const ids = old.map((change) => change.id).toSorted((left, right) => left - right);
  await db.delete(accountChanges).where(inArray(accountChanges.id, ids));
}
