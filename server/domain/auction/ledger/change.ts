import type { Minor } from '../../../../shared/money.ts';
import type { AuctionDeadlineKind, Deadline } from '../../deadline.ts';
import type { BackendCallKind, NewBackendCall } from '../../notification/backendCall.ts';
import type { NewLetter, NewNotification } from '../../notification/notification.ts';
import { type BidPlaced, type ProductAwarded, roundOf, type StoredAuctionEvent } from '../rules/events.ts';
import { backendCallsOf } from './backendCalls.ts';
import { type EarlierBidder, noticesOf } from './notices.ts';
import type { AuctionFacts, AuctionState } from '../rules/state.ts';

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

/** What was won in a round of a live sale. */
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
  readonly deadlinesCleared: readonly Pick<Deadline, 'kind' | 'subjectId'>[];
}

/** No kind of call: there is no main backend that wants to be told. */
const TELLS_NOTHING: ReadonlySet<BackendCallKind> = new Set();

/**
 * The rows that follow from `events`, which lead from `before` to `after`. `told`: the kinds of call that the main
 * backend wants. `earlierBidders`: all who have bid on a timed auction that ends by these events.
 */
export function changeOf(
  before: AuctionState,
  events: readonly StoredAuctionEvent[],
  after: AuctionState,
  changeId: string,
  told: ReadonlySet<BackendCallKind> = TELLS_NOTHING,
  earlierBidders: readonly EarlierBidder[] = [],
): AuctionChange {
  const { id: auctionId } = before.facts;
  const rows = new RowWriter(before.facts, told);
  for (const stored of events) rows.add(stored);
  const { bids, comments, winnings, backendCalls, deadlinesCleared } = rows;
  const { notifications, letters } = noticesOf(before, events, earlierBidders);
  const { number: firstRound, highestBid } = before.round;
  const isDethroned = highestBid !== null && bids.some(({ round }) => round === firstRound);
  return {
    auctionId,
    expectedVersion: before.version,
    changeId,
    after,
    events,
    bids,
    dethronedBidSeq: isDethroned ? highestBid.seq : null,
    comments,
    winnings,
    notifications,
    letters,
    backendCalls,
    deadlinesCleared,
  };
}

/** Makes the rows of events, which come in their order. */
class RowWriter {
  readonly bids: NewBid[] = [];
  readonly comments: NewComment[] = [];
  readonly winnings: NewWinning[] = [];
  readonly backendCalls: NewBackendCall[] = [];
  readonly deadlinesCleared: Pick<Deadline, 'kind' | 'subjectId'>[] = [];
  readonly #facts: AuctionFacts;
  readonly #told: ReadonlySet<BackendCallKind>;

  constructor(facts: AuctionFacts, told: ReadonlySet<BackendCallKind>) {
    this.#facts = facts;
    this.#told = told;
  }

  add(stored: StoredAuctionEvent): void {
    const { seq, event } = stored;
    if (this.#told.size > 0) this.backendCalls.push(...backendCallsOf(stored, this.#facts, this.#told));
    switch (event.type) {
      case 'bid_placed':
        return this.#addBid(seq, event);
      case 'comment_posted': {
        const { round, author, text, atMs } = event;
        this.comments.push({ seq, round, userId: author.id, text, atMs });
        return;
      }
      case 'product_awarded':
        return this.#addWinning(event);
      case 'auction_started':
        return this.#clear('auction_start');
      case 'auction_ended':
        return this.#clear('auction_end');
      case 'sale_paused':
        return this.#clear('ring_pause');
      case 'ring_closed':
        for (const kind of RING_DEADLINES) this.#clear(kind);
        return;
      case 'auction_created':
      case 'auction_cancelled':
      case 'product_changed':
      case 'ring_opened':
      case 'sale_resumed':
      case 'user_muted':
        return;
    }
  }

  /** The last bid of each round leads it. */
  #addBid(seq: number, event: BidPlaced): void {
    const { bidder, amount, requestId, atMs } = event;
    const round = roundOf(event);
    const earlier = this.bids.at(-1);
    if (earlier?.round === round) this.bids[this.bids.length - 1] = { ...earlier, isWinning: false };
    this.bids.push({ seq, round, bidderId: bidder.id, amount, isWinning: true, requestId, atMs });
  }

  #addWinning({ round, product, weight, atMs, winningBid }: ProductAwarded): void {
    if (winningBid === null) return;
    const { bidder, amount: price } = winningBid;
    this.winnings.push({ userId: bidder.id, round, product, price, weight, atMs });
  }

  #clear(kind: AuctionDeadlineKind): void {
    this.deadlinesCleared.push({ kind, subjectId: this.#facts.id });
  }
}

/** What waits for an auctioneer who is gone. */
export const RING_DEADLINES = ['ring_pause', 'ring_close'] as const;
