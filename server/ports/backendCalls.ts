import type { BackendCall } from '../domain/notification/backendCall.ts';

/** What became of one attempt. `retry`: the backend is away or in trouble; `rejected`: it will never take it. */
export type CallOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'rejected'; readonly error: string };

/** Tells the house's main backend. `send` never throws and tries once; a call may arrive more than once. */
export interface BackendCalls {
  send(call: BackendCall): Promise<CallOutcome>;
}
