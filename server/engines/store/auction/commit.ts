import type { AuctionChange } from '../../../domain/auction/ledger/change.ts';
import { currentPrice, winnerOf } from '../../../domain/auction/rules/state.ts';
import type { CommitOutcome, LedgerStore } from '../../../domain/auction/ledger/store.ts';
import { isTransient } from '../../../ports/errors.ts';
import type { Database, Engine, Session, Statement } from '../database.ts';
import { chunksOf, gathered, insertion, update } from '../rows.ts';
import { saleStatements } from './commitSales.ts';
import { deadlineClearings } from '../deadline/deadlines.ts';
import { ledgerRow } from './ledger.ts';
import { OUTBOX_ROW, outboxRows } from '../outbox/outbox.ts';

/**
 * Stores changes. Another process is seldom faster, so everything goes to the database at once,
 * and fails at once where a version does not hold. Then it is done again step by step, which tells whose that was,
 * or what else is wrong.
 */
export function commitTo(database: Database): LedgerStore['commit'] {
  const workOf = work(database);
  return async (changes) => {
    if (changes.some(isLarge)) return database.transaction((session) => commitInSteps(session, changes));
    const whole = workOf(changes);
    try {
      return outcomesOf(changes, whole.changes, await database.transactionOf(whole.statements));
    } catch (error) {
      if (isTransient(error)) throw error;
    }
    return database.transaction(async (session) => {
      const holding = workOf(await lockUnchanged(session, changes));
      return outcomesOf(changes, holding.changes, await session.write(holding.statements));
    });
  };
}

/** The end of an auction tells thousands of people; a batch of commands, hundreds. */
const MANY_NOTICES = 1_000;
/** So many notices or letters are put together and written before the event loop turns. */
const ROWS_IN_STEP = 250;

function isLarge({ notifications }: AuctionChange): boolean {
  return notifications.length > MANY_NOTICES;
}

/** Stores changes, some of them with many notices, without holding up the event loop. */
async function commitInSteps(
  session: Session,
  changes: readonly AuctionChange[],
): Promise<readonly CommitOutcome[]> {
  const { notifications, outbox } = session.tables;
  const unchanged = await lockUnchanged(session, changes);
  const bare = unchanged.map((change) => ({ ...change, notifications: [], letters: [] }));
  await session.write(work(session)(bare).statements);
  const insertNotices = insertion(session, notifications, NOTICE, { givesIds: true });
  const insertOutbox = insertion(session, outbox, OUTBOX_ROW);
  const noticeIds: number[] = [];
  for (const change of unchanged) {
    for (const part of stepsOf(change.notifications)) {
      const ids = await session.write(insertNotices(noticeRows({ notifications: part })));
      noticeIds.push(...ids);
      await session.pause();
    }
    for (const letters of stepsOf(change.letters)) {
      await session.write(insertOutbox(outboxRows([{ letters, backendCalls: [] }])));
      await session.pause();
    }
  }
  return outcomesOf(changes, unchanged, noticeIds);
}

function stepsOf<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / ROWS_IN_STEP);
  return Array.from({ length: count }, (_, step) =>
    items.slice(step * ROWS_IN_STEP, (step + 1) * ROWS_IN_STEP),
  );
}

/** What becomes of most changes. */
const COMMITTED: CommitOutcome = { kind: 'committed', notificationIds: [] };

/** What a commit writes. */
interface Work {
  readonly changes: readonly AuctionChange[];
  readonly statements: readonly Statement[];
}

/**
 * Auctions come first and in the order of their ids, so that no two commits wait for each other. Only the ids of
 * notices are wanted.
 */
