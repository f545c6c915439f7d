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
  /** The client's id of the message, as JSON writes it, so that `5` and `"5"` differ. */
  readonly requestId: string;
  /** Names the message among those of all users and auctions. */
  readonly text: string;
}

/** The key of a user's message to an auction. */
export function receiptKey(auctionId: number, userId: number, requestId: string): ReceiptKey {
  return { userId, requestId, text: `${auctionId}:${userId}:${requestId}` };
}

/** The receipts of one user: a list from the oldest to the newest. */
interface UserReceipts<Event> {
  readonly userId: number;
  count: number;
  oldest: Receipt<Event> | null;
  newest: Receipt<Event> | null;
}

/** One receipt, in two lists: that of all and that of its user. */
interface Receipt<Event> {
  readonly text: string;
  readonly user: UserReceipts<Event>;
  /** When the message was decided, by the monotonic clock. */
  readonly decidedAtMs: number;
  outcome: Outcome<Event>;
  older: Receipt<Event> | null;
  newer: Receipt<Event> | null;
  newerOfUser: Receipt<Event> | null;
}

/**
 * The outcomes of messages that carried an id, for all auctions of this process: a client that lost its connection may
 * safely repeat itself. Bounded for each user and in bytes (SA3); the oldest are forgotten first. A refused one that
 * is forgotten is decided again, for it changed nothing; of an accepted one is known that it may be in the ledger.
 *
 * Every bid is remembered, so this is two linked lists over one map: nothing is searched, moved or copied.
 */
export class Receipts<Event> {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #maxPerUser: number;
  readonly #maxBytes: number;
  readonly #known = new Map<string, Receipt<Event>>();
  readonly #users = new Map<number, UserReceipts<Event>>();
  readonly #forgotten = new ForgottenIds(RECEIPT_LIFETIME_MS);
  #oldest: Receipt<Event> | null = null;
  #newest: Receipt<Event> | null = null;
  #bytes = 0;

  constructor(
    limits: Pick<Limits, 'receiptsPerUser' | 'receiptBytes'>,
    { clock, metrics }: { readonly clock: Clock; readonly metrics: Metrics },
  ) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#maxPerUser = limits.receiptsPerUser > 0 ? limits.receiptsPerUser : Infinity;
    this.#maxBytes = limits.receiptBytes > 0 ? limits.receiptBytes : Infinity;
    metrics.gauge('receipts', () => this.#known.size);
    metrics.gauge('receipt_bytes', () => this.#bytes);
  }

  /** The outcome that this message had, if it is remembered. */
  find({ text }: ReceiptKey): Outcome<Event> | null {
    const receipt = this.#known.get(text);
    return receipt === undefined || isOver(receipt, this.#clock.elapsedMs()) ? null : receipt.outcome;
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
    const elapsedMs = this.#clock.elapsedMs();
    this.#dropThoseOver(elapsedMs);
    const known = this.#known.get(text);
    if (known !== undefined) {
      this.#correct(known, outcome, elapsedMs);
      return;
    }
    const user = this.#userOf(userId);
    this.#append(user, text, outcome, elapsedMs - ageMs);
    if (user.count > this.#maxPerUser) this.#forget(user.oldest, 'receiptsPerUser', elapsedMs);
    while (this.#bytes > this.#maxBytes) this.#forget(this.#oldest, 'receiptBytes', elapsedMs);
  }

  /** Forgets those whose lifetime is over. */
  sweep(): void {
    this.#dropThoseOver(this.#clock.elapsedMs());
  }

  /** Another process accepted what was refused here. The receipt is over before the bid's time is, the ledger is not. */
  #correct(known: Receipt<Event>, outcome: Outcome<Event>, elapsedMs: number): void {
    if (known.outcome.kind === 'accepted' || outcome.kind === 'refused') return;
    known.outcome = outcome;
    this.#forgotten.add(known.text, elapsedMs);
  }

  #userOf(userId: number): UserReceipts<Event> {
    let user = this.#users.get(userId);
    if (user === undefined) {
      user = { userId, count: 0, oldest: null, newest: null };
      this.#users.set(userId, user);
    }
    return user;
  }

  #append(user: UserReceipts<Event>, text: string, outcome: Outcome<Event>, decidedAtMs: number): void {
    const older = this.#newest;
    const receipt = { text, user, decidedAtMs, outcome, older, newer: null, newerOfUser: null };
    if (older === null) this.#oldest = receipt;
    else older.newer = receipt;
    this.#newest = receipt;
    if (user.newest === null) user.oldest = receipt;
    else user.newest.newerOfUser = receipt;
    user.newest = receipt;
    user.count += 1;
    this.#known.set(text, receipt);
    this.#bytes += bytesOf(receipt);
  }

  /** Takes a receipt out that is the oldest of its user, as the oldest of all is too. */
  #remove(receipt: Receipt<Event>): void {
    const { text, user, older, newer, newerOfUser } = receipt;
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    user.oldest = newerOfUser;
    if (newerOfUser === null) user.newest = null;
    user.count -= 1;
    if (user.count === 0) this.#users.delete(user.userId);
    this.#known.delete(text);
    this.#bytes -= bytesOf(receipt);
  }

  #dropThoseOver(elapsedMs: number): void {
    while (this.#oldest !== null && isOver(this.#oldest, elapsedMs)) this.#remove(this.#oldest);
  }

  #forget(
    receipt: Receipt<Event> | null,
    limit: 'receiptsPerUser' | 'receiptBytes',
    elapsedMs: number,
  ): void {
    if (receipt === null) return;
    this.#remove(receipt);
    this.#metrics.limited(limit);
    if (receipt.outcome.kind === 'accepted') this.#forgotten.add(receipt.text, elapsedMs);
  }
}

function isOver({ decidedAtMs }: Receipt<unknown>, elapsedMs: number): boolean {
  return elapsedMs - decidedAtMs > RECEIPT_LIFETIME_MS;
}

function bytesOf({ text }: Receipt<unknown>): number {
  return RECEIPT_BYTES + BYTES_PER_CHARACTER * text.length;
}
