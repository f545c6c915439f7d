import { eq, inArray } from 'drizzle-orm';
import type { Account, TokenRecord } from '../../../domain/account/account.ts';
import type { Session } from '../database.ts';
import { profileColumns } from './profiles.ts';

/** See {@link AccountStore.byId}. */
export async function accountById(session: Session, userId: number): Promise<Account | null> {
  const [account] = await accounts(session).where(eq(session.tables.users.id, userId));
  return account ?? null;
}

/** See {@link AccountStore.byIds}. */
export async function accountsByIds(session: Session, userIds: readonly number[]): Promise<Account[]> {
  return accounts(session).where(inArray(session.tables.users.id, [...userIds]));
}

/** See {@link AccountStore.byUsername}. */
export async function accountByUsername(session: Session, username: string): Promise<Account | null> {
  const [account] = await accounts(session).where(eq(session.tables.users.username, username));
  // MySQL takes names that differ in spaces at the end for equal.
  return account?.username === username ? account : null;
}

/** See {@link AccountStore.byTokenHash}. */
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

/** See {@link AccountStore.addToken}. */
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
