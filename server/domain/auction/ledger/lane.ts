import type { Clock } from '../../../ports/clock.ts';
import type { CommitOutcome, LedgerStore } from './store.ts';
import { CommitInDoubt, StoreUnavailable } from '../../../ports/errors.ts';
import type { Committer, Contributor } from './committer.ts';
import type { BackendCallKind } from '../../notification/backendCall.ts';
import { type Outcome, refused } from '../rules/outcome.ts';
import { type ReceiptKey, RECEIPT_LIFETIME_MS } from './receipts.ts';
import { type Refusal, refusals } from '../rules/refusals.ts';
import type { AuctionLookups } from './auctionLookups.ts';
import { type AuctionChange, changeOf } from './change.ts';
import type { EarlierBidder } from './notices.ts';
import type { AuctionCommand } from '../rules/commands.ts';
import { decide } from '../rules/decide.ts';
import type { AuctionEvent, StoredAuctionEvent } from '../rules/events.ts';
import { evolve } from '../rules/evolve.ts';
import { type Keyed, LaneReceipts, type LaneReceiptServices } from './laneReceipts.ts';
import type { AuctionState } from '../rules/state.ts';

/** The most commands that one change may hold. */
const MAX_BATCH = 256;
/** How many events are read at once when another process was faster. */
const CATCH_UP_PAGE = 500;
/** How old a state may be that a command is refused on: another process may have changed the auction. */
const FRESH_MS = 1_000;
/** How long to wait before asking again whether a commit in doubt was stored. */
const DOUBT_RETRY_MS = 250;

const NO_IDS: readonly string[] = [];

type AuctionOutcome = Outcome<AuctionEvent>;

