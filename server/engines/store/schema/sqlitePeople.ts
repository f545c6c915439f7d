import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Role, UserType } from '../../../domain/account/account.ts';

// The twin of mysqlPeople.ts.

/** `email` is empty, `number` and `profile` (a picture's name) null for those who have none. */
export const users = sqliteTable('users', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  username: text('username').notNull().unique('users_username'),
  email: text('email').notNull(),
  role: text('role').$type<Role>().notNull(),
  isBlocked: integer('is_blocked', { mode: 'boolean' }).notNull(),
  createdAtMs: integer('created_at').notNull(),
  name: text('name').notNull().default(''),
  type: text('type').$type<UserType>().notNull().default('Normal'),
  number: text('number').unique('users_number'),
  profile: text('profile'),
  coins: integer('coins').notNull().default(0),
});

/** What buyers see of a seller beside the name. */
export const sellers = sqliteTable(
  'sellers',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    brandName: text('brand_name'),
    biography: text('biography'),
    isVerified: integer('is_verified', { mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId], name: 'sellers_pk' })],
);

/** Opaque tokens; only their SHA-256 is kept. */
export const tokens = sqliteTable(
  'tokens',
  {
    hash: text('hash').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    expiresAtMs: integer('expires_at'),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [index('tokens_user').on(table.userId)],
);

/**
 * The newest code that was sent to each number; only its hash is kept. `wrongCodes` counts since the last login,
 * `untoldWrongCodes` those of them that no message has told of.
 */
export const otpCodes = sqliteTable('otp_codes', {
  number: text('number').primaryKey(),
  codeHash: text('code_hash').notNull(),
  tries: integer('tries').notNull(),
  expiresAtMs: integer('expires_at').notNull(),
  createdAtMs: integer('created_at').notNull(),
  wrongCodes: integer('wrong_codes').notNull().default(0),
  untoldWrongCodes: integer('untold_wrong_codes').notNull().default(0),
  lockedUntilMs: integer('locked_until').notNull().default(0),
});

/** The messages of the last day, sent or tried. */
export const otpMessages = sqliteTable(
  'otp_messages',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    number: text('number').notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [
    index('otp_messages_number').on(table.number, table.createdAtMs),
    index('otp_messages_created_at').on(table.createdAtMs),
  ],
);

/** All refresh tokens that came from one sign-in. Locked while one of them is used. */
export const refreshFamilies = sqliteTable('refresh_families', {
  id: text('id').primaryKey(),
  userId: integer('user_id')
    .notNull()
    .references(() => users.id),
  revokedAtMs: integer('revoked_at'),
});

/** Refresh tokens; only their hashes are kept. */
export const refreshTokens = sqliteTable('refresh_tokens', {
  hash: text('hash').primaryKey(),
  familyId: text('family_id')
    .notNull()
    .references(() => refreshFamilies.id),
  usedAtMs: integer('used_at'),
  expiresAtMs: integer('expires_at').notNull(),
  createdAtMs: integer('created_at').notNull(),
});
