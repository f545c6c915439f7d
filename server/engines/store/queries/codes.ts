import { and, eq, lte } from 'drizzle-orm';
import type { Session } from '../database.ts';
import { upsertRows } from '../rows.ts';

/** A code on its way to a phone. */
export interface OfferedCode {
  readonly number: string;
  readonly codeHash: string;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

/** The work of {@link AuthStore.offerCode}. */
export async function offerCode(session: Session, code: OfferedCode, pauseMs: number): Promise<boolean> {
  const { db, tables, dialect } = session;
  const { otpCodes } = tables;
  const latestMs = code.createdAtMs - pauseMs;
  // Now there is a row to take turns at, which for a first code is just old enough.
  const first = { ...code, tries: 0, createdAtMs: latestMs };
  await upsertRows(session, otpCodes, [first], ['number'], ['number']);
  const result = await db
    .update(otpCodes)
    .set({ ...code, tries: 0 })
    .where(and(eq(otpCodes.number, code.number), lte(otpCodes.createdAtMs, latestMs)));
  return dialect.rowsOf(result) > 0;
}

/** The work of {@link AuthStore.redeemCode}. A code that is used up stays, so that its age still counts. */
export async function redeemCode(
  { db, tables: { otpCodes }, dialect }: Session,
  number: string,
  codeHash: string,
  nowMs: number,
  maxTries: number,
): Promise<'right' | 'wrong' | 'none'> {
  const isCode = eq(otpCodes.number, number);
  const [code] = await dialect.forUpdate(db.select().from(otpCodes).where(isCode));
  if (code === undefined || nowMs >= code.expiresAtMs || code.tries >= maxTries) return 'none';
  const isRight = code.codeHash === codeHash;
  await db
    .update(otpCodes)
    .set(isRight ? { expiresAtMs: 0 } : { tries: code.tries + 1 })
    .where(isCode);
  return isRight ? 'right' : 'wrong';
}
