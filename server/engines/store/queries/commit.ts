import { and, eq, inArray } from 'drizzle-orm';
import type { AuctionChange } from '../../../domain/auction/change.ts';
import type { AuctionState } from '../../../domain/auction/state.ts';
import type { DeadlineKind } from '../../../domain/deadline.ts';
import type { CommitOutcome } from '../../../ports/store.ts';
import type { Session } from '../database.ts';
import { inChunks, insertRows, updateRows } from '../rows.ts';
import { commitSales } from './commitSales.ts';
import { setDeadlines } from './deadlines.ts';
import { appendEvents } from './ledger.ts';
import { addToOutbox } from './outbox.ts';

/** The work of one commit; see {@link AuctionStore.commit}. */
export async function commitChanges(
  session: Session,
  changes: readonly AuctionChange[],
): Promise<readonly CommitOutcome[]> {
  const holding = await lockUnchanged(session, changes);
  await updateAuctions(session, holding);
  await dethroneBids(session, holding);
  await insertBids(session, holding);
  await commitSales(session, holding);
  await appendEvents(
    session,
    holding.flatMap(({ auctionId, changeId, events }) =>
      events.map((stored) => ({ auctionId, changeId, stored })),
    ),
  );
  const notificationIds = await insertNotifications(session, holding);
  await addToOutbox(
    session,
    holding.flatMap(({ letters }) => letters),
    holding.flatMap(({ backendCalls }) => backendCalls),
  );
  await changeDeadlines(session, holding);
  return changes.map(({ auctionId }) => {
    const ids = notificationIds.get(auctionId);
    return ids === undefined ? { kind: 'conflict' } : { kind: 'committed', notificationIds: ids };
  });
}

/** Those whose version still holds. Locks in the order of ids, so that no two commits wait for each other. */
async function lockUnchanged(
  session: Session,
  changes: readonly AuctionChange[],
): Promise<readonly AuctionChange[]> {
  const ids = changes.map(({ auctionId }) => auctionId).sort((left, right) => left - right);
  const versions = new Map<number, number>();
  await inChunks(session, ids, async (chunk) => {
    const list = `?${',?'.repeat(chunk.length - 1)}`;
    const found = await session.rows(
      `SELECT id, version FROM auctions WHERE id IN (${list}) ORDER BY id${session.dialect.forUpdateText}`,
      chunk,
    );
    for (const [id, version] of found) versions.set(Number(id), Number(version));
  });
  return changes.filter(({ auctionId, expectedVersion }) => versions.get(auctionId) === expectedVersion);
}

async function updateAuctions(session: Session, holding: readonly AuctionChange[]): Promise<void> {
  const rows = holding.map(({ auctionId, after }) => ({
    id: auctionId,
    version: after.version,
    status: after.status,
    currentPrice: after.currentPrice,
    leaderId: after.leader?.id ?? null,
    leaderBidSeq: after.leader?.bidSeq ?? null,
    winnerId: hasWinner(after) ? (after.leader?.id ?? null) : null,
    totalBids: after.totalBids,
  }));
  await updateRows(
    session,
    session.tables.auctions,
    rows,
    ['id'],
    ['version', 'status', 'currentPrice', 'leaderId', 'leaderBidSeq', 'winnerId', 'totalBids'],
  );
}

/** A live sale has a winner of each round instead. */
function hasWinner({ sale, status }: AuctionState): boolean {
  return sale === null && (status === 'ended' || status === 'completed');
}

async function dethroneBids(session: Session, holding: readonly AuctionChange[]): Promise<void> {
  const rows = holding.flatMap(({ auctionId, dethronedBidSeq: seq }) =>
    seq === null ? [] : [{ auctionId, seq, isWinning: false }],
  );
  await updateRows(session, session.tables.bids, rows, ['auctionId', 'seq'], ['isWinning']);
}

async function insertBids(session: Session, holding: readonly AuctionChange[]): Promise<void> {
  const rows = holding.flatMap(({ auctionId, bids }) =>
    bids.map(({ atMs, ...bid }) => ({ auctionId, ...bid, placedAtMs: atMs })),
  );
  await insertRows(session, session.tables.bids, rows);
}

/** The ids of each auction's new notices, in their order. */
async function insertNotifications(
  session: Session,
  holding: readonly AuctionChange[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = holding.flatMap(({ notifications }) =>
    notifications.map((notification) => ({ ...notification, isRead: false })),
  );
  const ids = await insertRows(session, session.tables.notifications, rows);
  let next = 0;
  return new Map(
    holding.map(({ auctionId, notifications }) => {
      const first = next;
      next += notifications.length;
      return [auctionId, ids.slice(first, next)];
    }),
  );
}

async function changeDeadlines(session: Session, holding: readonly AuctionChange[]): Promise<void> {
  const { db, tables } = session;
  await setDeadlines(
    session,
    holding.flatMap(({ deadlinesSet }) => deadlinesSet),
  );
  const cleared = new Map<DeadlineKind, number[]>();
  for (const { kind, subjectId } of holding.flatMap(({ deadlinesCleared }) => deadlinesCleared)) {
    cleared.set(kind, [...(cleared.get(kind) ?? []), subjectId]);
  }
  for (const [kind, subjectIds] of cleared) {
    await db
      .delete(tables.deadlines)
      .where(and(eq(tables.deadlines.kind, kind), inArray(tables.deadlines.subjectId, subjectIds)));
  }
}
