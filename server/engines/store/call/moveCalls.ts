import { and, eq, sql } from 'drizzle-orm';
import { type Call, isUnderWay, type NewCall } from '../../../domain/call/call.ts';
import type { CallDeadlineKind } from '../../../domain/deadline.ts';
import type { StartCallResult, CallMove } from '../../../domain/call/store.ts';
import type { Session } from '../database.ts';
import { insertRows } from '../rows.ts';
import { clearDeadlines, setDeadlines } from '../deadline/deadlines.ts';
import { addRoomClosing } from '../outbox/outbox.ts';

const DEADLINE_KINDS: readonly CallDeadlineKind[] = [
  'call_unanswered',
  'call_caller_absent',
  'call_telecaller_absent',
];

/**
 * Begins a call. Beginnings with a user in common take turns at the rows of both users,
 * which are locked in the order of ids: in whatever roles they meet, no two wait for each other.
 */
export async function beginCall(
  session: Session,
  call: NewCall,
  unansweredAtMs: number | null,
): Promise<StartCallResult> {
  const { caller, telecaller, ...rest } = call;
  for (const userId of [caller.id, telecaller.id].sort((left, right) => left - right)) {
    await lockUser(session, userId);
  }
  if (await isBusy(session, telecaller.id)) return { kind: 'telecaller_busy' };
  if (await isBusy(session, caller.id)) return { kind: 'caller_busy' };
  const { tables } = session;
  const state = {
    status: 'RINGING',
    acceptedAtMs: null,
    endedAtMs: null,
    isRoomUsed: false,
    durationSeconds: 0,
    coins: 0,
  } as const;
  const row = { ...rest, ...state, callerId: caller.id, telecallerId: telecaller.id };
  const [id = 0] = await insertRows(session, tables.calls, [row]);
  const sides = [caller, telecaller].map((side) => ({ userId: side.id, callId: id }));
  await insertRows(session, tables.activeCalls, sides);
  if (unansweredAtMs !== null) {
    await setDeadlines(session, [{ kind: 'call_unanswered', subjectId: id, dueAtMs: unansweredAtMs }]);
  }
  return { kind: 'begun', call: { ...call, ...state, id } };
}

/**
 * Takes a call to its next state. The caller's row is locked last: a beginning that holds it waits for nothing
 * that is locked here.
 */
export async function moveCall(session: Session, move: CallMove): Promise<boolean> {
  const { to } = move;
  if (!(await hasLeft(session, move))) return false;
  await changePresence(session, move);
  await clearDeadlines(session, DEADLINE_KINDS, to.id);
  await setDeadlines(session, move.deadlines);
  if (!isUnderWay(to)) await release(session, to);
  if (move.closesRoom) {
    const createdAtMs = to.endedAtMs ?? to.createdAtMs;
    await addRoomClosing(session, { userId: to.caller.id, callId: to.callId, createdAtMs });
  }
  return true;
}

/** Stores that someone was in the room of an accepted call. */
export async function markRoomUsed({ db, tables: { calls } }: Session, id: number): Promise<void> {
  const isAccepted = and(eq(calls.id, id), eq(calls.status, 'ACCEPTED'));
  await db.update(calls).set({ isRoomUsed: true }).where(isAccepted);
}

/** Takes the call from the state it was in to the next, if it is in that state still. */
async function hasLeft(
  { db, tables: { calls }, dialect }: Session,
  { from, to: { id, status, acceptedAtMs, endedAtMs, durationSeconds, coins } }: CallMove,
): Promise<boolean> {
  const result = await db
    .update(calls)
    .set({ status, acceptedAtMs, endedAtMs, durationSeconds, coins })
    .where(and(eq(calls.id, id), eq(calls.status, from)));
  return dialect.rowsOf(result) > 0;
}

/** Who has gone meanwhile stays OFFLINE. */
async function changePresence({ db, tables }: Session, { from, to }: CallMove): Promise<void> {
  const isOnCall = to.status === 'ACCEPTED';
  if (isOnCall === (from === 'ACCEPTED')) return;
  const { telecallers } = tables;
  const [before, presence] = isOnCall ? (['ONLINE', 'ON_CALL'] as const) : (['ON_CALL', 'ONLINE'] as const);
  await db
    .update(telecallers)
    .set({ presence })
    .where(and(eq(telecallers.userId, to.telecaller.id), eq(telecallers.presence, before)));
}

/** Both sides are free, and the caller pays. Row by row: a condition on both may look at the rows of other calls. */
async function release(
  { db, tables: { activeCalls, users } }: Session,
  { caller, telecaller, coins }: Call,
): Promise<void> {
  for (const { id } of [caller, telecaller]) await db.delete(activeCalls).where(eq(activeCalls.userId, id));
  if (coins === 0) return;
  await db
    .update(users)
    .set({ coins: sql`${users.coins} - ${coins}` })
    .where(eq(users.id, caller.id));
}

async function lockUser({ db, tables: { users }, dialect }: Session, id: number): Promise<void> {
  await dialect.forUpdate(db.select({ id: users.id }).from(users).where(eq(users.id, id)));
}

async function isBusy({ db, tables: { activeCalls } }: Session, userId: number): Promise<boolean> {
  const rows = await db
    .select({ callId: activeCalls.callId })
    .from(activeCalls)
    .where(eq(activeCalls.userId, userId));
  return rows.length > 0;
}
