import type { Minor } from '../../shared/money.ts';
import type { Account, AccountChange, TokenRecord, UserDetails } from '../domain/account/account.ts';
import type { AuctionChange } from '../domain/auction/ledger/change.ts';
import type { StoredAuctionEvent } from '../domain/auction/rules/events.ts';
import type { SaleSummary } from '../domain/auction/view/saleSnapshot.ts';
import type { AuctionSnapshot, BidLine, Condition, ProductImage } from '../domain/auction/view/snapshot.ts';
import type { AuctionState, AuctionStatus } from '../domain/auction/rules/state.ts';
import type { Deadline, DeadlineKind } from '../domain/deadline.ts';
import type { BackendCall } from '../domain/notification/backendCall.ts';
import type { Letter, ListedNotification } from '../domain/notification/notification.ts';
import type { NewSale } from './newSale.ts';
import type { CallStore } from './callStore.ts';
import type { Page, PageByKey, Paged, RowsByKey } from './page.ts';
import type { SeedData } from './seed.ts';

/** The store cannot be reached, or refused before anything was stored: nothing has changed. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The answer to a commit was lost: it is stored whole or not at all, and only reading it again can tell. */
export class CommitInDoubt extends Error {
  override readonly name = 'CommitInDoubt';
}

/**
 * What became of one change of a commit. `notificationIds` stand in the order of `change.notifications`.
 * `conflict`: another process wrote first, and nothing of this change is stored.
 */
export type CommitOutcome =
  { readonly kind: 'committed'; readonly notificationIds: readonly number[] } | { readonly kind: 'conflict' };

export type { Page, PageByKey, Paged, RowsByKey };

/** An auction as a list shows it. */
export interface AuctionLine {
  readonly id: number;
  readonly productName: string;
  readonly category: string;
  readonly imageUrl: string | null;
  readonly seller: { readonly id: number; readonly username: string };
  readonly startingPrice: Minor;
  readonly currentPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly status: AuctionStatus;
  readonly winner: { readonly id: number; readonly username: string } | null;
  readonly totalBids: number;
}

/** A product and its auction, both new. */
export interface NewAuction {
  readonly sellerId: number;
  readonly product: {
    readonly name: string;
    readonly description: string;
    readonly condition: Condition;
    readonly category: string;
    readonly images: readonly ProductImage[];
  };
  readonly startingPrice: Minor;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly createdAtMs: number;
}

/** A live sale as a list shows it. */
export interface SaleLine extends SaleSummary {
  readonly id: number;
  readonly status: AuctionStatus;
}

