/** Calls to the main backend. */
export type BackendCall = RingClosedCall;

/** A ring is closed for good, and its sale has ended. */
export interface RingClosedCall {
  readonly kind: 'ring_closed';
  readonly ringId: number;
  readonly closedAtMs: number;
  readonly cause: 'stopped' | 'auctioneer_disconnected';
}

/** A call to be queued in the commit of the event that causes it. */
export interface NewBackendCall {
  readonly auctionId: number;
  /** Whom it is about: the auctioneer. */
  readonly userId: number;
  readonly call: BackendCall;
  readonly createdAtMs: number;
}
