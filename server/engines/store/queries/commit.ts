import { and, eq, inArray } from 'drizzle-orm';
import type { AuctionChange } from '../../../domain/auction/change.ts';
import type { AuctionState } from '../../../domain/auction/state.ts';
import type { DeadlineKind } from '../../../domain/deadline.ts';
import type { CommitOutcome } from '../../../ports/store.ts';
import type { Session, Statement } from '../database.ts';
import { chunksOf, insertionsOf, updatesOf } from '../rows.ts';
import { commitSales } from './commitSales.ts';
import { setDeadlines } from './deadlines.ts';
import { ledgerRow } from './ledger.ts';
import { outboxRows } from './outbox.ts';

/** The work of one commit; see {@link AuctionStore.commit}. */
export async function commitChanges(
  session: Session,
  changes: readonly AuctionChange[],
): Promise<readonly CommitOutcome[]> {
  const holding = await lockUnchanged(session, changes);
  const notificationIds = await writeRows(session, holding);
  await commitSales(session, holding);
  await changeDeadlines(session, holding);
  return changes.map(({ auctionId }) => {
    const ids = notificationIds.get(auctionId);
    return ids === undefined ? { kind: 'conflict' } : { kind: 'committed', notificationIds: ids };
  });
}

/** Writes what every auction has; gives the ids of each one's new notices, in their order. */
async function writeRows(
  session: Session,
  holding: readonly AuctionChange[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { tables } = session;
  const notices = holding.flatMap(({ notifications }) =>
    notifications.map((notification) => ({ ...notification, isRead: false })),
  );
  const letters = holding.flatMap((change) => change.letters);
  const backendCalls = holding.flatMap((change) => change.backendCalls);
  const noticeInsertions = insertionsOf(session, tables.notifications, notices);
  const written = await session.writeAll([
    ...noticeInsertions,
    ...auctionUpdates(session, holding),
    ...bidDethronements(session, holding),
    ...insertionsOf(session, tables.bids, holding.flatMap(bidRows)),
    ...insertionsOf(session, tables.ledgerEvents, holding.flatMap(ledgerRows)),
    ...insertionsOf(session, tables.outbox, outboxRows(letters, backendCalls)),
  ]);
  const ids = written.slice(0, noticeInsertions.length).flatMap((insertion) => insertion.ids);
  let next = 0;
  return new Map(
    holding.map(({ auctionId, notifications }) => {
      const first = next;
      next += notifications.length;
      return [auctionId, ids.slice(first, next)];
    }),
  );
}

/** Those whose version still holds. Locks in the order of ids, so that no two commits wait for each other. */
async function lockUnchanged(
  session: Session,
  changes: readonly AuctionChange[],
): Promise<readonly AuctionChange[]> {
  const ids = changes.map(({ auctionId }) => auctionId).sort((left, right) => left - right);
  const versions = new Map<number, number>();
  for (const chunk of chunksOf(session.dialect, ids)) {
    const list = `?${',?'.repeat(chunk.length - 1)}`;
    const found = await session.rows(
      `SELECT id, version FROM auctions WHERE id IN (${list}) ORDER BY id${session.dialect.forUpdateText}`,
      chunk,
    );
    for (const [id, version] of found) versions.set(Number(id), Number(version));
  }
  return changes.filter(({ auctionId, expectedVersion }) => versions.get(auctionId) === expectedVersion);
}

function auctionUpdates(session: Session, holding: readonly AuctionChange[]): Statement[] {
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
  return updatesOf(
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

function bidDethronements(session: Session, holding: readonly AuctionChange[]): Statement[] {
  const rows = holding.flatMap(({ auctionId, dethronedBidSeq: seq }) =>
    seq === null ? [] : [{ auctionId, seq, isWinning: false }],
  );
  return updatesOf(session, session.tables.bids, rows, ['auctionId', 'seq'], ['isWinning']);
}

function bidRows({ auctionId, bids }: AuctionChange) {
  return bids.map(({ atMs, ...bid }) => ({ auctionId, ...bid, placedAtMs: atMs }));
}

function ledgerRows({ auctionId, changeId, events }: AuctionChange) {
  return events.map((stored) => ledgerRow({ auctionId, changeId, stored }));
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
