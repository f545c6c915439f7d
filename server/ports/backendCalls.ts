import type { BackendCall, BackendCallKind } from '../domain/notification/backendCall.ts';

/** What became of one attempt. `retry`: the backend is away or in trouble; `rejected`: it will never take it. */
export type CallOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'rejected'; readonly error: string };

/** A call, and the main backend's own name for the sale that it is about; `null`: it has given none. */
export interface BackendMessage {
  readonly call: BackendCall;
  readonly externalId: string | null;
}

/** Tells the house's main backend. A call may arrive more than once. */
export interface BackendCalls {
  /** The kinds of call that it wants; the others are not queued. */
  readonly hears: ReadonlySet<BackendCallKind>;
  /** Tries once and never throws. A call that is no longer wanted waits (`retry`) for the settings to come back. */
  send(message: BackendMessage): Promise<CallOutcome>;
}
