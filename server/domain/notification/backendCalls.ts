import type { DeliveryOutcome } from '../../ports/delivery.ts';
import type { BackendCall, BackendCallKind } from './backendCall.ts';

/** A call, and the main backend's own name for the sale that it is about; `null`: it has given none. */
export interface BackendMessage {
  readonly call: BackendCall;
  readonly externalId: string | null;
}

/** Calls the main backend. The outbox repeats a call, so it may arrive more than once. */
export interface BackendCalls {
  /** The kinds of call that it wants; no others are queued. */
  readonly hears: ReadonlySet<BackendCallKind>;
  /** Tries once and never throws. A call that is no longer wanted waits (`retry`) for the settings to come back. */
  send(message: BackendMessage): Promise<DeliveryOutcome>;
}
