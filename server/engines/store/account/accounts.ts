import { eq, sql } from 'drizzle-orm';
import type { Account, Role, TokenRecord, UserType } from '../../../domain/account/account.ts';
import type { Session } from '../database.ts';
import { chunksOf } from '../rows.ts';
import type { Tables } from '../schema/index.ts';

/** What everyone may see of a user. */
export function profileColumns({ id, username, name, type, number }: Tables['users']) {
  return { id, username, name, type, number: sql<string>`coalesce(${number}, '')` };
}

/** Finds a user by the id. */
export async function accountById(session: Session, userId: number): Promise<Account | null> {
  const [account] = await accounts(session).where(eq(session.tables.users.id, userId));
  return account ?? null;
}

/**
 * Finds users by their ids. Raw SQL: all who bid are read again and again. It is prepared once, and no query is built
 * for each call.
 */
export async function accountsByIds(session: Session, userIds: readonly number[]): Promise<Account[]> {
  const accounts: Account[] = [];
  for (const chunk of chunksOf(session.dialect, userIds)) {
    const rows = await session.rows(
      `SELECT id, username, name, type, COALESCE(number, ''), email, role, is_blocked, profile FROM users
       WHERE id IN (?${',?'.repeat(chunk.length - 1)})`,
      chunk,
    );
    accounts.push(...rows.map(accountOf));
  }
  return accounts;
}

/** Finds a user by the exact username. */
export async function accountByUsername(session: Session, username: string): Promise<Account | null> {
  const [account] = await accounts(session).where(eq(session.tables.users.username, username));
  // MySQL takes names that differ in spaces at the end for equal.
  return account?.username === username ? account : null;
}

/** Finds the owner of an opaque token. */
export async function tokenByHash(
  { db, tables: { tokens, users } }: Session,
  tokenHash: string,
): Promise<TokenRecord | null> {
  const [record] = await db
    .select({ userId: tokens.userId, username: users.username, expiresAtMs: tokens.expiresAtMs })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(eq(tokens.hash, tokenHash));
  return record ?? null;
}

/** Stores an opaque token. */
export async function addToken(
  { db, tables: { tokens } }: Session,
  hash: string,
  userId: number,
  expiresAtMs: number | null,
  createdAtMs: number,
): Promise<void> {
  await db.insert(tokens).values({ hash, userId, expiresAtMs, createdAtMs });
}

/** The user with that number. */
export async function accountByNumber(session: Session, number: string): Promise<Account | null> {
  const [account] = await accounts(session).where(eq(session.tables.users.number, number));
  return account ?? null;
}

/** Makes a buyer with a number and without an e-mail address. */
export async function addBuyer(
  { db, tables: { users } }: Session,
  number: string,
  username: string,
  createdAtMs: number,
): Promise<void> {
  await db.insert(users).values({
    username,
    name: username,
    type: 'Normal',
    number,
    email: '',
    role: 'buyer',
    isBlocked: false,
    createdAtMs,
  });
}

function accountOf(row: readonly unknown[]): Account {
  const [id, username, name, type, number, email, role, isBlocked, profile] = row as AccountRow;
  return { id, username, name, type, number, email, role, isBlocked: Boolean(isBlocked), profile };
}

/** What stands in the columns, by their types in the schema; a boolean is 0 or 1. */
type AccountRow = [
  id: number,
  username: string,
  name: string,
  type: UserType,
  number: string,
  email: string,
  role: Role,
  isBlocked: number,
  profile: string | null,
];

function accounts({ db, tables: { users } }: Session) {
  return db
    .select({
      ...profileColumns(users),
      email: users.email,
      role: users.role,
      isBlocked: users.isBlocked,
      profile: users.profile,
    })
    .from(users);
}
