import type { Role, UserType } from '../../../domain/account/account.ts';
import type { Columns } from './columns.ts';

/** Users and what is known of them. */
export function accountTables({
  table,
  id,
  integer,
  boolean,
  varchar,
  text,
  reference,
  index,
  primaryKey,
}: Columns) {
  /** `email` is empty, `number` and `profile` (a picture's name) null for those who have none. */
  const users = table('users', {
    id: id(),
    username: varchar('username', 150).notNull().unique('users_username'),
    email: varchar('email', 254).notNull(),
    role: varchar('role', 16).$type<Role>().notNull(),
    isBlocked: boolean('is_blocked').notNull(),
    createdAtMs: integer('created_at').notNull(),
    name: varchar('name', 150).notNull().default(''),
    type: varchar('type', 16).$type<UserType>().notNull().default('Normal'),
    number: varchar('number', 32).unique('users_number'),
    profile: varchar('profile', 200),
    coins: integer('coins').notNull().default(0),
  });

  /** What buyers see of a seller, without the name. */
  const sellers = table(
    'sellers',
    {
      userId: reference('user_id', () => users.id),
      brandName: varchar('brand_name', 200),
      biography: text('biography'),
      isVerified: boolean('is_verified').notNull(),
    },
    (table) => [primaryKey('sellers_pk', [table.userId])],
  );

  /** Opaque tokens; only their SHA-256 is kept. */
  const tokens = table(
    'tokens',
    {
      hash: varchar('hash', 64).primaryKey(),
      userId: reference('user_id', () => users.id),
      expiresAtMs: integer('expires_at'),
      createdAtMs: integer('created_at').notNull(),
    },
    (table) => [index('tokens_user').on(table.userId)],
  );

  return { users, sellers, tokens };
}

/** Codes that are sent to phones, refresh tokens, and what every process must learn of them at once. */
export function loginTables(
  { table, id, integer, varchar, reference, index }: Columns,
  { users }: AccountTables,
) {
  /**
   * The newest code that was sent to each number; only its hash is kept. `wrongCodes` counts since the last login,
   * `untoldWrongCodes` those of them that no message has told of.
   */
  const otpCodes = table('otp_codes', {
    number: varchar('number', 32).primaryKey(),
    codeHash: varchar('code_hash', 64).notNull(),
    tries: integer('tries').notNull(),
    expiresAtMs: integer('expires_at').notNull(),
    createdAtMs: integer('created_at').notNull(),
    wrongCodes: integer('wrong_codes').notNull().default(0),
    untoldWrongCodes: integer('untold_wrong_codes').notNull().default(0),
    lockedUntilMs: integer('locked_until').notNull().default(0),
  });

  /** The messages of the last day, sent or tried. */
  const otpMessages = table(
    'otp_messages',
    {
      id: id(),
      number: varchar('number', 32).notNull(),
      createdAtMs: integer('created_at').notNull(),
    },
    (table) => [
      index('otp_messages_number').on(table.number, table.createdAtMs),
      index('otp_messages_created_at').on(table.createdAtMs),
    ],
  );

  /** All refresh tokens that came from one sign-in. Locked while one of them is used. */
  const refreshFamilies = table('refresh_families', {
    id: varchar('id', 64).primaryKey(),
    userId: reference('user_id', () => users.id),
    revokedAtMs: integer('revoked_at'),
  });

  /** Refresh tokens; only their hashes are kept. */
  const refreshTokens = table('refresh_tokens', {
    hash: varchar('hash', 64).primaryKey(),
    familyId: varchar('family_id', 64)
      .notNull()
      .references(() => refreshFamilies.id),
    usedAtMs: integer('used_at'),
    expiresAtMs: integer('expires_at').notNull(),
    createdAtMs: integer('created_at').notNull(),
  });

  /**
   * What every process must learn at once, for a day: a login of that user has ended (`loginId` is its family), or the
   * user was blocked or is no longer (`loginId` is null).
   */
  const accountChanges = table(
    'account_changes',
    {
      id: id(),
      userId: reference('user_id', () => users.id),
      loginId: varchar('login_id', 64),
      createdAtMs: integer('created_at').notNull(),
    },
    (table) => [index('account_changes_created_at').on(table.createdAtMs)],
  );

  return { otpCodes, otpMessages, refreshFamilies, refreshTokens, accountChanges };
}

export type AccountTables = ReturnType<typeof accountTables>;
