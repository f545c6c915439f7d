import type { Call, CallStatus, NewCall } from './call.ts';
import type { Telecaller, TelecallerStanding } from './telecaller.ts';
import type { Deadline } from '../deadline.ts';
import type { PageByKey, RowsByKey } from '../page.ts';

/** What starting a call led to. That the telecaller is busy takes precedence over that the caller is. */
export type StartCallResult =
  | { readonly kind: 'begun'; readonly call: Call }
  | { readonly kind: 'telecaller_busy' }
  | { readonly kind: 'caller_busy' };

/** What is stored together with a call's next state. */
export interface CallMove {
  /** The state it was decided on: the move counts only while that still holds. */
  readonly from: CallStatus;
  readonly to: Call;
  /** Set in place of those that the call had. */
  readonly deadlines: readonly Deadline[];
  /** The media server is told to close the room. */
  readonly closesRoom: boolean;
}

/** What a telecaller is set up with; coins per started minute, `null`: the default rate. */
export interface TelecallerDetails {
  readonly language: string;
  readonly about: string;
  readonly isApproved: boolean;
  readonly audioCoinsPerMinute: number | null;
  readonly videoCoinsPerMinute: number | null;
}

/**
 * Calls, telecallers, and what calls cost. Every method rejects with `StoreUnavailable` while the database is away; `begin`
 * and `move` reject with `CommitInDoubt` when it cannot be known whether they were stored.
 */
export interface CallStore {
  /** `null` when there is no such telecaller. */
  telecaller(userId: number): Promise<TelecallerStanding | null>;
  /** Approved telecallers whose account is not blocked, by id. */
  telecallers(page: PageByKey): Promise<RowsByKey<Telecaller>>;
  /** Makes a user a telecaller, or changes one; presence stays as it is (OFFLINE for a new one). */
  saveTelecaller(userId: number, details: TelecallerDetails): Promise<void>;
  /** Sets ONLINE from OFFLINE only (ON_CALL stays), or OFFLINE from any; true when that was a change. */
  setPresence(telecallerId: number, presence: 'ONLINE' | 'OFFLINE'): Promise<boolean>;
  /** Sets every telecaller OFFLINE: for the start of a server. */
  resetPresence(): Promise<void>;
  /**
   * Stores a ringing call with its deadline `call_unanswered` (`null`: none), unless one of both has a call that is under way.
   * Of two that begin at the same instant with a user in common, one is begun.
   */
  begin(call: NewCall, unansweredAtMs: number | null): Promise<StartCallResult>;
  /** The call with that public id; `null`: none. */
  byCallId(callId: string): Promise<Call | null>;
  /** The call with that row number; `null`: none. */
  byId(id: number): Promise<Call | null>;
  /** The call of that user or telecaller that rings or goes on; `null`: none. */
  underWayOf(userId: number): Promise<Call | null>;
  /** All calls that ring or go on. */
  underWay(): Promise<readonly Call[]>;
  /**
   * Stores the next state, and with it, in one transaction: deadlines; the telecaller's presence (ON_CALL from
   * acceptance to end, unless OFFLINE); and at the end that both are free, the caller's coins, and the order to
   * close the room. False, and nothing is stored, when the call had left the state it was decided on.
   */
  move(move: CallMove): Promise<boolean>;
  /** Stores that someone was in the room of an accepted call; nothing of a call in another state. */
  markRoomUsed(id: number): Promise<void>;
  /** The calls of a user or telecaller, by the number of their row. */
  list(userId: number, page: PageByKey): Promise<RowsByKey<Call>>;
  /** How many coins a user has left; below zero when calls cost more than there were. */
  coinBalance(userId: number): Promise<number>;
}
