/** What the outbox delivers: a letter, a call to the main backend, or the order to close a call's room. */
export type DeliveryKind = 'letter' | 'backend_call' | 'close_room';

/**
 * What became of one attempt to deliver something. `retry`: the other side is away or in trouble; `rejected`: it will
 * never take this.
 */
export type DeliveryOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'rejected'; readonly error: string };
