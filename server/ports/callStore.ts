import type { Call, CallStatus, NewCall } from '../domain/call/call.ts';
import type { Telecaller, TelecallerStanding } from '../domain/call/telecaller.ts';
import type { Deadline } from '../domain/deadline.ts';
import type { PageByKey, RowsByKey } from './page.ts';

/** What became of the wish to begin a call. The telecaller's other call is told of before the caller's own. */
export type Beginning =
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

/** What a telecaller is set up with; coins per started minute, `null`: the house's rate. */
export interface TelecallerDetails {
  readonly language: string;
  readonly about: string;
  readonly isApproved: boolean;
  readonly audioCoinsPerMinute: number | null;
  readonly videoCoinsPerMinute: number | null;
}

/** Calls, telecallers, and what calls cost. */
export interface CallStore {
  /** `null` when there is no such telecaller. */
  telecaller(userId: number): Promise<TelecallerStanding | null>;
  /** Approved telecallers whose account is not blocked, by id. */
  telecallers(page: PageByKey): Promise<RowsByKey<Telecaller>>;
  /** Makes a user a telecaller, or changes one; presence stays as it is (OFFLINE for a new one). */
  saveTelecaller(userId: number, details: TelecallerDetails): Promise<void>;
  /** ONLINE from OFFLINE only: who is on call has come already. OFFLINE from both; true when that was a change. */
  setPresence(telecallerId: number, presence: 'ONLINE' | 'OFFLINE'): Promise<boolean>;
  /** Nobody is there any more. */
  resetPresence(): Promise<void>;
  /**
   * Stores a ringing call with its deadline `call_unanswered` (`null`: none), unless one of both has a call that is under way.
   * Of two that begin at the same instant with somebody in common, one is begun.
   */
  begin(call: NewCall, unansweredAtMs: number | null): Promise<Beginning>;
  byCallId(callId: string): Promise<Call | null>;
  byId(id: number): Promise<Call | null>;
  /** The call of theirs that rings or goes on. */
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
