import type { BackendCall } from './notification/backendCall.ts';
import type { Letter } from './notification/notification.ts';

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

/** A call to the main backend. */
export interface BackendCallJob extends JobOfOutbox {
  readonly type: 'backend_call';
  /** The main backend's own name for the sale; `null`: it has given none. */
  readonly externalId: string | null;
  readonly call: BackendCall;
}

/** A room of a call that is over, to be closed. */
export interface CloseRoomJob extends JobOfOutbox {
  readonly type: 'close_room';
  readonly callId: string;
}

/**
 * The outbox: letters, calls to the main backend and rooms to be closed. A row is `pending` until it is due and claimed,
 * then `queued`, then `sent`, `failed` (given up) or `superseded` (a newer letter says it). A letter whose reader has no
 * e-mail address becomes `unaddressed` when it is due, and is never claimed. A change of a ring that is due while an
 * earlier one of the same ring is not delivered or given up is `held`, and pending again at the first claim afterwards.
 * Every method rejects with `StoreUnavailable`
 * while the database is away.
 */
export interface OutboxStore {
  /**
   * Claims what is due: marks them queued and gives their ids, so that two processes never claim
   * the same. Of pending letters with one gather key only the newest stays, the others are superseded; if a
   * letter with that key was claimed less than `gatherWindowMs` ago, it is put off until that time has
   * passed (a claim of a later time than `nowMs` counts as made at `nowMs`); and one that was put off is superseded if its
   * reader leads the auction again. So is every outbid letter of an auction that is not active any more.
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
  /**
   * What is queued, a letter with its recipient; `null` when it is not to be delivered (any more). The outbid letter of a
   * timed auction has the current price; it is superseded when its reader leads, and none is to be delivered once its
   * auction is over or its end time has come.
   */
  job(id: number, nowMs: number): Promise<OutboxJob | null>;
  /** Marks a row as delivered. */
  markSent(id: number, atMs: number): Promise<void>;
  /** Counts a failed attempt and makes the row pending again, due at `dueAtMs`. */
  retryAt(id: number, dueAtMs: number, error: string): Promise<void>;
  /** Gives it up; the row and its last error stay. */
  giveUp(id: number, error: string): Promise<void>;
  /** How many rows are pending, held or queued. */
  depth(): Promise<number>;
}