/** Something that was won in a live sale. */
export interface Winning {
  readonly id: number;
  readonly userId: number;
  readonly auctionId: number;
  readonly product: string;
  readonly price: Minor;
  readonly weight: string | null;
  readonly isSold: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A category with its picture. */
export interface Category {
  readonly id: number;
  readonly name: string;
  readonly pictureUrl: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Auctions, their bids and their ledgers. */
export interface AuctionStore {
  /** What the rules need; `null` when there is no such auction. */
  load(auctionId: number): Promise<AuctionState | null>;
  /** The next events of the ledger after `seq`, in order, at most `limit`. */
  eventsAfter(auctionId: number, seq: number, limit: number): Promise<readonly StoredAuctionEvent[]>;
  /** The newest accepted bids since `sinceMs` that carried a request id, at most `limit`, in order. */
  bidsWithRequestIds(
    auctionId: number,
    sinceMs: number,
    limit: number,
  ): Promise<readonly StoredAuctionEvent[]>;
  /** The accepted bids since `sinceMs` that carried one of these request ids, of any bidder, in order. */
  bidsByRequestIds(
    auctionId: number,
    sinceMs: number,
    requestIds: readonly string[],
  ): Promise<readonly StoredAuctionEvent[]>;
  /**
   * The `changeId` that event was stored under; `null` when there is no such event. Waits for commits to this
   * auction that are under way, so that the answer stays true for one whose own answer was lost.
   */
  changeIdAt(auctionId: number, seq: number): Promise<string | null>;
  /**
   * Stores the changes of several auctions (one each) in one transaction, each only if its version still
   * holds. Outcomes stand in the order of `changes`. Rejects with {@link StoreUnavailable} when nothing was
   * stored, with {@link CommitInDoubt} when that cannot be known.
   */
  commit(changes: readonly AuctionChange[]): Promise<readonly CommitOutcome[]>;
  /** What a watcher is told; `null` when there is no such auction. All of it as of one moment. */
  snapshot(auctionId: number): Promise<AuctionSnapshot | null>;
  /** The newest `seq` of each of these auctions. */
  versions(auctionIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Stores product, auction (scheduled), its `auction_created` event and both deadlines; gives its id. */
  create(auction: NewAuction): Promise<number>;
  /**
   * Stores a live sale (scheduled, round 1 open) and its `auction_created` event; gives its id, or `null` when
   * there is no such category. It has no deadlines: its host starts and ends it.
   */
  createSale(sale: NewSale): Promise<number | null>;
  /** Live sales, by id. */
  sales(filter: { readonly status?: AuctionStatus }, page: PageByKey): Promise<RowsByKey<SaleLine>>;
  /** The live sales whose ring is open. */
  openRings(): Promise<readonly number[]>;
  /** Timed auctions, by id. */
  list(filter: { readonly status?: AuctionStatus }, page: PageByKey): Promise<RowsByKey<AuctionLine>>;
  /** The whole history, by `seq`; `null` when there is no such auction. */
  bids(auctionId: number, page: PageByKey): Promise<RowsByKey<BidLine> | null>;
}

/** In-app notices. Every method is bounded by its user: another user's rows do not exist. */
export interface NotificationStore {
  /** Newest first. */
  list(userId: number, page: Page): Promise<Paged<ListedNotification>>;
  /** False when this user has no such notice. */
  markRead(userId: number, notificationId: number): Promise<boolean>;
  /** How many were unread. */
  markAllRead(userId: number): Promise<number>;
  unreadCount(userId: number): Promise<number>;
}

/** What a worker is to deliver. */
export type OutboxJob = LetterJob | BackendCallJob | CloseRoomJob;

interface JobOfOutbox {
  readonly id: number;
  /** How many attempts have failed. */
  readonly attempts: number;
  readonly createdAtMs: number;
}

/** A letter to a person. */
export interface LetterJob extends JobOfOutbox {
  readonly type: 'letter';
  readonly auctionId: number;
  readonly letter: Letter;
  readonly recipient: { readonly username: string; readonly email: string };
}

/** A call to the house's main backend. */
export interface BackendCallJob extends JobOfOutbox {
  readonly type: 'backend_call';
  readonly call: BackendCall;
}

/** A room of a call that is over, to be closed. */
export interface CloseRoomJob extends JobOfOutbox {
  readonly type: 'close_room';
  readonly callId: string;
}

/**
 * Letters, calls to the main backend and rooms to be closed, on their way. A row is `pending` until it is due and claimed, then
 * `queued`, then `sent`, `failed` (given up) or `superseded` (a newer letter says it). A letter whose reader has
 * no e-mail address becomes `unaddressed` when it is due, and is never claimed.
 */
export interface OutboxStore {
  /**
   * Claims what is due: marks them queued and gives their ids, so that two processes never claim
   * the same. Of pending letters with one gather key only the newest stays, the others are superseded; if a
   * letter with that key was claimed less than `gatherWindowMs` ago, it is put off until that time has
   * passed (a claim of a later time than `nowMs` counts as made at `nowMs`); and one that was put off is superseded if its reader leads the auction again.
   */
  claimDue(nowMs: number, limit: number, gatherWindowMs: number): Promise<readonly number[]>;
  /** When the next pending row is due; `null` when none is. */
  nextDueAtMs(): Promise<number | null>;
  /** Puts claimed rows back, as if they had never been claimed: the queue would not take them. */
  unclaim(ids: readonly number[]): Promise<void>;
  /** Puts back what was queued before `queuedBeforeMs` and never finished: the queue forgot it. Their number. */
  reclaimForgotten(queuedBeforeMs: number): Promise<number>;
  /**
   * Corrects what a clock wrote that was ahead: pending rows due after `latestDueAtMs` are due at `nowMs`, and claims of
   * queued rows after `nowMs` were made at `nowMs`. Their number.
   */
  pullBack(nowMs: number, latestDueAtMs: number): Promise<number>;
  /** What is queued, a letter with its recipient; `null` when it is not to be delivered (any more). */
  job(id: number): Promise<OutboxJob | null>;
  markSent(id: number, atMs: number): Promise<void>;
  /** Counts a failed attempt and makes the row pending again, due at `dueAtMs`. */
  retryAt(id: number, dueAtMs: number, error: string): Promise<void>;
  /** Gives it up; the row and its last error stay. */
  giveUp(id: number, error: string): Promise<void>;
  /** How many rows are pending or queued. */
  depth(): Promise<number>;
}

/** What must happen later. */
export interface DeadlineStore {
  /** What is due, earliest first. */
  due(nowMs: number, limit: number): Promise<readonly Deadline[]>;
  nextDueAtMs(): Promise<number | null>;
  /** Sets deadlines on their own; one of the same kind and subject is moved. */
  set(deadlines: readonly Deadline[]): Promise<void>;
  /** Takes the deadlines of these kinds away from a subject. */
  clear(kinds: readonly DeadlineKind[], subjectId: number): Promise<void>;
  /** All deadlines of these kinds. */
  of(kinds: readonly DeadlineKind[]): Promise<readonly Deadline[]>;
  /** Brings those of a kind that are due after `latestDueAtMs` forward to it: the clock that dated them was ahead. */
  pullBack(kind: DeadlineKind, latestDueAtMs: number): Promise<void>;
  /** Puts those of a kind that are due after `afterMs` and not after `untilMs` off by `byMs`. */
  putOff(kind: DeadlineKind, afterMs: number, untilMs: number, byMs: number): Promise<void>;
  /** Removes a deadline that was overtaken, if it still stands at that time. */
  remove(deadline: Deadline): Promise<void>;
}

/** Users and their opaque tokens. */
export interface AccountStore {
  byId(userId: number): Promise<Account | null>;
  /** Those of these users that there are, in no order. */
  byIds(userIds: readonly number[]): Promise<readonly Account[]>;
  byUsername(username: string): Promise<Account | null>;
  /** The owner of the token with this SHA-256 (64 hexadecimal digits). */
  byTokenHash(tokenHash: string): Promise<TokenRecord | null>;
  addToken(tokenHash: string, userId: number, expiresAtMs: number | null, nowMs: number): Promise<void>;
  /**
   * The user with that id, made or brought up to date; an unsaid name is the username, an unsaid role a
   * buyer's. Writes nothing where nothing differs. The id alone tells who somebody is: a username that another
   * user has becomes `username~id` here, and a number that another user has is left out.
   */
  ensure(details: UserDetails, nowMs: number): Promise<Account>;
  /** Blocks a user, or lifts the block, and tells that by a change; false where there is no such user. */
  setBlocked(userId: number, isBlocked: boolean, nowMs: number): Promise<boolean>;
  /**
   * The next changes after that id, by their ids, at most `limit`; each is kept for a day at least. One that is stored at
   * the same time as another may become visible after it although its id is lower.
   */
  changesAfter(changeId: number, limit: number): Promise<readonly AccountChange[]>;
}

/** What was won in live sales. Seen by its winner and by the host of its sale only. */
export interface WinningStore {
  /** By id. */
  list(userId: number, page: PageByKey): Promise<RowsByKey<Winning>>;
  /** Only the host of the sale may; `null` when this user hosts no sale with such a winning. */
  setSold(hostId: number, winningId: number, isSold: boolean, nowMs: number): Promise<Winning | null>;
}

/** A code on its way to a phone. */
export interface NewCode {
  readonly number: string;
  readonly codeHash: string;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

/** How many messages one number gets. */
export interface MessageBounds {
  /** The least time between two. */
  readonly pauseMs: number;
  /** At most so many in any stretch of time of that length, which is a day at most. */
  readonly windows: readonly { readonly maxMessages: number; readonly lengthMs: number }[];
}

/**
 * What became of a fresh code. `kept` with the number of wrong codes that no message has told of; otherwise nothing is
 * changed, and would not be before `untilMs`.
 */
export type CodeOffer =
  | { readonly kind: 'kept'; readonly wrongCodes: number }
  | { readonly kind: 'too_soon' | 'too_many' | 'locked'; readonly untilMs: number };

/** What a wrong code costs. */
export interface CodeRules {
  /** How many wrong tries a code bears. */
  readonly maxTries: number;
  /** For how long a number is locked after that many wrong codes in a row; 0: it is not. */
  readonly lockMsAfter: (wrongCodes: number) => number;
}

/** What a code turned out to be. */
export type CodeVerdict =
  { readonly kind: 'right' | 'wrong' | 'none' } | { readonly kind: 'locked'; readonly untilMs: number };

/** Codes that were sent to phones, and refresh tokens. Only hashes are kept (64 hexadecimal digits). */
export interface AuthStore {
  /**
   * Keeps a fresh code of a number in place of an older one and counts its message, atomically, unless the number is
   * locked or has had its messages. Forgets messages that are a day old.
   */
  offerCode(code: NewCode, bounds: MessageBounds): Promise<CodeOffer>;
  /**
   * Tries a code, atomically: every try counts, a right one is used up and unlocks its number. `none`: there is no code,
   * it has expired, or `maxTries` wrong ones were tried. `locked`: it was not even looked at.
   */
  redeemCode(number: string, codeHash: string, nowMs: number, rules: CodeRules): Promise<CodeVerdict>;
  /** A message told the owner of a number of so many wrong codes: the next one does not. */
  markWrongCodesTold(number: string, wrongCodes: number): Promise<void>;
  /** The user with that number; made (a buyer, without an e-mail address, named `username`) when there is none. */
  userOfNumber(number: string, username: string, nowMs: number): Promise<Account>;
  /** The first refresh token of a new family. */
  addRefreshToken(token: RefreshToken): Promise<void>;
  /**
   * Uses a refresh token up and stores `next` in its family, atomically. `reused`: it had been used before,
   * and the whole family is revoked now, which is told by a change of its user's account. `unknown`: there is none, it
   * has expired, or its family was revoked.
   */
  rotateRefreshToken(
    hash: string,
    next: { readonly hash: string; readonly expiresAtMs: number },
    nowMs: number,
  ): Promise<
    | { readonly kind: 'rotated'; readonly userId: number; readonly familyId: string }
    | { readonly kind: 'reused' | 'unknown' }
  >;
  /**
   * Revokes the family of a refresh token, also of one that is used up or has expired, and tells that by a change of its
   * user's account. Nothing where there is no such token, or where it is revoked already.
   */
  endLogin(hash: string, nowMs: number): Promise<void>;
}

/** A refresh token as it is stored. */
export interface RefreshToken {
  readonly hash: string;
  readonly familyId: string;
  readonly userId: number;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

/** The categories there are. */
export interface CategoryStore {
  /** By name. */
  list(): Promise<readonly Category[]>;
}

/** Filling an empty database. */
export interface SeedStore {
  /** True when there is no user and no auction. */
  isEmpty(): Promise<boolean>;
  /** Stores all of it or nothing. Ids are taken as given. */
  insert(data: SeedData): Promise<void>;
}

/**
 * The database. Every method rejects with {@link StoreUnavailable} while it is away and works again when it
 * is back. Money is integer minor units, time is UTC milliseconds.
 */
export interface Store {
  readonly auctions: AuctionStore;
  readonly notifications: NotificationStore;
  readonly outbox: OutboxStore;
  readonly deadlines: DeadlineStore;
  readonly accounts: AccountStore;
  readonly winnings: WinningStore;
  readonly categories: CategoryStore;
  readonly auth: AuthStore;
  readonly calls: CallStore;
  readonly seed: SeedStore;
  /** Stores something tiny: resolves while the database takes what is written. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
