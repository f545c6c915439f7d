import { and, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import type {
  CodeOffer,
  CodeRules,
  CodeVerdict,
  MessageBounds,
  NewCode,
} from '../../../domain/account/authStore.ts';
import type { Session } from '../database.ts';
import { upsertRows } from '../rows.ts';

/** How long messages are remembered. */
const DAY_MS = 24 * 60 * 60_000;
/** The most old messages that one offer removes: a few more than it adds are enough. */
const MAX_REMOVED = 100;
/** A number since whose last login no wrong code was tried. */
const NEVER_TRIED = { wrongCodes: 0, untoldWrongCodes: 0, lockedUntilMs: 0 } as const;

/** Keeps a fresh code unless its number is locked or has had its messages. */
export async function offerCode(session: Session, code: NewCode, bounds: MessageBounds): Promise<CodeOffer> {
  const { db, tables, dialect } = session;
  const { otpCodes, otpMessages } = tables;
  const { number, createdAtMs: nowMs } = code;
  // Now there is a row to take turns at, which for a first code is just old enough.
  const first = { ...code, tries: 0, createdAtMs: nowMs - bounds.pauseMs };
  await upsertRows(session, otpCodes, [first], ['number'], ['number']);
  const isCode = eq(otpCodes.number, number);
  const [known] = await dialect.forUpdate(db.select().from(otpCodes).where(isCode));
  const { lockedUntilMs, createdAtMs, untoldWrongCodes } = known ?? { ...first, ...NEVER_TRIED };
  if (nowMs < lockedUntilMs) return { kind: 'locked', untilMs: lockedUntilMs };
  const fullUntilMs = await messagesFullUntil(session, number, nowMs, bounds.windows);
  if (nowMs < fullUntilMs) return { kind: 'too_many', untilMs: fullUntilMs };
  const pausedUntilMs = createdAtMs + bounds.pauseMs;
  if (nowMs < pausedUntilMs) return { kind: 'too_soon', untilMs: pausedUntilMs };
  await db
    .update(otpCodes)
    .set({ ...code, tries: 0 })
    .where(isCode);
  await db.insert(otpMessages).values({ number, createdAtMs: nowMs });
  await removeOldMessages(session, nowMs - DAY_MS);
  return { kind: 'kept', wrongCodes: untoldWrongCodes };
}

/** Tries a code. A code that is used up stays, so that its age still counts. */
export async function redeemCode(
  { db, tables: { otpCodes }, dialect }: Session,
  number: string,
  codeHash: string,
  nowMs: number,
  { maxTries, lockMsAfter }: CodeRules,
): Promise<CodeVerdict> {
  const isCode = eq(otpCodes.number, number);
  const [code] = await dialect.forUpdate(db.select().from(otpCodes).where(isCode));
  if (code === undefined) return { kind: 'none' };
  if (nowMs < code.lockedUntilMs) return { kind: 'locked', untilMs: code.lockedUntilMs };
  if (nowMs >= code.expiresAtMs || code.tries >= maxTries) return { kind: 'none' };
  const isRight = code.codeHash === codeHash;
  const wrongCodes = code.wrongCodes + 1;
  const change = isRight
    ? { ...NEVER_TRIED, expiresAtMs: 0 }
    : {
        tries: code.tries + 1,
        wrongCodes,
        untoldWrongCodes: code.untoldWrongCodes + 1,
        lockedUntilMs: nowMs + lockMsAfter(wrongCodes),
      };
  await db.update(otpCodes).set(change).where(isCode);
  return { kind: isRight ? 'right' : 'wrong' };
}

/** Takes wrong codes that were told off those that are still to be told. */
export async function markWrongCodesTold(
  { db, tables: { otpCodes }, dialect }: Session,
  number: string,
  wrongCodes: number,
): Promise<void> {
  const isCode = eq(otpCodes.number, number);
  const [code] = await dialect.forUpdate(db.select().from(otpCodes).where(isCode));
  // A login meanwhile has forgotten them all.
  const untoldWrongCodes = Math.max(0, (code?.untoldWrongCodes ?? 0) - wrongCodes);
  await db.update(otpCodes).set({ untoldWrongCodes }).where(isCode);
}

/** When the last of the windows that are full has room again; 0 when none is full. */
async function messagesFullUntil(
  { db, tables: { otpMessages } }: Session,
  number: string,
  nowMs: number,
  windows: MessageBounds['windows'],
): Promise<number> {
  const most = Math.max(0, ...windows.map(({ maxMessages }) => maxMessages));
  if (most === 0) return 0;
  const messages = await db
    .select({ createdAtMs: otpMessages.createdAtMs })
    .from(otpMessages)
    .where(and(eq(otpMessages.number, number), gt(otpMessages.createdAtMs, nowMs - DAY_MS)))
    .orderBy(desc(otpMessages.createdAtMs))
    .limit(most);
  const untils = windows.map(({ maxMessages, lengthMs }) => {
    const oldest = messages[maxMessages - 1];
    return oldest === undefined ? 0 : oldest.createdAtMs + lengthMs;
  });
  return Math.max(0, ...untils);
}

/** Finds them first and removes them by their ids: a range would lock rows of other numbers. */
async function removeOldMessages({ db, tables: { otpMessages } }: Session, untilMs: number): Promise<void> {
  const old = await db
    .select({ id: otpMessages.id })
    .from(otpMessages)
    .where(lte(otpMessages.createdAtMs, untilMs))
    .orderBy(otpMessages.createdAtMs)
    .limit(MAX_REMOVED);
  if (old.length === 0) return;
  const ids = old.map(({ id }) => id).toSorted((left, right) => left - right);
  await db.delete(otpMessages).where(inArray(otpMessages.id, ids));
}
