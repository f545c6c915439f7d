import { boolean, index, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import type { CallStatus, CallType } from '../../../domain/call/call.ts';
import type { TelecallerPresence } from '../../../domain/call/telecaller.ts';
import { id, line, prose, whole } from './mysqlColumns.ts';
import { users } from './mysqlPeople.ts';

// The twin of sqliteCalls.ts.

/** What a telecaller has beside the user's row; rates are null where the house's hold. */
export const telecallers = mysqlTable(
  'telecallers',
  {
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    language: line('language', { length: 64 }).notNull(),
    about: prose('about').notNull(),
    isApproved: boolean('is_approved').notNull(),
    audioCoinsPerMinute: whole('audio_coins_per_minute'),
    videoCoinsPerMinute: whole('video_coins_per_minute'),
    presence: line('presence', { length: 16 }).$type<TelecallerPresence>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId], name: 'telecallers_pk' })],
);

export const calls = mysqlTable(
  'calls',
  {
    id: id(),
    callId: line('call_id', { length: 24 }).notNull().unique('calls_call_id'),
    callerId: whole('caller_id')
      .notNull()
      .references(() => users.id),
    telecallerId: whole('telecaller_id')
      .notNull()
      .references(() => users.id),
    type: line('type', { length: 16 }).$type<CallType>().notNull(),
    status: line('status', { length: 16 }).$type<CallStatus>().notNull(),
    coinsPerMinute: whole('coins_per_minute').notNull(),
    createdAtMs: whole('created_at').notNull(),
    acceptedAtMs: whole('accepted_at'),
    endedAtMs: whole('ended_at'),
    durationSeconds: whole('duration_seconds').notNull(),
    coins: whole('coins').notNull(),
  },
  (table) => [
    index('calls_caller').on(table.callerId, table.id),
    index('calls_telecaller').on(table.telecallerId, table.id),
  ],
);

/** Both sides of every call that is under way: nobody can stand here twice. */
export const activeCalls = mysqlTable(
  'active_calls',
  {
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    callId: whole('call_id')
      .notNull()
      .references(() => calls.id),
  },
  (table) => [
    primaryKey({ columns: [table.userId], name: 'active_calls_pk' }),
    index('active_calls_call').on(table.callId),
  ],
);
