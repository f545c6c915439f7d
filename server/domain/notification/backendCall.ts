import type { PauseReason, RingCloseCause } from '../auction/rules/events.ts';

/** Calls to the main backend. */
export type BackendCall = RingClosedCall | RingEventCall;

/** A kind of call: each is told in one place, or in none. */
export type BackendCallKind = BackendCall['kind'];

/** A ring is closed for good, and its sale has ended or is cancelled. */
export interface RingClosedCall {
  readonly kind: 'ring_closed';
  readonly ringId: number;
  readonly closedAtMs: number;
  readonly cause: RingCloseCause;
}

/** The changes of a ring that the main backend may follow. */
export type RingEventName = 'ring.live' | 'ring.paused' | 'ring.resumed' | 'ring.closed';

/** A change of a ring. Those of one ring are told one after the other. */
export interface RingEventCall {
  readonly kind: 'ring_event';
  readonly event: RingEventName;
  readonly ringId: number;
  /** The number of the event in the ledger, which rises from each call of a ring to the next. */
  readonly seq: number;
  readonly atMs: number;
  /** The status of the sale after it. */
  readonly status: 'active' | 'ended' | 'cancelled';
  /** Why the ring is paused or closed; `null` when it is live or resumed. */
  readonly cause: PauseReason | RingCloseCause | null;
}

/** A call to be queued in the commit of the event that causes it. */
export interface NewBackendCall {
  readonly auctionId: number;
  /** Whom it is about: the auctioneer. */
  readonly userId: number;
  readonly call: BackendCall;
  readonly createdAtMs: number;
}
