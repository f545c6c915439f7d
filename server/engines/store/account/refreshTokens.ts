import { eq } from 'drizzle-orm';
import type { RefreshToken } from '../../../domain/account/authStore.ts';
import type { Session } from '../database.ts';
import { addChange } from './accountChanges.ts';

/** What became of a refresh token that was to be used up. */
export type Rotation =
  | { readonly kind: 'rotated'; readonly userId: number; readonly familyId: string }
  | { readonly kind: 'reused' | 'unknown' };

/** Stores the first token of a new family. */
export async function addRefreshToken(
  { db, tables: { refreshFamilies, refreshTokens } }: Session,
  { familyId, userId, ...token }: RefreshToken,
): Promise<void> {
  await db.insert(refreshFamilies).values({ id: familyId, userId });
  await db.insert(refreshTokens).values({ ...token, familyId });
}

/** Uses a token up and stores the next. Tokens of one family take turns at its row. */
export async function rotateRefreshToken(
  session: Session,
  hash: string,
  next: { readonly hash: string; readonly expiresAtMs: number },
  nowMs: number,
): Promise<Rotation> {
  const {
    db,
    tables: { refreshTokens },
  } = session;
  const row = await lockToken(session, hash);
  if (row === undefined) return { kind: 'unknown' };
  const { token, family } = row;
  if (nowMs >= token.expiresAtMs || family.revokedAtMs !== null) return { kind: 'unknown' };
  if (token.usedAtMs !== null) {
    await revoke(session, family, nowMs);
    return { kind: 'reused' };
  }
  await db.update(refreshTokens).set({ usedAtMs: nowMs }).where(eq(refreshTokens.hash, hash));
  await db.insert(refreshTokens).values({ ...next, familyId: family.id, createdAtMs: nowMs });
  return { kind: 'rotated', userId: family.userId, familyId: family.id };
}

/** Ends the family of a token, used up or expired or not. Nothing where there is none, or where it has ended. */
export async function endLogin(session: Session, hash: string, nowMs: number): Promise<void> {
  const row = await lockToken(session, hash);
  if (row?.family.revokedAtMs === null) await revoke(session, row.family, nowMs);
}

/** Finds a token with its family, and holds both until the transaction ends. */
async function lockToken({ db, tables: { refreshFamilies, refreshTokens }, dialect }: Session, hash: string) {
  const isFamily = eq(refreshFamilies.id, refreshTokens.familyId);
  const [row] = await dialect.forUpdate(
    db
      .select({ token: refreshTokens, family: refreshFamilies })
      .from(refreshTokens)
      .innerJoin(refreshFamilies, isFamily)
      .where(eq(refreshTokens.hash, hash)),
  );
  return row;
}

/** Ends a family, and has every process learn of it. */
async function revoke(
  session: Session,
  { id, userId }: { readonly id: string; readonly userId: number },
  nowMs: number,
): Promise<void> {
  const {
    db,
    tables: { refreshFamilies },
  } = session;
  await db.update(refreshFamilies).set({ revokedAtMs: nowMs }).where(eq(refreshFamilies.id, id));
  await addChange(session, { userId, loginId: id }, nowMs);
}
