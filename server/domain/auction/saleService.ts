import type { LedgerStore } from './ledger/store.ts';
import type { CatalogueStore, NewSale, SaleCreation } from './catalogue/store.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import { profileOf } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import { type Outcome, refused } from './rules/outcome.ts';
import { type Refusal, refusals } from './rules/refusals.ts';
import type { AuctionLookups } from './ledger/auctionLookups.ts';
import type { SaleCommand } from './rules/commands.ts';
import type { AuctionEvent } from './rules/events.ts';
import type { Lanes } from './ledger/lanes.ts';

/** A comment as it came in. */
export interface CommentRequest {
  readonly auctionId: number;
  readonly authorId: number;
  readonly text: string;
  readonly receivedAtMs: number;
}

/** What the service works with. */
export interface SaleServices {
  readonly ledger: Pick<LedgerStore, 'load'>;
  readonly catalogue: Pick<CatalogueStore, 'createSale'>;
  readonly lanes: Lanes;
  readonly lookups: AuctionLookups;
  readonly accounts: Accounts;
}

/** The making of live sales, what their hosts ask of them, and comments. Bids go through `AuctionService`. */
export class SaleService {
  readonly #ledger: Pick<LedgerStore, 'load'>;
  readonly #catalogue: Pick<CatalogueStore, 'createSale'>;
  readonly #lanes: Lanes;
  readonly #lookups: AuctionLookups;
  readonly #accounts: Accounts;

  constructor({ ledger, catalogue, lanes, lookups, accounts }: SaleServices) {
    this.#ledger = ledger;
    this.#catalogue = catalogue;
    this.#lanes = lanes;
    this.#lookups = lookups;
    this.#accounts = accounts;
  }

  /** Stores a new live sale, unless there is no such category or its external id is taken. Its host starts it. */
  async create(sale: NewSale): Promise<SaleCreation> {
    const creation = await this.#catalogue.createSale(sale);
    if (creation.kind === 'created') this.#lookups.made(creation.id);
    return creation;
  }

  /** Does what its host asks of a live sale. */
  async direct(auctionId: number, command: SaleCommand): Promise<Outcome<AuctionEvent>> {
    return this.#lanes.submit(auctionId, command);
  }

  /** Why this user is not the host of that live sale; `null` when they are. */
  async whyNotHost(auctionId: number, userId: number): Promise<Refusal | null> {
    try {
      const result = await this.#lookups.find(auctionId, userId, () => this.#ledger.load(auctionId));
      if (result.kind === 'refused') return result.refusal;
      const { sale, facts } = result.found;
      if (sale === null) return refusals.auctionNotFound;
      return facts.sellerId === userId ? null : refusals.notSeller;
    } catch (error) {
      if (error instanceof StoreUnavailable) return refusals.unavailable;
      throw error;
    }
  }

  /** Posts a comment: accepted once it is stored. */
  async comment({ auctionId, authorId, text, receivedAtMs }: CommentRequest): Promise<Outcome<AuctionEvent>> {
    try {
      const found = this.#accounts.byId(authorId);
      const account = found instanceof Promise ? await found : found;
      if (account === null) return refused(refusals.userNotFound);
      const { isBlocked: authorIsBlocked } = account;
      const author = profileOf(account);
      return await this.#lanes.submit(auctionId, {
        type: 'post_comment',
        author,
        authorIsBlocked,
        text,
        receivedAtMs,
      });
    } catch (error) {
      if (error instanceof StoreUnavailable) return refused(refusals.unavailable);
      throw error;
    }
  }
}
