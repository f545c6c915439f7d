import type { Outcome } from './outcome.ts';

/** How long a repeated message id is answered with the outcome it had. */
export const RECEIPT_LIFETIME_MS = 5 * 60_000;

/**
 * What a receipt is found by: whose message it was, and its id as JSON writes it, so that `5` and `"5"` differ.
 */
export function receiptKey(userId: number, requestId: string): string {
  return `${userId}:${requestId}`;
}

/**
 * The outcomes of messages that carried an id: a client that lost its connection may safely repeat itself.
 * Accepted ones are found again in the ledger after a restart; refused ones, which changed nothing, are not.
 */
export class Receipts<Event> {
  /** In the order of recording, so that the oldest stand first. */
  readonly #known = new Map<string, { readonly outcome: Outcome<Event>; readonly atMs: number }>();
  /** When the first of them was recorded, or a little before. */
  #firstAtMs = Infinity;

  find(key: string, nowMs: number): Outcome<Event> | null {
    const receipt = this.#known.get(key);
    return receipt !== undefined && nowMs - receipt.atMs < RECEIPT_LIFETIME_MS ? receipt.outcome : null;
  }

  record(key: string, outcome: Outcome<Event>, atMs: number): void {
    const limitMs = atMs - RECEIPT_LIFETIME_MS;
    if (this.#firstAtMs <= limitMs) this.#forgetUntil(limitMs);
    if (this.#known.size === 0) this.#firstAtMs = atMs;
    this.#known.set(key, { outcome, atMs });
  }

  #forgetUntil(limitMs: number): void {
    for (const [key, { atMs }] of this.#known) {
      this.#firstAtMs = atMs;
      if (atMs > limitMs) return;
      this.#known.delete(key);
    }
  }
}
