import { and, asc, count, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import type { AuctionChange } from '../../../domain/auction/ledger/change.ts';
import type { BackendCall } from '../../../domain/notification/backendCall.ts';
import type { Letter, NewLetter, OutbidLetter } from '../../../domain/notification/notification.ts';
import type { OutboxJob } from '../../../domain/outboxStore.ts';
import type { Session } from '../database.ts';
import { gathered, insertRows } from '../rows.ts';
import { OPEN } from './inOrder.ts';
import type { Tables } from '../schema/index.ts';
import type { OutboxStatus, RoomClosing } from '../schema/deliveryTables.ts';

type Content = Letter | BackendCall | RoomClosing;

/** The longest error text that is kept. */
const MAX_ERROR_LENGTH = 500;

/** The rows of letters and calls that are put on their way, due at once. */
export function outboxRows(changes: readonly Pick<AuctionChange, 'letters' | 'backendCalls'>[]) {
  const letters = gathered(changes, (change) => change.letters);
  const backendCalls = gathered(changes, (change) => change.backendCalls);
  return [
    ...letters.map(({ letter, ...row }) => rowOf({ ...row, content: letter })),
    ...backendCalls.map(({ call, ...row }) => rowOf({ ...row, content: call, gatherKey: orderKeyOf(call) })),
  ];
}

/** Calls with the same key are told one after the other; `null`: in any order. */
function orderKeyOf(call: BackendCall): string | null {
  return call.kind === 'ring_event' ? `ring:${call.ringId}` : null;
}

/** Puts the order to close a room on its way, due at once. It concerns no auction. */
export async function addRoomClosing(
  session: Session,
  { callId, ...row }: { readonly userId: number; readonly callId: string; readonly createdAtMs: number },
): Promise<void> {
  const content = { kind: 'close_room', callId } as const;
  await insertRows(session, session.tables.outbox, [
    rowOf({ ...row, auctionId: 0, content, gatherKey: null }),
  ]);
}

/** What stands in the rows of {@link outboxRows}. */
export const OUTBOX_ROW = [
  'userId',
  'auctionId',
  'kind',
  'data',
  'gatherKey',
  'status',
  'dueAtMs',
  'attempts',
  'wasPutOff',
  'createdAtMs',
] as const;

function rowOf(item: Omit<NewLetter, 'letter'> & { readonly content: Content }) {
  const { userId, auctionId, content, gatherKey, createdAtMs } = item;
  const { kind, ...data } = content;
  return {
    userId,
    auctionId,
    kind,
    data: JSON.stringify(data),
    gatherKey,
    status: 'pending' as const,
    dueAtMs: createdAtMs,
    attempts: 0,
    wasPutOff: false,
    createdAtMs,
  };
}

/** Finds when the next pending row is due. */
export async function nextJobAtMs({ db, tables: { outbox } }: Session): Promise<number | null> {
  const [row] = await db
    .select({ dueAtMs: outbox.dueAtMs })
    .from(outbox)
    .where(eq(outbox.status, 'pending'))
    .orderBy(asc(outbox.dueAtMs))
    .limit(1);
  return row?.dueAtMs ?? null;
}

/** Puts claimed rows back. */
export async function unclaim({ db, tables: { outbox } }: Session, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(outbox)
    .set({ status: 'pending', claimedAtMs: null })
    .where(and(inArray(outbox.id, [...ids]), eq(outbox.status, 'queued')));
}

/** Puts rows back that were claimed long ago; gives their number. */
export async function reclaimForgotten(
  { db, tables: { outbox }, dialect }: Session,
  queuedBeforeMs: number,
): Promise<number> {
  const result = await db
    .update(outbox)
    .set({ status: 'pending', claimedAtMs: null })
    .where(and(eq(outbox.status, 'queued'), lt(outbox.claimedAtMs, queuedBeforeMs)));
  return dialect.rowsOf(result);
}

/** Brings times forward that a clock wrote which was ahead; gives the number of rows. */
export async function pullBack(
  { db, tables: { outbox }, dialect }: Session,
  nowMs: number,
  latestDueAtMs: number,
): Promise<number> {
  const due = await db
    .update(outbox)
    .set({ dueAtMs: nowMs })
    .where(and(eq(outbox.status, 'pending'), gt(outbox.dueAtMs, latestDueAtMs)));
  const claimed = await db
    .update(outbox)
    .set({ claimedAtMs: nowMs })
    .where(and(eq(outbox.status, 'queued'), gt(outbox.claimedAtMs, nowMs)));
  return dialect.rowsOf(due) + dialect.rowsOf(claimed);
}

/** Reads what a queued row asks for, an outbid letter as it is true now. */
export async function outboxJob(session: Session, id: number, nowMs: number): Promise<OutboxJob | null> {
  const { db, tables } = session;
  const { outbox, users, auctions, liveSales } = tables;
  const [row] = await db
    .select({
      id: outbox.id,
      userId: outbox.userId,
      auctionId: outbox.auctionId,
      kind: outbox.kind,
      data: outbox.data,
      auction: auctions,
      recipient: { username: users.username, email: users.email },
      attempts: outbox.attempts,
      createdAtMs: outbox.createdAtMs,
      externalId: liveSales.externalId,
    })
    .from(outbox)
    .leftJoin(users, eq(users.id, outbox.userId))
    .leftJoin(auctions, eq(auctions.id, outbox.auctionId))
    .leftJoin(liveSales, eq(liveSales.auctionId, outbox.auctionId))
    .where(and(eq(outbox.id, id), eq(outbox.status, 'queued')));
  if (row === undefined) return null;
  const { kind, data, userId, auctionId, auction, recipient, externalId, ...job } = row;
  // The row was made by `rowOf`.
  const content = { kind, ...(JSON.parse(data) as object) } as Content;
  if (content.kind === 'ring_closed' || content.kind === 'ring_event') {
    return { ...job, type: 'backend_call', externalId, call: content };
  }
  if (content.kind === 'close_room') return { ...job, type: 'close_room', callId: content.callId };
  const letter =
    content.kind === 'outbid' && auction !== null ? outbidNow(content, auction, userId, nowMs) : content;
  if (letter === 'superseded') await supersede(session, id);
  if (letter === 'superseded' || letter === 'too_late') return null;
  return recipient && { ...job, type: 'letter', auctionId, letter, recipient };
}

/**
 * An outbid letter as it is true now. `superseded`: it would not be true. `too_late`: its auction is about to end, which
 * leads to another letter.
 */
function outbidNow(
  letter: OutbidLetter,
  auction: Tables['auctions']['$inferSelect'],
  userId: number,
  nowMs: number,
): OutbidLetter | 'superseded' | 'too_late' {
  if (auction.status !== 'active') return 'superseded';
  // The price of a live sale is that of its round, and the letter may be about an earlier one.
  if (auction.kind === 'live') return letter;
  if (auction.endTimeMs <= nowMs) return 'too_late';
  return auction.leaderId === userId ? 'superseded' : { ...letter, amount: auction.currentPrice };
}

/** As if it had never been claimed: the next letter to its reader need not wait. */
async function supersede({ db, tables: { outbox } }: Session, id: number): Promise<void> {
  await db
    .update(outbox)
    .set({ status: 'superseded', claimedAtMs: null })
    .where(and(eq(outbox.id, id), eq(outbox.status, 'queued')));
}

/** Marks a row as delivered. */
export async function markSent(
  { db, tables: { outbox } }: Session,
  id: number,
  sentAtMs: number,
): Promise<void> {
  await db.update(outbox).set({ status: 'sent', sentAtMs }).where(eq(outbox.id, id));
}

/** Counts a failed attempt; the row is pending again. */
export function retryAt(session: Session, id: number, dueAtMs: number, error: string): Promise<void> {
  return countFailure(session, id, { status: 'pending', dueAtMs }, error);
}

/** Counts the last failed attempt; the row stays as it is. */
export function giveUp(session: Session, id: number, error: string): Promise<void> {
  return countFailure(session, id, { status: 'failed' }, error);
}

async function countFailure(
  { db, tables: { outbox } }: Session,
  id: number,
  outcome: { readonly status: OutboxStatus; readonly dueAtMs?: number },
  error: string,
): Promise<void> {
  await db
    .update(outbox)
    .set({
      ...outcome,
      attempts: sql`${outbox.attempts} + 1`,
      lastError: error.slice(0, MAX_ERROR_LENGTH),
    })
    .where(and(eq(outbox.id, id), eq(outbox.status, 'queued')));
}

/** Counts the rows that are pending, held or queued. */
export async function depth({ db, tables: { outbox } }: Session): Promise<number> {
  const [row] = await db.select({ count: count() }).from(outbox).where(inArray(outbox.status, OPEN));
  return row?.count ?? 0;
}
