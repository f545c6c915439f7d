import { and, asc, eq, gt, inArray, lte } from 'drizzle-orm';
import type { Session } from '../database.ts';
import { holdBack, isInOrder, releaseHeld } from './inOrder.ts';
import { updateRows } from '../rows.ts';
import type { Tables } from '../schema/index.ts';
import type { OutboxKind, OutboxStatus } from '../schema/deliveryTables.ts';

/** A row of the outbox as far as claiming looks at it. */
interface Candidate {
  readonly id: number;
  readonly kind: OutboxKind;
  readonly userId: number;
  readonly auctionId: number;
  readonly gatherKey: string | null;
  readonly dueAtMs: number;
  readonly wasPutOff: boolean;
}

interface Claim {
  readonly id: number;
  readonly claimedAtMs: number;
}

/** What is no letter. */
const HAVE_NO_READER: ReadonlySet<OutboxKind> = new Set(['ring_closed', 'ring_event', 'close_room']);

const EVER_CLAIMED: OutboxStatus[] = ['pending', 'queued', 'sent', 'failed', 'superseded'];

/** Claims what is due. All letters of its gather keys are locked. */
export async function claimDue(
  session: Session,
  nowMs: number,
  limit: number,
  gatherWindowMs: number,
): Promise<readonly number[]> {
  await releaseHeld(session);
  const found = await holdBack(session, await dueOf(session, nowMs, limit));
  const unaddressed = await unaddressedOf(session, found);
  const due = found.filter((candidate) => !unaddressed.has(candidate));
  const gathering = due.filter(({ kind }) => !isInOrder(kind));
  const keys = [...new Set(gathering.flatMap(({ gatherKey }) => gatherKey ?? []))];
  // In this order: a claim that waited here for another one must see what it did.
  const pending = await pendingOf(session, keys);
  const claims = await madeBy(nowMs, session, await claimsSince(session, keys, nowMs - gatherWindowMs));
  const superseded: Candidate[] = [];
  const putOff: Candidate[] = [];
  const free = due.filter(({ kind, gatherKey }) => gatherKey === null || isInOrder(kind));
  for (const [key, letters] of pending) {
    superseded.push(...letters.slice(0, -1));
    for (const newest of letters.slice(-1).filter(({ dueAtMs }) => dueAtMs <= nowMs)) {
      const others = (claims.get(key) ?? []).filter(({ id }) => id !== newest.id);
      const freeAtMs = Math.max(...others.map(({ claimedAtMs }) => claimedAtMs)) + gatherWindowMs;
      if (freeAtMs > nowMs) putOff.push({ ...newest, dueAtMs: freeAtMs, wasPutOff: true });
      else free.push(newest);
    }
  }
  const settled = await settledBy(session, free);
  superseded.push(...settled);
  const claimed = free.filter((letter) => !settled.has(letter)).map(({ id }) => id);
  await updateRows(session, session.tables.outbox, putOff, ['id'], ['dueAtMs', 'wasPutOff']);
  await setStatus(
    session,
    superseded.map(({ id }) => id),
    { status: 'superseded' },
  );
  await setStatus(
    session,
    [...unaddressed].map(({ id }) => id),
    { status: 'unaddressed' },
  );
  await setStatus(session, claimed, { status: 'queued', claimedAtMs: nowMs });
  return claimed;
}

function dueOf(
  { db, tables: { outbox }, dialect }: Session,
  nowMs: number,
  limit: number,
): Promise<readonly Candidate[]> {
  return dialect.forUpdate(
    db
      .select(candidateColumns(outbox))
      .from(outbox)
      .where(and(eq(outbox.status, 'pending'), lte(outbox.dueAtMs, nowMs)))
      .orderBy(asc(outbox.dueAtMs), asc(outbox.id))
      .limit(limit),
  );
}

/** The letters whose readers have no e-mail address. */
async function unaddressedOf(
  { db, tables: { users } }: Session,
  found: readonly Candidate[],
): Promise<ReadonlySet<Candidate>> {
  const letters = found.filter(({ kind }) => !HAVE_NO_READER.has(kind));
  const userIds = [...new Set(letters.map(({ userId }) => userId))];
  if (userIds.length === 0) return new Set();
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, userIds), eq(users.email, '')));
  const unreachable = new Set(rows.map(({ id }) => id));
  return new Set(letters.filter(({ userId }) => unreachable.has(userId)));
}

