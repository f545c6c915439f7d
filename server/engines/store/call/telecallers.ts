import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Telecaller, TelecallerStanding } from '../../../domain/call/telecaller.ts';
import type { TelecallerDetails } from '../../../domain/call/store.ts';
import type { PageByKey, RowsByKey } from '../../../domain/page.ts';
import type { Session } from '../database.ts';
import { upsertRows } from '../rows.ts';
import type { Tables } from '../schema/index.ts';
import { readByKey } from '../byKey.ts';

/** What either side of a call sees of that user: the username stands in for a name. */
export function partyColumns<Id, Profile>({ id, name, username, profile }: UserColumns<Id, Profile>) {
  return { id, name: sql<string>`coalesce(nullif(${name}, ''), ${username})`, profile };
}

/** The columns of users, under the alias they are joined by. */
interface UserColumns<Id, Profile> {
  readonly id: Id;
  readonly name: AnySQLiteColumn;
  readonly username: AnySQLiteColumn;
  readonly profile: Profile;
}

/** Finds a telecaller by the user id. */
export async function telecallerById(
  { db, tables }: Session,
  userId: number,
): Promise<TelecallerStanding | null> {
  const { telecallers, users, activeCalls } = tables;
  const [row] = await db
    .select({
      telecaller: telecallerColumns(tables),
      isApproved: telecallers.isApproved,
      isBlocked: users.isBlocked,
      coinsPerMinute: { AUDIO: telecallers.audioCoinsPerMinute, VIDEO: telecallers.videoCoinsPerMinute },
      activeCallId: activeCalls.callId,
    })
    .from(telecallers)
    .innerJoin(users, eq(users.id, telecallers.userId))
    .leftJoin(activeCalls, eq(activeCalls.userId, telecallers.userId))
    .where(eq(telecallers.userId, userId));
  if (row === undefined) return null;
  const { telecaller, activeCallId, ...standing } = row;
  return { ...telecaller, ...standing, isBusy: activeCallId !== null };
}

/** Lists telecallers that are approved and not blocked. */
export function listTelecallers(session: Session, page: PageByKey): Promise<RowsByKey<Telecaller>> {
  const { db, tables } = session;
  const { telecallers, users } = tables;
  return readByKey(
    session,
    {
      table: 'telecallers',
      key: 'user_id',
      parts: [
        {
          index: null,
          condition: 'is_approved = 1 AND (SELECT is_blocked FROM users WHERE users.id = user_id) = 0',
          values: [],
        },
      ],
      rows: (ids) =>
        db
          .select(telecallerColumns(tables))
          .from(telecallers)
          .innerJoin(users, eq(users.id, telecallers.userId))
          .where(inArray(telecallers.userId, [...ids]))
          .orderBy(desc(telecallers.userId)),
    },
    page,
  );
}

/** Makes a user a telecaller, or changes the details of one. */
export async function saveTelecaller(
  session: Session,
  userId: number,
  details: TelecallerDetails,
): Promise<void> {
  const { db, tables } = session;
  await db.update(tables.users).set({ role: 'telecaller' }).where(eq(tables.users.id, userId));
  const row = { userId, presence: 'OFFLINE' as const, ...details };
  const changed = [
    'language',
    'about',
    'isApproved',
    'audioCoinsPerMinute',
    'videoCoinsPerMinute',
  ] as const satisfies (keyof TelecallerDetails)[];
  await upsertRows(session, tables.telecallers, [row], ['userId'], changed);
}

/** Sets whether a telecaller is online; true when that changed. */
export async function setPresence(
  { db, tables: { telecallers }, dialect }: Session,
  telecallerId: number,
  presence: 'ONLINE' | 'OFFLINE',
): Promise<boolean> {
  const changes =
    presence === 'ONLINE' ? eq(telecallers.presence, 'OFFLINE') : ne(telecallers.presence, 'OFFLINE');
  const result = await db
    .update(telecallers)
    .set({ presence })
    .where(and(eq(telecallers.userId, telecallerId), changes));
  return dialect.rowsOf(result) > 0;
}

/** Sets all telecallers offline. */
export async function resetPresence({ db, tables: { telecallers } }: Session): Promise<void> {
  await db.update(telecallers).set({ presence: 'OFFLINE' }).where(ne(telecallers.presence, 'OFFLINE'));
}

function telecallerColumns({ users, telecallers: { language, about, presence } }: Tables) {
  return { ...partyColumns(users), username: users.username, language, about, presence };
}
