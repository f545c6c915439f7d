import type { Minor } from '../../../shared/money.ts';
import type { Deadline } from '../deadline.ts';
import type { NewBackendCall } from '../notification/backendCall.ts';
import type { NewLetter, NewNotification } from '../notification/notification.ts';
import type { AuctionEvent, StoredAuctionEvent } from './events.ts';
import { noticesOf } from './notices.ts';
import type { AuctionState } from './state.ts';

/** A bid to be stored. */
export interface NewBid {
  readonly seq: number;
  /** The round of a live sale; 1 in a timed auction. */
  readonly round: number;
  readonly bidderId: number;
  readonly amount: Minor;
  /** Whether it leads its round once the change is stored. */
  readonly isWinning: boolean;
  readonly requestId: string | null;
  readonly atMs: number;
}

/** A comment to be stored. */
export interface NewComment {
  readonly seq: number;
  readonly round: number;
  readonly userId: number;
  readonly text: string;
  readonly atMs: number;
}

/** What somebody won in a round of a live sale. */
export interface NewWinning {
  readonly userId: number;
  readonly round: number;
  readonly product: string;
  readonly price: Minor;
  readonly weight: string | null;
  readonly atMs: number;
}

/**
 * Everything that must become true together when events of one auction are stored: plain rows, so that a
 * store only inserts. Valid only while the stored version is still `expectedVersion`.
 */
export interface AuctionChange {
  readonly auctionId: number;
  readonly expectedVersion: number;
  /** Names this very change, so that a commit whose answer was lost can be recognised in the ledger. */
  readonly changeId: string;
  readonly after: AuctionState;
  readonly events: readonly StoredAuctionEvent[];
  readonly bids: readonly NewBid[];
  /** The bid that led its round before and leads no more. */
  readonly dethronedBidSeq: number | null;
  readonly comments: readonly NewComment[];
  readonly winnings: readonly NewWinning[];
  readonly notifications: readonly NewNotification[];
  readonly letters: readonly NewLetter[];
  readonly backendCalls: readonly NewBackendCall[];
  readonly deadlinesSet: readonly Deadline[];
  readonly deadlinesCleared: readonly Pick<Deadline, 'kind' | 'subjectId'>[];
}

/**
 * The rows that follow from `events`, which lead from `before` to `after`. `tellsBackend`: there is a main
 * backend that wants to be told.
 */
export function changeOf(
  before: AuctionState,
  events: readonly StoredAuctionEvent[],
  after: AuctionState,
  changeId: string,
  tellsBackend = false,
): AuctionChange {
  const { id: auctionId, sellerId } = before.facts;
  const happened = events.map(({ event }) => event);
  const bids = bidsOf(events);
  const firstRound = before.sale?.round.number ?? 1;
  const isDethroned = before.leader !== null && bids.some(({ round }) => round === firstRound);
  return {
    auctionId,
    expectedVersion: before.version,
    changeId,
    after,
    events,
    bids,
    dethronedBidSeq: isDethroned ? before.leader.bidSeq : null,
    comments: commentsOf(events),
    winnings: happened.flatMap(winningOf),
    ...noticesOf(before, happened),
    backendCalls: tellsBackend ? happened.flatMap((event) => callOf(event, auctionId, sellerId)) : [],
    deadlinesSet: [],
    deadlinesCleared: happened.flatMap((event) => clearedBy(event, auctionId)),
  };
}

/** The last bid of each round leads it. */
function bidsOf(events: readonly StoredAuctionEvent[]): NewBid[] {
  const bids: NewBid[] = [];
  const rounds = new Set<number>();
  for (const { seq, event } of [...events].reverse()) {
    if (event.type !== 'bid_placed') continue;
    const { bidder, amount, requestId, atMs } = event;
    const round = event.sale?.round ?? 1;
    bids.unshift({ seq, round, bidderId: bidder.id, amount, isWinning: !rounds.has(round), requestId, atMs });
    rounds.add(round);
  }
  return bids;
}

function commentsOf(events: readonly StoredAuctionEvent[]): NewComment[] {
  return events.flatMap(({ seq, event }) => {
    if (event.type !== 'comment_posted') return [];
    const { round, author, text, atMs } = event;
    return [{ seq, round, userId: author.id, text, atMs }];
  });
}

function winningOf(event: AuctionEvent): NewWinning[] {
  if (event.type !== 'product_awarded' || event.winningBid === null) return [];
  const { round, product, weight, atMs, winningBid } = event;
  return [{ userId: winningBid.bidder.id, round, product, price: winningBid.amount, weight, atMs }];
}

function callOf(event: AuctionEvent, auctionId: number, userId: number): NewBackendCall[] {
  if (event.type !== 'ring_closed') return [];
  const { atMs, cause } = event;
  const call = { kind: event.type, ringId: auctionId, closedAtMs: atMs, cause };
  return [{ auctionId, userId, call, createdAtMs: atMs }];
}

/** What waits for an auctioneer who is gone. */
export const RING_DEADLINES = ['ring_pause', 'ring_close'] as const;

function clearedBy({ type }: AuctionEvent, subjectId: number): Pick<Deadline, 'kind' | 'subjectId'>[] {
  if (type === 'auction_started') return [{ kind: 'auction_start', subjectId }];
  if (type === 'auction_ended') return [{ kind: 'auction_end', subjectId }];
  if (type === 'sale_paused') return [{ kind: 'ring_pause', subjectId }];
  if (type === 'ring_closed') return RING_DEADLINES.map((kind) => ({ kind, subjectId }));
  return [];
}
