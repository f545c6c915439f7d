import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { CallStatus, CallType } from '../../../domain/call/call.ts';
import type { TelecallerPresence } from '../../../domain/call/telecaller.ts';
import { users } from './sqlitePeople.ts';

// The twin of mysqlCalls.ts.

/** What a telecaller has beside the user's row; rates are null where the house's hold. */
export const telecallers = sqliteTable(
  'telecallers',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    language: text('language').notNull(),
    about: text('about').notNull(),
    isApproved: integer('is_approved', { mode: 'boolean' }).notNull(),
    audioCoinsPerMinute: integer('audio_coins_per_minute'),
    videoCoinsPerMinute: integer('video_coins_per_minute'),
    presence: text('presence').$type<TelecallerPresence>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId], name: 'telecallers_pk' })],
);

export const calls = sqliteTable(
  'calls',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    callId: text('call_id').notNull().unique('calls_call_id'),
    callerId: integer('caller_id')
      .notNull()
      .references(() => users.id),
    telecallerId: integer('telecaller_id')
      .notNull()
      .references(() => users.id),
    type: text('type').$type<CallType>().notNull(),
    status: text('status').$type<CallStatus>().notNull(),
    coinsPerMinute: integer('coins_per_minute').notNull(),
    createdAtMs: integer('created_at').notNull(),
    acceptedAtMs: integer('accepted_at'),
    endedAtMs: integer('ended_at'),
    durationSeconds: integer('duration_seconds').notNull(),
    coins: integer('coins').notNull(),
  },
  (table) => [
    index('calls_caller').on(table.callerId, table.id),
    index('calls_telecaller').on(table.telecallerId, table.id),
  ],
);

/** Both sides of every call that is under way: nobody can stand here twice. */
export const activeCalls = sqliteTable(
  'active_calls',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    callId: integer('call_id')
      .notNull()
      .references(() => calls.id),
  },
  (table) => [
    primaryKey({ columns: [table.userId], name: 'active_calls_pk' }),
    index('active_calls_call').on(table.callId),
  ],
);