function work(engine: Engine): (unordered: readonly AuctionChange[]) => Work {
  const { auctions, bids, ledgerEvents, notifications, outbox } = engine.tables;
  const updateAuctions = update(engine, auctions, ['id'], AUCTION_CHANGES, 'version');
  const insertNotices = insertion(engine, notifications, NOTICE, { givesIds: true });
  const dethroneBids = update(engine, bids, ['auctionId', 'seq'], ['isWinning']);
  const insertBids = insertion(engine, bids, BID);
  const insertEvents = insertion(engine, ledgerEvents, EVENT);
  const insertOutbox = insertion(engine, outbox, OUTBOX_ROW);
  return (unordered) => {
    const changes = unordered.toSorted((left, right) => left.auctionId - right.auctionId);
    const statements = [
      ...updateAuctions(changes.map(auctionRow)),
      ...insertNotices(gathered(changes, noticeRows)),
      ...dethroneBids(gathered(changes, dethronedRows)),
      ...insertBids(gathered(changes, bidRows)),
      ...insertEvents(gathered(changes, ledgerRows)),
      ...insertOutbox(outboxRows(changes)),
      ...saleStatements(engine, changes),
      ...deadlineClearings(engine, gathered(changes, deadlinesCleared)),
    ];
    return { changes, statements };
  };
}

/** Those that are asked for and not among the changes that were written have met a conflict. */
function outcomesOf(
  asked: readonly AuctionChange[],
  written: readonly AuctionChange[],
  noticeIds: readonly number[],
): CommitOutcome[] {
  if (noticeIds.length === 0 && written.length === asked.length) return asked.map(() => COMMITTED);
  const stored = new Map<number, readonly number[]>();
  let next = 0;
  for (const { auctionId, notifications } of written) {
    stored.set(auctionId, noticeIds.slice(next, next + notifications.length));
    next += notifications.length;
  }
  return asked.map(({ auctionId }) => {
    const notificationIds = stored.get(auctionId);
    return notificationIds === undefined ? { kind: 'conflict' } : { kind: 'committed', notificationIds };
  });
}

/**
 * Those whose version still holds. Locks in the order of ids. Raw SQL: where two processes serve one auction, every commit
 * may come this way. It is prepared once for each number of ids.
 */
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

const AUCTION_CHANGES = [
  'version',
  'status',
  'currentPrice',
  'leaderId',
  'leaderBidSeq',
  'winnerId',
  'totalBids',
] as const;

function auctionRow({ auctionId, expectedVersion, after }: AuctionChange) {
  const { highestBid, totalBids } = after.round;
  return {
    id: auctionId,
    version: after.version,
    status: after.status,
    currentPrice: currentPrice(after),
    leaderId: highestBid?.bidder.id ?? null,
    leaderBidSeq: highestBid?.seq ?? null,
    winnerId: winnerOf(after)?.id ?? null,
    totalBids,
    expected: expectedVersion,
  };
}

function dethronedRows({ auctionId, dethronedBidSeq: seq }: AuctionChange) {
  return seq === null ? [] : [{ auctionId, seq, isWinning: false }];
}

const NOTICE = ['userId', 'type', 'title', 'message', 'auctionId', 'isRead', 'createdAtMs'] as const;

function noticeRows({ notifications }: Pick<AuctionChange, 'notifications'>) {
  return notifications.map((notification) => ({ ...notification, isRead: false }));
}

const BID = [
  'auctionId',
  'seq',
  'round',
  'bidderId',
  'amount',
  'isWinning',
  'requestId',
  'placedAtMs',
] as const;

function bidRows({ auctionId, bids }: AuctionChange) {
  return bids.map(({ seq, round, bidderId, amount, isWinning, requestId, atMs: placedAtMs }) => {
    return { auctionId, seq, round, bidderId, amount, isWinning, requestId, placedAtMs };
  });
}

const EVENT = ['auctionId', 'seq', 'changeId', 'type', 'data', 'atMs'] as const;

function ledgerRows({ auctionId, changeId, events }: AuctionChange) {
  return events.map((stored) => ledgerRow({ auctionId, changeId, stored }));
}

function deadlinesCleared(change: AuctionChange) {
  return change.deadlinesCleared;
}