/** The pending letters of each key, oldest first, whether they are due or not. */
async function pendingOf(
  { db, tables: { outbox }, dialect }: Session,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  if (keys.length === 0) return new Map();
  const letters = await dialect.forUpdate(
    db
      .select(candidateColumns(outbox))
      .from(outbox)
      .where(and(inArray(outbox.gatherKey, [...keys]), eq(outbox.status, 'pending')))
      .orderBy(asc(outbox.id)),
  );
  return byKey(letters);
}

/** The letters of each key that were claimed after `afterMs`, whatever became of them. */
async function claimsSince(
  { db, tables: { outbox }, dialect }: Session,
  keys: readonly string[],
  afterMs: number,
): Promise<ReadonlyMap<string, readonly Claim[]>> {
  if (keys.length === 0) return new Map();
  const letters = await dialect.forUpdate(
    db
      .select({ id: outbox.id, gatherKey: outbox.gatherKey, claimedAtMs: outbox.claimedAtMs })
      .from(outbox)
      .where(
        and(
          inArray(outbox.gatherKey, [...keys]),
          inArray(outbox.status, EVER_CLAIMED),
          gt(outbox.claimedAtMs, afterMs),
        ),
      ),
  );
  return byKey(letters.map((letter) => ({ ...letter, claimedAtMs: letter.claimedAtMs ?? afterMs })));
}

/** Claims that a clock has dated ahead of now are made now at the latest: their window would never pass. */
async function madeBy(
  nowMs: number,
  session: Session,
  claims: ReadonlyMap<string, readonly Claim[]>,
): Promise<ReadonlyMap<string, readonly Claim[]>> {
  const ahead = [...claims.values()].flat().filter(({ claimedAtMs }) => claimedAtMs > nowMs);
  if (ahead.length === 0) return claims;
  const made = ahead.map(({ id }) => ({ id, claimedAtMs: nowMs }));
  await updateRows(session, session.tables.outbox, made, ['id'], ['claimedAtMs']);
  const dated = ({ id, claimedAtMs }: Claim) => ({ id, claimedAtMs: Math.min(claimedAtMs, nowMs) });
  return new Map([...claims].map(([key, ofKey]) => [key, ofKey.map(dated)]));
}

function candidateColumns(outbox: Tables['outbox']) {
  const { id, kind, userId, auctionId, gatherKey, dueAtMs, wasPutOff } = outbox;
  return { id, kind, userId, auctionId, gatherKey, dueAtMs, wasPutOff };
}

/**
 * The outbid letters that have nothing to say any more: their auction is over, or they were put off and their readers lead
 * again.
 */
async function settledBy(
  { db, tables: { auctions } }: Session,
  letters: readonly Candidate[],
): Promise<ReadonlySet<Candidate>> {
  const outbid = letters.filter(({ kind }) => kind === 'outbid');
  if (outbid.length === 0) return new Set();
  const ids = outbid.map(({ auctionId }) => auctionId);
  const rows = await db
    .select({ id: auctions.id, leaderId: auctions.leaderId, status: auctions.status })
    .from(auctions)
    .where(inArray(auctions.id, ids));
  const found = new Map(rows.map((row) => [row.id, row]));
  const isSettled = ({ auctionId, userId, wasPutOff }: Candidate) => {
    const auction = found.get(auctionId);
    return auction?.status !== 'active' || (wasPutOff && auction.leaderId === userId);
  };
  return new Set(outbid.filter(isSettled));
}

async function setStatus(
  { db, tables: { outbox } }: Session,
  ids: readonly number[],
  values: { readonly status: OutboxStatus; readonly claimedAtMs?: number },
): Promise<void> {
  if (ids.length > 0)
    await db
      .update(outbox)
      .set(values)
      .where(inArray(outbox.id, [...ids]));
}

function byKey<Item extends { readonly gatherKey: string | null }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = item.gatherKey ?? '';
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
