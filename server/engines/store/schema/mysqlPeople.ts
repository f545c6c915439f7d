import { boolean, index, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import type { Role, UserType } from '../../../domain/account/account.ts';
import { id, line, prose, whole } from './mysqlColumns.ts';

// The twin of sqlitePeople.ts.

/** `email` is empty, `number` and `profile` (a picture's name) null for those who have none. */
export const users = mysqlTable('users', {
  id: id(),
  username: line('username', { length: 150 }).notNull().unique('users_username'),
  email: line('email', { length: 254 }).notNull(),
  role: line('role', { length: 16 }).$type<Role>().notNull(),
  isBlocked: boolean('is_blocked').notNull(),
  createdAtMs: whole('created_at').notNull(),
  name: line('name', { length: 150 }).notNull().default(''),
  type: line('type', { length: 16 }).$type<UserType>().notNull().default('Normal'),
  number: line('number', { length: 32 }).unique('users_number'),
  profile: line('profile', { length: 200 }),
  coins: whole('coins').notNull().default(0),
});

/** What buyers see of a seller beside the name. */
export const sellers = mysqlTable(
  'sellers',
  {
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    brandName: line('brand_name', { length: 200 }),
    biography: prose('biography'),
    isVerified: boolean('is_verified').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId], name: 'sellers_pk' })],
);

/** Opaque tokens; only their SHA-256 is kept. */
export const tokens = mysqlTable(
  'tokens',
  {
    hash: line('hash', { length: 64 }).primaryKey(),
    userId: whole('user_id')
      .notNull()
      .references(() => users.id),
    expiresAtMs: whole('expires_at'),
    createdAtMs: whole('created_at').notNull(),
  },
  (table) => [index('tokens_user').on(table.userId)],
);

/**
 * The newest code that was sent to each number; only its hash is kept. `wrongCodes` counts since the last login,
 * `untoldWrongCodes` those of them that no message has told of.
 */
export const otpCodes = mysqlTable('otp_codes', {
  number: line('number', { length: 32 }).primaryKey(),
  codeHash: line('code_hash', { length: 64 }).notNull(),
  tries: whole('tries').notNull(),
  expiresAtMs: whole('expires_at').notNull(),
  createdAtMs: whole('created_at').notNull(),
  wrongCodes: whole('wrong_codes').notNull().default(0),
  untoldWrongCodes: whole('untold_wrong_codes').notNull().default(0),
  lockedUntilMs: whole('locked_until').notNull().default(0),
});

/** The messages of the last day, sent or tried. */
export const otpMessages = mysqlTable(
  'otp_messages',
  {
    id: id(),
    number: line('number', { length: 32 }).notNull(),
    createdAtMs: whole('created_at').notNull(),
  },
  (table) => [
    index('otp_messages_number').on(table.number, table.createdAtMs),
    index('otp_messages_created_at').on(table.createdAtMs),
  ],
);

/** All refresh tokens that came from one sign-in. Locked while one of them is used. */
export const refreshFamilies = mysqlTable('refresh_families', {
  id: line('id', { length: 64 }).primaryKey(),
  userId: whole('user_id')
    .notNull()
    .references(() => users.id),
  revokedAtMs: whole('revoked_at'),
});

/** Refresh tokens; only their hashes are kept. */
export const refreshTokens = mysqlTable('refresh_tokens', {
  hash: line('hash', { length: 64 }).primaryKey(),
  familyId: line('family_id', { length: 64 })
    .notNull()
    .references(() => refreshFamilies.id),
  usedAtMs: whole('used_at'),
  expiresAtMs: whole('expires_at').notNull(),
  createdAtMs: whole('created_at').notNull(),
});
