import { eq } from 'drizzle-orm';
import type { Account, UserDetails } from '../../../domain/account/account.ts';
import { CommitInDoubt, StoreUnavailable } from '../../../ports/errors.ts';
import type { Database, Session } from '../database.ts';
import { accountById, accountByNumber, addBuyer } from './accounts.ts';

/** How often it is tried when others take the same id, name or number at the same moment. */
const ATTEMPTS = 3;
/** How long a username may be. */
const MAX_USERNAME_LENGTH = 150;

/** Finds or stores what is known of a user, and tries again when another process is in the way. */
export async function ensureAccount(
  database: Database,
  details: UserDetails,
  nowMs: number,
): Promise<Account> {
  const known = await database.read((session) => accountById(session, details.id));
  if (known !== null && agrees(known, details)) return known;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction((session) => storeDetails(session, details, nowMs));
    } catch (error) {
      if (error instanceof CommitInDoubt) throw new StoreUnavailable(error.message, { cause: error });
      if (error instanceof StoreUnavailable || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Finds the user with a number, or makes one. Another process may do so at the same time, which is as good. */
export async function userOfNumber(
  database: Database,
  number: string,
  username: string,
  nowMs: number,
): Promise<Account> {
  const find = () => database.read((session) => accountByNumber(session, number));
  const known = await find();
  if (known !== null) return known;
  const adding = database.transaction((session) => addBuyer(session, number, username, nowMs));
  const fault: unknown = await adding.catch((error: unknown) => error);
  const made = await find();
  if (made === null) throw fault;
  return made;
}

function agrees(known: Account, details: UserDetails): boolean {
  const said = Object.keys(details) as (keyof UserDetails)[];
  return said.every((key) => details[key] === null || details[key] === known[key]);
}

async function storeDetails(session: Session, details: UserDetails, createdAtMs: number): Promise<Account> {
  const { db, tables } = session;
  const known = await accountById(session, details.id);
  const username = await freeUsername(session, details);
  const account: Account = {
    id: details.id,
    username,
    name: details.name ?? known?.name ?? details.username,
    type: details.type ?? known?.type ?? 'Normal',
    number: (await freeNumber(session, details)) ?? known?.number ?? '',
    email: details.email ?? known?.email ?? '',
    role: details.role ?? known?.role ?? 'buyer',
    isBlocked: known?.isBlocked ?? false,
    profile: known?.profile ?? null,
  };
  const { isBlocked, ...said } = account;
  const row = { ...said, number: said.number === '' ? null : said.number };
  if (known === null) await db.insert(tables.users).values({ ...row, isBlocked, createdAtMs });
  // A block that is stored meanwhile stays.
  else await db.update(tables.users).set(row).where(eq(tables.users.id, details.id));
  return account;
}

/** The given name, or the nearest to it that is free. */
async function freeUsername(
  { db, tables: { users } }: Session,
  { id, username }: UserDetails,
): Promise<string> {
  const suffixed = (suffix: string) => username.slice(0, MAX_USERNAME_LENGTH - suffix.length) + suffix;
  for (let suffix = ''; ; suffix += `~${id}`) {
    const name = suffixed(suffix);
    const rows = await db.select({ id: users.id }).from(users).where(eq(users.username, name));
    if (rows.every((row) => row.id === id)) return name;
  }
}

/** `null` when none was given, or when another user has it. */
async function freeNumber(session: Session, { id, number }: UserDetails): Promise<string | null> {
  if (number === null || number === '') return number;
  const owner = await accountByNumber(session, number);
  return owner === null || owner.id === id ? number : null;
}
