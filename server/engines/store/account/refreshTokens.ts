import { eq } from 'drizzle-orm';
import type { RefreshToken } from '../../../domain/account/authStore.ts';
import type { Session } from '../database.ts';

/** What became of a refresh token that was to be used up. */
export type Rotation =
  { readonly kind: 'rotated'; readonly userId: number } | { readonly kind: 'reused' | 'unknown' };

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
  { db, tables: { refreshFamilies, refreshTokens }, dialect }: Session,
  hash: string,
  next: { readonly hash: string; readonly expiresAtMs: number },
  nowMs: number,
): Promise<Rotation> {
  const isFamily = eq(refreshFamilies.id, refreshTokens.familyId);
  const [row] = await dialect.forUpdate(
    db
      .select({ token: refreshTokens, family: refreshFamilies })
      .from(refreshTokens)
      .innerJoin(refreshFamilies, isFamily)
      .where(eq(refreshTokens.hash, hash)),
  );
  if (row === undefined) return { kind: 'unknown' };
  const { token, family } = row;
  if (nowMs >= token.expiresAtMs || family.revokedAtMs !== null) return { kind: 'unknown' };
  if (token.usedAtMs !== null) {
    await db.update(refreshFamilies).set({ revokedAtMs: nowMs }).where(eq(refreshFamilies.id, family.id));
    return { kind: 'reused' };
  }
  await db.update(refreshTokens).set({ usedAtMs: nowMs }).where(eq(refreshTokens.hash, hash));
  await db.insert(refreshTokens).values({ ...next, familyId: family.id, createdAtMs: nowMs });
  return { kind: 'rotated', userId: family.userId };
}
