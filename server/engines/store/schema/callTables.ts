import type { CallStatus, CallType } from '../../../domain/call/call.ts';
import type { TelecallerPresence } from '../../../domain/call/telecaller.ts';
import type { AccountTables } from './accountTables.ts';
import type { Columns } from './columns.ts';

/** Telecallers and their calls. */
export function callTables(
  { table, id, integer, boolean, varchar, text, reference, index, primaryKey }: Columns,
  { users }: AccountTables,
) {
  /** What a telecaller has in addition to the user's row; rates are null where the default ones hold. */
  const telecallers = table(
    'telecallers',
    {
      userId: reference('user_id', () => users.id),
      language: varchar('language', 64).notNull(),
      about: text('about').notNull(),
      isApproved: boolean('is_approved').notNull(),
      audioCoinsPerMinute: integer('audio_coins_per_minute'),
      videoCoinsPerMinute: integer('video_coins_per_minute'),
      presence: varchar('presence', 16).$type<TelecallerPresence>().notNull(),
    },
    (table) => [primaryKey('telecallers_pk', [table.userId])],
  );

  const calls = table(
    'calls',
    {
      id: id(),
      callId: varchar('call_id', 24).notNull().unique('calls_call_id'),
      callerId: reference('caller_id', () => users.id),
      telecallerId: reference('telecaller_id', () => users.id),
      type: varchar('type', 16).$type<CallType>().notNull(),
      status: varchar('status', 16).$type<CallStatus>().notNull(),
      coinsPerMinute: integer('coins_per_minute').notNull(),
      createdAtMs: integer('created_at').notNull(),
      acceptedAtMs: integer('accepted_at'),
      endedAtMs: integer('ended_at'),
      isRoomUsed: boolean('is_room_used').notNull().default(false),
      durationSeconds: integer('duration_seconds').notNull(),
      coins: integer('coins').notNull(),
    },
    (table) => [
      index('calls_caller').on(table.callerId, table.id),
      index('calls_telecaller').on(table.telecallerId, table.id),
    ],
  );

  /** Both sides of every call that is under way: a user has one row at most. */
  const activeCalls = table(
    'active_calls',
    {
      userId: reference('user_id', () => users.id),
      callId: reference('call_id', () => calls.id),
    },
    (table) => [primaryKey('active_calls_pk', [table.userId]), index('active_calls_call').on(table.callId)],
  );

  return { telecallers, calls, activeCalls };
}
