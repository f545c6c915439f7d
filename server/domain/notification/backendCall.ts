import type { RingCloseCause } from '../auction/rules/events.ts';

/** What the house's main backend is told. */
export type BackendCall = RingClosedCall;

/** A ring is closed for good, and its sale has ended or is cancelled. */
export interface RingClosedCall {
  readonly kind: 'ring_closed';
  readonly ringId: number;
  readonly closedAtMs: number;
  readonly cause: RingCloseCause;
}

/** A call to be queued in the commit of the event that causes it. */
export interface NewBackendCall {
  readonly auctionId: number;
  /** Whom it is about: the auctioneer. */
  readonly userId: number;
  readonly call: BackendCall;
  readonly createdAtMs: number;
}
