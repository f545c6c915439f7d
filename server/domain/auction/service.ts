import type { Minor } from '../../../shared/money.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { CatalogueStore, NewAuction } from './catalogue/store.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import { type Account, profileOf } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import type { AuctionDeadlineKind, Deadline, DeadlineVerdict } from '../deadline.ts';
import { type Outcome, refused } from './rules/outcome.ts';
import { refusals } from './rules/refusals.ts';
import type { AuctionLookups } from './ledger/auctionLookups.ts';
import type { AuctionCommand } from './rules/commands.ts';
import type { AuctionEvent, BidPlaced, Person } from './rules/events.ts';
import type { Lanes } from './ledger/lanes.ts';

/** A bid as it came in. */
export interface BidRequest {
  readonly auctionId: number;
  readonly bidder: { readonly id: number };
  readonly amount: Minor;
  /** The client's own id of the message, as JSON writes it; repeating it places nothing. */
  readonly requestId: string | null;
  readonly receivedAtMs: number;
}

/**
 * Bids on auctions of both kinds, their deadlines, and the making and ending of timed auctions. What else happens in
 * a live sale is done by `SaleService` and `RingService`; all of them change an auction through its lane.
 */
export class AuctionService {
  readonly #catalogue: Pick<CatalogueStore, 'create'>;
  readonly #lanes: Lanes;
  readonly #lookups: Pick<AuctionLookups, 'made'>;
  readonly #accounts: Accounts;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #deadlinesChanged: () => void;

  constructor(services: {
    catalogue: Pick<CatalogueStore, 'create'>;
    lanes: Lanes;
    lookups: Pick<AuctionLookups, 'made'>;
    accounts: Accounts;
    metrics: Metrics;
    clock: Clock;
    /** Called when a deadline may stand earlier than any before. */
    deadlinesChanged: () => void;
  }) {
    this.#catalogue = services.catalogue;
    this.#lanes = services.lanes;
    this.#lookups = services.lookups;
    this.#accounts = services.accounts;
    this.#metrics = services.metrics;
    this.#clock = services.clock;
    this.#deadlinesChanged = services.deadlinesChanged;
  }

  readonly #answered = (outcome: Outcome<AuctionEvent>): Outcome<BidPlaced> => {
    this.#metrics.bidAnswered(outcome.kind === 'accepted' ? 'accepted' : outcome.refusal.code);
    return asBid(outcome);
  };

  readonly #failed = (error: unknown): Outcome<BidPlaced> => {
    if (!(error instanceof StoreUnavailable)) throw error;
    this.#metrics.bidAnswered(refusals.unavailable.code);
    return refused(refusals.unavailable);
  };

  /** Places a bid in a timed auction or a live sale: accepted once it is stored. Decided in the order of asking. */
  placeBid(request: BidRequest): Promise<Outcome<BidPlaced>> {
    const account = this.#accounts.byId(request.bidder.id);
    const submitted =
      account instanceof Promise
        ? account.then((known) => this.#submit(request, known))
        : this.#submit(request, account);
    return submitted.then(this.#answered, this.#failed);
  }

  /** Ends an auction of either kind before its time; only its seller may. */
  async endBySeller(auctionId: number, requestedBy: Person): Promise<Outcome<AuctionEvent>> {
    return this.#lanes.submit(auctionId, { type: 'end', nowMs: this.#clock.nowMs(), requestedBy });
  }

  /** Carries out a deadline of an auction or its ring that is due; the rules say whether it is obsolete. */
  async meetDeadline(deadline: Deadline<AuctionDeadlineKind>): Promise<DeadlineVerdict> {
    const outcome = await this.#lanes.submit(
      deadline.subjectId,
      deadlineCommand(deadline, this.#clock.nowMs()),
    );
    if (outcome.kind === 'accepted') return 'done';
    const { code } = outcome.refusal;
    return code === 'busy' || code === 'unavailable' ? 'postponed' : 'obsolete';
  }

  /** Stores a new timed auction and gives its id. It starts by itself when its time comes. */
  async create(auction: NewAuction): Promise<number> {
    const auctionId = await this.#catalogue.create(auction);
    this.#lookups.made(auctionId);
    this.#deadlinesChanged();
    return auctionId;
  }

  #submit(request: BidRequest, account: Account | null): Promise<Outcome<AuctionEvent>> {
    if (account === null) return Promise.resolve(refused(refusals.userNotFound));
    return this.#lanes.submit(request.auctionId, {
      type: 'place_bid',
      bidder: profileOf(account),
      bidderIsBlocked: account.isBlocked,
      amount: request.amount,
      receivedAtMs: request.receivedAtMs,
      requestId: request.requestId,
    });
  }
}

function deadlineCommand({ kind }: Deadline<AuctionDeadlineKind>, nowMs: number): AuctionCommand {
  switch (kind) {
    case 'auction_start':
      return { type: 'start', nowMs };
    case 'auction_end':
      return { type: 'end', nowMs, requestedBy: null };
    case 'ring_pause':
      return { type: 'pause_sale', nowMs, requestedBy: null };
    case 'ring_close':
      return { type: 'close_ring', nowMs, requestedBy: null };
  }
}

function asBid(outcome: Outcome<AuctionEvent>): Outcome<BidPlaced> {
  if (outcome.kind === 'refused') return outcome;
  const { seq, event } = outcome.stored;
  if (event.type !== 'bid_placed') throw new Error(`a bid was answered by ${event.type}`);
  return { kind: 'accepted', stored: { seq, event } };
}
