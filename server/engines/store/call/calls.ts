import { and, desc, eq, inArray } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Call } from '../../../domain/call/call.ts';
import type { PageByKey, RowsByKey } from '../../../domain/page.ts';
import type { Session } from '../database.ts';
import { readByKey } from '../byKey.ts';
import { partyColumns } from './telecallers.ts';

/** Finds a call by its number. */
export async function callById(session: Session, id: number): Promise<Call | null> {
  const [call] = await selected(session).where(eq(session.tables.calls.id, id));
  return call ?? null;
}

/** Finds a call by its public id. */
export async function callByCallId(session: Session, callId: string): Promise<Call | null> {
  const [call] = await selected(session).where(eq(session.tables.calls.callId, callId));
  // MySQL takes names that differ in spaces at the end for equal.
  return call?.callId === callId ? call : null;
}

/** Finds the call that a user is in. */
export async function callUnderWayOf(session: Session, userId: number): Promise<Call | null> {
  const { activeCalls, calls } = session.tables;
  const [call] = await selected(session)
    .innerJoin(activeCalls, eq(activeCalls.callId, calls.id))
    .where(eq(activeCalls.userId, userId));
  return call ?? null;
}

/** Finds all calls that are under way. */
export async function callsUnderWay(session: Session): Promise<readonly Call[]> {
  const { activeCalls, calls } = session.tables;
  const isTheCallers = and(eq(activeCalls.callId, calls.id), eq(activeCalls.userId, calls.callerId));
  return selected(session).innerJoin(activeCalls, isTheCallers).orderBy(calls.id);
}

/** Lists the calls of a user, on either side. */
export function listCalls(session: Session, userId: number, page: PageByKey): Promise<RowsByKey<Call>> {
  const { calls } = session.tables;
  const values = [userId];
  return readByKey(
    session,
    {
      table: 'calls',
      key: 'id',
      parts: [
        { index: 'calls_caller', condition: 'caller_id = ?', values },
        { index: 'calls_telecaller', condition: 'telecaller_id = ?', values },
      ],
      rows: (ids) =>
        selected(session)
          .where(inArray(calls.id, [...ids]))
          .orderBy(desc(calls.id)),
    },
    page,
  );
}

/** Reads how many coins a user has. */
export async function coinBalance({ db, tables: { users } }: Session, userId: number): Promise<number> {
  const [row] = await db.select({ coins: users.coins }).from(users).where(eq(users.id, userId));
  return row?.coins ?? 0;
}

function selected({ db, tables: { calls, users } }: Session) {
  const callers = alias(users, 'callers');
  const telecallers = alias(users, 'called');
  return db
    .select({
      id: calls.id,
      callId: calls.callId,
      caller: partyColumns(callers),
      telecaller: partyColumns(telecallers),
      type: calls.type,
      status: calls.status,
      coinsPerMinute: calls.coinsPerMinute,
      createdAtMs: calls.createdAtMs,
      acceptedAtMs: calls.acceptedAtMs,
      endedAtMs: calls.endedAtMs,
      isRoomUsed: calls.isRoomUsed,
      durationSeconds: calls.durationSeconds,
      coins: calls.coins,
    })
    .from(calls)
    .innerJoin(callers, eq(callers.id, calls.callerId))
    .innerJoin(telecallers, eq(telecallers.id, calls.telecallerId));
}
