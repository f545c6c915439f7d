import type { LedgerStore } from './store.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Outcome } from '../rules/outcome.ts';
import { type ReceiptKey, receiptKey, type Receipts, RECEIPT_LIFETIME_MS } from './receipts.ts';
import type { AuctionCommand } from '../rules/commands.ts';
import type { AuctionEvent, StoredAuctionEvent } from '../rules/events.ts';

/** How many bids of the last minutes are read with the auction; the ids of others are looked up when they come. */
const MAX_READ = 5_000;

/** What the receipts of a lane stand on. */
export interface LaneReceiptServices {
  readonly store: Pick<LedgerStore, 'bidsWithRequestIds' | 'bidsByRequestIds'>;
  readonly receipts: Receipts<AuctionEvent>;
  readonly clock: Clock;
}

/** A message that waits, with the key of its receipt; `null`: it has no id. */
export interface Keyed {
  readonly receiptKey: ReceiptKey | null;
}

/** What became of messages to one auction: what the process remembers, and what only the ledger knows any more. */
export class LaneReceipts {
  readonly #auctionId: number;
  readonly #services: LaneReceiptServices;
  /** Until then there may be accepted bids with ids that were not read, by the monotonic clock. */
  #unreadUntilMs = -Infinity;
  /** The messages being dealt with that were looked up in the ledger; `null`: it has no such bid. */
  readonly #lookedUp = new Map<string, Outcome<AuctionEvent> | null>();

  constructor(auctionId: number, services: LaneReceiptServices) {
    this.#auctionId = auctionId;
    this.#services = services;
  }

  /** The key of a command's message; `null` where it has no id. */
  keyOf(command: AuctionCommand): ReceiptKey | null {
    if (command.type !== 'place_bid' || command.requestId === null) return null;
    return receiptKey(this.#auctionId, command.bidder.id, command.requestId);
  }

  /** What became of that message before, as far as is known. */
  find(key: ReceiptKey): Outcome<AuctionEvent> | null {
    return this.#services.receipts.find(key) ?? this.#lookedUp.get(key.text) ?? null;
  }

  /** Remembers an outcome that was not known before. */
  record(key: ReceiptKey, outcome: Outcome<AuctionEvent>): void {
    this.#services.receipts.record(key, outcome);
  }

  /** Remembers an event of the ledger, if it is a bid that carried an id; gives its key. */
  recordStored(stored: StoredAuctionEvent): ReceiptKey | null {
    const { event } = stored;
    if (event.type !== 'bid_placed' || event.requestId === null) return null;
    const { receipts, clock } = this.#services;
    const key = receiptKey(this.#auctionId, event.bidder.id, event.requestId);
    receipts.record(key, { kind: 'accepted', stored }, clock.nowMs() - event.atMs);
    return key;
  }

  /** Reads the bids of the last minutes. */
  async read(): Promise<void> {
    const { store, clock } = this.#services;
    const recent = await store.bidsWithRequestIds(this.#auctionId, this.#sinceMs(), MAX_READ);
    for (const stored of recent) this.recordStored(stored);
    if (recent.length === MAX_READ) this.#unreadUntilMs = clock.elapsedMs() + RECEIPT_LIFETIME_MS;
  }

  /** Whether there is anything that only the ledger may know: seldom, so it is asked before every batch. */
  get mayHaveForgotten(): boolean {
    return this.#services.receipts.hasForgotten || this.#isUnread;
  }

  /** The ids of those messages that may be accepted bids which are not remembered (SA3). */
  forgottenIds(messages: readonly Keyed[]): readonly string[] {
    const { receipts } = this.#services;
    const isUnread = this.#isUnread;
    const ids: string[] = [];
    for (const { receiptKey: key } of messages) {
      if (key === null || !(isUnread || receipts.mayBeForgotten(key))) continue;
      if (!this.#lookedUp.has(key.text) && receipts.find(key) === null) ids.push(key.requestId);
    }
    return ids;
  }

  /** Looks these ids up in the ledger for those messages, which are then decided with what it knows. */
  async lookUp(requestIds: readonly string[], messages: readonly Keyed[]): Promise<void> {
    const ids = [...new Set(requestIds)];
    const found = await this.#services.store.bidsByRequestIds(this.#auctionId, this.#sinceMs(), ids);
    for (const { receiptKey: key } of messages) {
      if (key !== null) this.#lookedUp.set(key.text, null);
    }
    for (const stored of found) {
      const key = this.recordStored(stored);
      if (key !== null) this.#lookedUp.set(key.text, { kind: 'accepted', stored });
    }
  }

  /** Those messages are answered. */
  answered(): void {
    if (this.#lookedUp.size > 0) this.#lookedUp.clear();
  }

  get #isUnread(): boolean {
    return this.#services.clock.elapsedMs() < this.#unreadUntilMs;
  }

  #sinceMs(): number {
    return this.#services.clock.nowMs() - RECEIPT_LIFETIME_MS;
  }
}