interface Waiting extends Keyed {
  readonly command: AuctionCommand;
  readonly resolve: (outcome: AuctionOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What was decided on a batch of commands. */
interface Decided {
  readonly outcomes: readonly AuctionOutcome[];
  readonly events: readonly StoredAuctionEvent[];
  readonly after: AuctionState;
  /** The receipts' keys of those outcomes that were not known before; `null` for the others. */
  readonly freshKeys: readonly (ReceiptKey | null)[];
}

/** What was decided and is to be stored. */
interface Attempt {
  readonly decided: Decided;
  readonly change: AuctionChange;
}

/** What is asked of the store before commands are decided. */
interface Preparation {
  /** Events that were missed, or the whole auction where it is not known. */
  readonly catchUp?: boolean;
  /** Ids of messages that only the ledger may know any more. */
  readonly forgottenIds?: readonly string[];
  /** When the auction ends: all who have bid on it are told. */
  readonly endsAtMs?: number | null;
}

/** What a lane works with. */
export interface LaneServices extends LaneReceiptServices {
  readonly store: LedgerStore;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly lookups: AuctionLookups;
  /** Called when there is no such auction: nothing of it is to be kept. */
  readonly missing: (auctionId: number) => void;
  /** A name for a change that no other has. */
  readonly nextChangeId: () => string;
  /** The most commands that may wait; 0: no bound. */
  readonly maxWaiting: number;
  /** The kinds of call that the main backend wants; none when left out. */
  readonly backendCalls?: ReadonlySet<BackendCallKind>;
  /** Who was outbid so long before the end is told of it by letter; 0 when left out. */
  readonly outbidLetterWindowMs?: number;
  /** Called after every commit, before the commands are answered. */
  readonly published: (change: AuctionChange, notificationIds: readonly number[]) => void;
}

/**
 * The one queue of an auction. When the committer has room, it decides every command that waits, contributes what
 * follows as one change, and answers once that is stored; newer commands wait their turn. Another process may write to
 * the same auction: the store's version check notices, and the lane catches up and decides the same commands again.
 */
export class AuctionLane implements Contributor {
  readonly #auctionId: number;
  readonly #services: LaneServices;
  readonly #receipts: LaneReceipts;
  readonly #waiting: Waiting[] = [];
  #state: AuctionState | null = null;
  /** When the state was last known to be the store's, by the monotonic clock. */
  #verifiedAtMs = -Infinity;
  /** From the first command that waits to the last that is answered. */
  #isBusy = false;
  /** The commands that are being dealt with. */
  #batch: readonly Waiting[] = [];
  #attempt: Attempt | null = null;
  /** An attempt of this batch that may be stored although its answer was lost. */
  #doubtful: Attempt | null = null;
  #isInDoubt = false;
  /** All who had bid at a version, read when the auction is to end. */
  #bidders: { readonly version: number; readonly list: readonly EarlierBidder[] } | null = null;
  /** By the monotonic clock. */
  #lastUsedAtMs: number;
  /** Called when no command waits any more. */
  #whenIdle: (() => void)[] = [];

  constructor(auctionId: number, services: LaneServices) {
    this.#auctionId = auctionId;
    this.#services = services;
    this.#receipts = new LaneReceipts(auctionId, services);
    this.#lastUsedAtMs = services.clock.elapsedMs();
  }

  /** True when no command waits and the auction has been quiet for long, by the monotonic clock. */
  isIdleAt(elapsedMs: number): boolean {
    return !this.#isBusy && elapsedMs - this.#lastUsedAtMs >= RECEIPT_LIFETIME_MS;
  }

  /** Answers exactly once, after all that follows from the command is stored. */
  submit(command: AuctionCommand): Promise<AuctionOutcome> {
    const { clock, committer, maxWaiting } = this.#services;
    this.#lastUsedAtMs = clock.elapsedMs();
    if (this.#isInDoubt) return Promise.resolve(refused(refusals.unavailable));
    if (maxWaiting > 0 && this.#waiting.length >= maxWaiting) return Promise.resolve(refused(refusals.busy));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, receiptKey: this.#receipts.keyOf(command), resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      committer.enter(this);
    });
  }

  /** Resolves when every command that was submitted before is answered. */
  async settled(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  contribute(): AuctionChange | null {
    if (this.#batch.length === 0) this.#batch = this.#waiting.splice(0, MAX_BATCH);
    try {
      return this.#decide();
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  committed(outcome: CommitOutcome): void {
    try {
      if (outcome.kind === 'conflict') void this.#resume({ catchUp: true });
      else if (this.#attempt !== null) this.#stored(this.#attempt, outcome.notificationIds);
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    if (error instanceof CommitInDoubt && this.#attempt !== null) {
      this.#doubtful = this.#attempt;
      void this.#resume({});
      return;
    }
    this.#state = null;
    const isAway = error instanceof StoreUnavailable;
    this.#answer(({ resolve, reject }) => (isAway ? resolve(refused(refusals.unavailable)) : reject(error)));
  }

  #decide(): AuctionChange | null {
    const { clock, nextChangeId, backendCalls } = this.#services;
    const before = this.#state;
    if (before === null) {
      void this.#resume({ catchUp: true });
      return null;
    }
    const forgottenIds = this.#receipts.mayHaveForgotten ? this.#receipts.forgottenIds(this.#batch) : NO_IDS;
    if (forgottenIds.length > 0) {
      void this.#resume({ forgottenIds });
      return null;
    }
    const decided = this.#decideAll(before);
    const { events, after } = decided;
    if (events.length === 0) {
      if (clock.elapsedMs() - this.#verifiedAtMs < FRESH_MS) this.#tell(decided);
      else void this.#resume({ catchUp: true });
      return null;
    }
    const endsAtMs = endOf(before, decided);
    if (endsAtMs !== null && this.#bidders?.version !== before.version) {
      void this.#resume({ endsAtMs });
      return null;
    }
    const changeId = this.#doubtful?.change.changeId ?? nextChangeId();
    const change = changeOf(before, events, after, changeId, backendCalls, this.#bidders?.list);
    this.#attempt = { decided, change };
    return change;
  }

  #decideAll(before: AuctionState): Decided {
    const outcomes: AuctionOutcome[] = [];
    const events: StoredAuctionEvent[] = [];
    const freshKeys: (ReceiptKey | null)[] = [];
    // A lone command repeats nothing of its batch.
    const seen = this.#batch.length > 1 ? new Map<string, AuctionOutcome>() : null;
    let after = before;
    for (const { command, receiptKey: key } of this.#batch) {
      let outcome = key === null ? null : (seen?.get(key.text) ?? this.#receipts.find(key));
      freshKeys.push(outcome === null ? key : null);
      if (outcome === null) {
        const decision = decide(after, command);
        if (decision.kind === 'refused') {
          outcome = decision;
        } else {
          for (const event of decision.events) {
            after = evolve(after, event);
            events.push({ seq: after.version, event });
          }
          outcome = { kind: 'accepted', stored: last(events) };
        }
        if (key !== null) seen?.set(key.text, outcome);
      }
      outcomes.push(outcome);
    }
    return { outcomes, events, after, freshKeys };
  }

  /** Others may have overtaken a change that came late. */
  #stored({ decided, change }: Attempt, notificationIds: readonly number[]): void {
    if (this.#state === null || this.#state.version <= change.after.version) this.#verified(change.after);
    this.#services.published(change, notificationIds);
    this.#tell(decided);
  }

  #tell({ outcomes, freshKeys }: Decided): void {
    this.#answer(({ resolve }, index) => {
      const outcome = outcomes[index] ?? refused(refusals.unavailable);
      const freshKey = freshKeys[index] ?? null;
      if (freshKey !== null) this.#receipts.record(freshKey, outcome);
      resolve(outcome);
    });
  }

  #answer(tell: (waiting: Waiting, index: number) => void): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#attempt = null;
    this.#doubtful = null;
    this.#bidders = null;
    this.#receipts.answered();
    batch.forEach(tell);
    if (this.#waiting.length > 0) {
      this.#services.committer.enter(this);
    } else {
      this.#isBusy = false;
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  /** Asks the store for what must be known before the commands are decided, or decided again. */
  async #resume({ catchUp = false, forgottenIds = NO_IDS, endsAtMs = null }: Preparation): Promise<void> {
    try {
      const doubtful = this.#doubtful;
      if (doubtful !== null && (await this.#wasStored(doubtful.change))) return this.#stored(doubtful, []);
      if (forgottenIds.length > 0) {
        await this.#receipts.lookUp(forgottenIds, this.#batch);
      }
      if (endsAtMs !== null) await this.#readBidders(endsAtMs);
      const refusal = catchUp ? await this.#catchUp() : null;
      if (refusal === null) this.#services.committer.enter(this);
      else this.#refuseAll(refusal);
    } catch (error) {
      this.failed(error);
    }
  }

  async #readBidders(endsAtMs: number): Promise<void> {
    const { store, outbidLetterWindowMs = 0 } = this.#services;
    const version = this.#state?.version ?? 0;
    this.#bidders = { version, list: await store.bidders(this.#auctionId, endsAtMs - outbidLetterWindowMs) };
  }

  /** Gives the reason where the auction cannot be had. */
  async #catchUp(): Promise<Refusal | null> {
    const { store } = this.#services;
    let current = this.#state;
    if (current === null) return this.#read();
    for (;;) {
      const missed = await store.eventsAfter(this.#auctionId, current.version, CATCH_UP_PAGE);
      for (const stored of missed) {
        if (stored.seq !== current.version + 1) {
          throw new Error(`event ${stored.seq} does not follow version ${current.version}`);
        }
        current = evolve(current, stored.event);
        this.#receipts.recordStored(stored);
      }
      if (missed.length < CATCH_UP_PAGE) break;
    }
    this.#verified(current);
    return null;
  }

  /** Reads the auction for the first time, when it is the turn of the user who asks; without a user at once. */
  async #read(): Promise<Refusal | null> {
    const { lookups, missing } = this.#services;
    let refusal: Refusal = refusals.busy;
    // Where too much of one of them waits already, the turn of another does as well.
    for (const userId of new Set(this.#batch.map(({ command }) => userIdOf(command)))) {
      const result = await lookups.find(this.#auctionId, userId, () => this.#load());
      if (result.kind === 'found') return null;
      refusal = result.refusal;
      if (refusal.code !== 'busy') break;
    }
    if (refusal.code === 'auction_not_found') missing(this.#auctionId);
    return refusal;
  }

  /** `null` where there is no such auction. */
  async #load(): Promise<true | null> {
    const state = await this.#services.store.load(this.#auctionId);
    if (state === null) return null;
    await this.#receipts.read();
    this.#verified(state);
    return true;
  }

  /** What waits was asked of the same auction, so it is refused alike. */
  #refuseAll(refusal: Refusal): void {
    this.#batch = [...this.#batch, ...this.#waiting.splice(0)];
    this.#answer(({ resolve }) => resolve(refused(refusal)));
  }

  #verified(state: AuctionState): void {
    this.#state = state;
    this.#verifiedAtMs = this.#services.clock.elapsedMs();
  }

  /**
   * Whether a change whose answer was lost is stored: asked until the store answers, for no client is told a guess. That
   * may take as long as the store is away, so commands that wait behind it are refused.
   */
  async #wasStored({ auctionId, expectedVersion, changeId }: AuctionChange): Promise<boolean> {
    const { store, clock } = this.#services;
    this.#isInDoubt = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(refused(refusals.unavailable));
    try {
      for (;;) {
        try {
          return (await store.changeIdAt(auctionId, expectedVersion + 1)) === changeId;
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          await new Promise<void>((resolve) => clock.after(DOUBT_RETRY_MS, resolve));
        }
      }
    } finally {
      this.#isInDoubt = false;
    }
  }
}

/** Who asks; `null`: the server itself. */
function userIdOf(command: AuctionCommand): number | null {
  switch (command.type) {
    case 'place_bid':
      return command.bidder.id;
    case 'post_comment':
      return command.author.id;
    case 'start':
      return null;
    default:
      return command.requestedBy?.id ?? null;
  }
}

/** When a timed auction ends on which someone had bid before; `null` where that is not decided. */
function endOf(before: AuctionState, { events, after }: Decided): number | null {
  if (before.sale !== null || before.round.highestBid === null) return null;
  if (before.status === after.status || after.status !== 'ended') return null;
  return last(events).event.atMs;
}

function last<Item>(items: readonly Item[]): Item {
  const item = items[items.length - 1];
  if (item === undefined) throw new Error('a decision without events');
  return item;
}
