import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../ports/clock.ts';
import type { Metrics } from '../../../ports/metrics.ts';
import { ForgottenIds } from './forgottenIds.ts';
import type { Limits } from '../../../limits.ts';
import type { Outcome } from '../rules/outcome.ts';

/** How long a repeated message id is answered with the outcome it had. */
export const RECEIPT_LIFETIME_MS = 5 * 60_000;

/** What a receipt takes without its key, about. */
const RECEIPT_BYTES = 400;
const BYTES_PER_CHARACTER = 2;

/** What a receipt is found by. */
export interface ReceiptKey {
  readonly userId: number;
  /** Names the message among those of all users and auctions. */
  readonly text: string;
}

/** The key of a user's message to an auction; its id as JSON writes it, so that `5` and `"5"` differ. */
export function receiptKey(auctionId: number, userId: number, requestId: string): ReceiptKey {
  return { userId, text: `${auctionId}:${userId}:${requestId}` };
}

/** The receipts of one user. */
interface UserReceipts {
  /** Their keys, oldest first, from `first` on; some may be forgotten already. */
  texts: string[];
  first: number;
  /** How many are remembered. */
  count: number;
}

interface Receipt<Event> {
  readonly outcome: Outcome<Event>;
  readonly userId: number;
}

/**
 * The outcomes of messages that carried an id, for all auctions of this process: a client that lost its connection may
 * safely repeat itself. Bounded for each user and in bytes (SA3); the oldest are forgotten first. A refused one that
 * is forgotten is decided again, for it changed nothing; of an accepted one is known that it may be in the ledger.
 */
export class Receipts<Event> {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #maxPerUser: number;
  readonly #known: LRUCache<string, Receipt<Event>>;
  readonly #ofUsers = new Map<number, UserReceipts>();
  readonly #forgotten = new ForgottenIds(RECEIPT_LIFETIME_MS);

  constructor(
    limits: Pick<Limits, 'receiptsPerUser' | 'receiptBytes'>,
    { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
  ) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#maxPerUser = limits.receiptsPerUser;
    this.#known = new LRUCache<string, Receipt<Event>>({
      maxSize: limits.receiptBytes > 0 ? limits.receiptBytes : Number.MAX_SAFE_INTEGER,
      sizeCalculation: (_receipt, text) => RECEIPT_BYTES + BYTES_PER_CHARACTER * text.length,
      ttl: RECEIPT_LIFETIME_MS,
      ttlResolution: 0,
      perf: { now: () => this.#now() },
      dispose: (receipt, text, reason) => this.#disposed(text, receipt, reason),
    });
    metrics.gauge('receipts', () => this.#known.size);
    metrics.gauge('receipt_bytes', () => this.#known.calculatedSize);
  }

  /** The outcome that this message had, if it is remembered. */
  find({ text }: ReceiptKey): Outcome<Event> | null {
    return this.#known.peek(text)?.outcome ?? null;
  }

  /** True when an accepted message of the last minutes was forgotten, so that {@link mayBeForgotten} is to be asked. */
  get hasForgotten(): boolean {
    return this.#forgotten.isInUse(this.#clock.elapsedMs());
  }

  /** True when this message may have been accepted and forgotten, so that only the ledger knows. */
  mayBeForgotten({ text }: ReceiptKey): boolean {
    return this.#forgotten.mayHave(text, this.#clock.elapsedMs());
  }

  /** Remembers what became of a message that is `ageMs` old. */
  record({ userId, text }: ReceiptKey, outcome: Outcome<Event>, ageMs = 0): void {
    if (ageMs >= RECEIPT_LIFETIME_MS) return;
    // What stands there moves to the end of the order.
    this.#known.delete(text);
    let ofUser = this.#ofUsers.get(userId);
    if (ofUser === undefined) {
      ofUser = { texts: [], first: 0, count: 0 };
      this.#ofUsers.set(userId, ofUser);
    }
    ofUser.count += 1;
    const receipt = { outcome, userId };
    if (ageMs > 0) this.#known.set(text, receipt, { start: this.#now() - ageMs });
    else this.#known.set(text, receipt);
    if (this.#maxPerUser === 0) return;
    ofUser.texts.push(text);
    this.#forgetBeyond(this.#maxPerUser, ofUser);
  }

  #forgetBeyond(max: number, ofUser: UserReceipts): void {
    while (ofUser.count > max) {
      const oldest = ofUser.texts[ofUser.first];
      if (oldest === undefined) return;
      ofUser.first += 1;
      const receipt = this.#known.peek(oldest, { allowStale: true });
      if (receipt === undefined) continue;
      this.#forget(oldest, receipt, 'receiptsPerUser');
      this.#known.delete(oldest);
    }
    // Half of them or more are forgotten.
    if (ofUser.texts.length <= 2 * max) return;
    ofUser.texts = ofUser.texts.slice(ofUser.first).filter((text) => this.#known.has(text));
    ofUser.first = 0;
  }

  /** The cache takes a start at 0 for none: no receipt that is remembered starts there. */
  #now(): number {
    return this.#clock.elapsedMs() + RECEIPT_LIFETIME_MS + 1;
  }

  #disposed(text: string, receipt: Receipt<Event>, reason: LRUCache.DisposeReason): void {
    const ofUser = this.#ofUsers.get(receipt.userId);
    if (ofUser !== undefined) {
      ofUser.count -= 1;
      if (ofUser.count === 0) this.#ofUsers.delete(receipt.userId);
    }
    if (reason === 'evict') this.#forget(text, receipt, 'receiptBytes');
  }

  /** Lets go of those that are over. */
  sweep(): void {
    this.#known.purgeStale();
  }

  #forget(text: string, receipt: Receipt<Event>, limit: 'receiptsPerUser' | 'receiptBytes'): void {
    this.#metrics.limited(limit);
    if (receipt.outcome.kind === 'accepted') this.#forgotten.add(text, this.#clock.elapsedMs());
  }
}
