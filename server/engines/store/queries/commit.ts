import type { AuctionChange } from '../../../domain/auction/change.ts';
import type { AuctionState } from '../../../domain/auction/state.ts';
import { CommitInDoubt, type CommitOutcome, StoreUnavailable } from '../../../ports/store.ts';
import type { Database, Engine, Session, Statement, Written } from '../database.ts';
import { chunksOf, gathered, insertionsOf, updatesOf } from '../rows.ts';
import { saleStatements } from './commitSales.ts';
import { deadlineClearings, deadlineSettings } from './deadlines.ts';
import { ledgerRow } from './ledger.ts';
import { outboxRows } from './outbox.ts';

/**
 * See {@link AuctionStore.commit}. Hardly ever is somebody else faster, so everything goes to the database at once,
 * and fails at once where a version does not hold. Then it is done again step by step, which tells whose that was,
 * or what else is wrong.
 */
export async function commitChanges(
  database: Database,
  changes: readonly AuctionChange[],
): Promise<readonly CommitOutcome[]> {
  const work = workOf(database, changes);
  try {
    const written = await database.transactionOf(work.statements);
    return outcomesOf(changes, work, written);
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof CommitInDoubt) throw error;
  }
  return database.transaction((session) => commitStepwise(session, changes));
}

async function commitStepwise(
  session: Session,
  changes: readonly AuctionChange[],
): Promise<readonly CommitOutcome[]> {
  const work = workOf(session, await lockUnchanged(session, changes));
  return outcomesOf(changes, work, await session.writeAll(work.statements));
}

/** What a commit writes. */
interface Work {
  readonly changes: readonly AuctionChange[];
  readonly statements: readonly Statement[];
  /** Where the statements stand that insert the notices, and behind them the others. */
  readonly noticesFrom: number;
  readonly noticesEnd: number;
}

/** Auctions come first and in the order of their ids, so that no two commits wait for each other. */
function workOf(engine: Engine, unordered: readonly AuctionChange[]): Work {
  const { tables } = engine;
  const changes = unordered.toSorted((left, right) => left.auctionId - right.auctionId);
  const auctions = auctionUpdates(engine, changes);
  const notices = insertionsOf(engine, tables.notifications, gathered(changes, noticeRows));
  const statements = [
    ...auctions,
    ...notices,
    ...bidDethronements(engine, changes),
    ...insertionsOf(engine, tables.bids, gathered(changes, bidRows)),
    ...insertionsOf(engine, tables.ledgerEvents, gathered(changes, ledgerRows)),
    ...insertionsOf(engine, tables.outbox, outboxRows(changes)),
    ...saleStatements(engine, changes),
    ...deadlineSettings(
      engine,
      gathered(changes, ({ deadlinesSet }) => deadlinesSet),
    ),
    ...deadlineClearings(
      engine,
      gathered(changes, ({ deadlinesCleared }) => deadlinesCleared),
    ),
  ];
  return { changes, statements, noticesFrom: auctions.length, noticesEnd: auctions.length + notices.length };
}

/** Those that are not among the changes of the work have met a conflict. */
function outcomesOf(
  asked: readonly AuctionChange[],
  { changes, noticesFrom, noticesEnd }: Work,
  written: readonly Written[],
): CommitOutcome[] {
  const ids = gathered(written.slice(noticesFrom, noticesEnd), (insertion) => insertion.ids);
  const stored = new Map<number, readonly number[]>();
  let next = 0;
  for (const { auctionId, notifications } of changes) {
    stored.set(auctionId, ids.slice(next, next + notifications.length));
    next += notifications.length;
  }
  return asked.map(({ auctionId }) => {
    const notificationIds = stored.get(auctionId);
    return notificationIds === undefined ? { kind: 'conflict' } : { kind: 'committed', notificationIds };
  });
}

/** Those whose version still holds. Locks in the order of ids. */
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

function auctionUpdates(engine: Engine, changes: readonly AuctionChange[]): Statement[] {
  const rows = changes.map(({ auctionId, expectedVersion, after }) => ({
    id: auctionId,
    version: after.version,
    status: after.status,
    currentPrice: after.currentPrice,
    leaderId: after.leader?.id ?? null,
    leaderBidSeq: after.leader?.bidSeq ?? null,
    winnerId: hasWinner(after) ? (after.leader?.id ?? null) : null,
    totalBids: after.totalBids,
    expected: expectedVersion,
  }));
  return updatesOf(
    engine,
    engine.tables.auctions,
    rows,
    ['id'],
    ['version', 'status', 'currentPrice', 'leaderId', 'leaderBidSeq', 'winnerId', 'totalBids'],
    'version',
  );
}

/** A live sale has a winner of each round instead. */
function hasWinner({ sale, status }: AuctionState): boolean {
  return sale === null && (status === 'ended' || status === 'completed');
}

function bidDethronements(engine: Engine, changes: readonly AuctionChange[]): Statement[] {
  const rows = gathered(changes, ({ auctionId, dethronedBidSeq: seq }) =>
    seq === null ? [] : [{ auctionId, seq, isWinning: false }],
  );
  return updatesOf(engine, engine.tables.bids, rows, ['auctionId', 'seq'], ['isWinning']);
}

function noticeRows({ notifications }: AuctionChange) {
  return notifications.map((notification) => ({ ...notification, isRead: false }));
}

function bidRows({ auctionId, bids }: AuctionChange) {
  return bids.map(({ seq, round, bidderId, amount, isWinning, requestId, atMs: placedAtMs }) => {
    return { auctionId, seq, round, bidderId, amount, isWinning, requestId, placedAtMs };
  });
}

function ledgerRows({ auctionId, changeId, events }: AuctionChange) {
  return events.map((stored) => ledgerRow({ auctionId, changeId, stored }));
}
