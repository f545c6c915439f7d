import type { Clock } from '../../ports/clock.ts';
import { type AuctionStore, CommitInDoubt, type CommitOutcome, StoreUnavailable } from '../../ports/store.ts';
import type { Committer } from '../committer.ts';
import { type Outcome, refused } from '../outcome.ts';
import { receiptKey, Receipts, RECEIPT_LIFETIME_MS } from '../receipts.ts';
import { refusals } from '../refusals.ts';
import { type AuctionChange, changeOf } from './change.ts';
import type { AuctionCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { AuctionEvent, StoredAuctionEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { AuctionState } from './state.ts';

/** The most commands that one change may hold. */
const MAX_BATCH = 256;
/** How many events are read at once when another process was faster. */
const CATCH_UP_PAGE = 500;
/** How old a state may be that a command is refused on: another process may have changed the auction. */
const FRESH_MS = 1_000;
/** How long to wait before asking again whether a commit in doubt was stored. */
const DOUBT_RETRY_MS = 250;

type AuctionOutcome = Outcome<AuctionEvent>;

interface Waiting {
  readonly command: AuctionCommand;
  readonly resolve: (outcome: AuctionOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What was decided on a batch of commands. */
interface Decided {
  readonly outcomes: readonly AuctionOutcome[];
  readonly events: readonly StoredAuctionEvent[];
  readonly after: AuctionState;
  /** The outcomes that were not known before, by their receipts' keys. */
  readonly fresh: ReadonlyMap<string, AuctionOutcome>;
}

/** What was decided, and what became of it is not known yet. */
interface Doubtful {
  readonly decided: Decided;
  readonly change: AuctionChange;
}

/** What a lane works with. */
export interface LaneServices {
  readonly store: AuctionStore;
  readonly committer: Committer;
  readonly clock: Clock;
  /** The most commands that may wait; 0: no bound. */
  readonly maxWaiting: number;
  /** Whether there is a main backend that wants to be told of what happens; false when left out. */
  readonly tellsBackend?: boolean;
  /** Called after every commit, before the commands are answered. */
  readonly published: (change: AuctionChange, notificationIds: readonly number[]) => void;
}

/**
 * The one queue of an auction. It decides every command that is waiting, stores what follows as one change,
 * and only then answers; newer commands wait their turn. Another process may write to the same auction: the
 * store's version check notices, and the lane catches up and decides the same commands again.
 */
export class AuctionLane {
  readonly #auctionId: number;
  readonly #services: LaneServices;
  readonly #waiting: Waiting[] = [];
  #state: AuctionState | null = null;
  /** When the state was last known to be the store's. */
  #verifiedAtMs = 0;
  readonly #receipts = new Receipts<AuctionEvent>();
  #isRunning = false;
  /** Called when no command waits any more. */
  #whenIdle: (() => void)[] = [];
  #isInDoubt = false;
  #lastUsedAtMs: number;

  constructor(auctionId: number, services: LaneServices) {
    this.#auctionId = auctionId;
    this.#services = services;
    this.#lastUsedAtMs = services.clock.nowMs();
  }

  /** True when dropping the lane loses nothing: no command waits and no refusal is still to be repeated. */
  isIdleAt(nowMs: number): boolean {
    return !this.#isRunning && nowMs - this.#lastUsedAtMs >= RECEIPT_LIFETIME_MS;
  }

  /** Answers exactly once, after whatever follows from the command is stored. */
  submit(command: AuctionCommand): Promise<AuctionOutcome> {
    const { clock, maxWaiting } = this.#services;
    this.#lastUsedAtMs = clock.nowMs();
    if (this.#isInDoubt) return Promise.resolve(refused(refusals.unavailable));
    if (maxWaiting > 0 && this.#waiting.length >= maxWaiting) return Promise.resolve(refused(refusals.busy));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      clock.soon(() => void this.#run());
    });
  }

  /** Resolves when every command that was submitted before is answered. */
  async settled(): Promise<void> {
    if (this.#isRunning) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        const outcomes = await this.#settle(batch.map(({ command }) => command));
        batch.forEach(({ resolve }, index) => resolve(outcomes[index] ?? refused(refusals.unavailable)));
      } catch (error) {
        this.#state = null;
        for (const { resolve, reject } of batch) {
          if (error instanceof StoreUnavailable) resolve(refused(refusals.unavailable));
          else reject(error);
        }
      }
    }
    this.#isRunning = false;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Decides and stores until nobody else was faster. */
  async #settle(commands: readonly AuctionCommand[]): Promise<readonly AuctionOutcome[]> {
    const changeId = this.#services.clock.randomId();
    let doubtful: Doubtful | null = null;
    for (;;) {
      const before = this.#state ?? (await this.#load());
      if (before === null) return commands.map(() => refused(refusals.auctionNotFound));
      if (doubtful !== null && (await this.#wasStored(doubtful.change))) {
        return this.#stored(doubtful.decided, doubtful.change, []);
      }
      const decided = this.#decideAll(before, commands);
      if (decided.events.length === 0) {
        if (this.#services.clock.nowMs() - this.#verifiedAtMs < FRESH_MS) return this.#answered(decided);
        await this.#catchUp(before);
        continue;
      }
      const { events, after } = decided;
      const change = changeOf(before, events, after, changeId, this.#services.tellsBackend);
      const commit = await this.#commit(change);
      if (commit === 'in doubt') {
        doubtful = { decided, change };
      } else if (commit.kind === 'committed') {
        return this.#stored(decided, change, commit.notificationIds);
      } else {
        await this.#catchUp(before);
      }
    }
  }

  #decideAll(before: AuctionState, commands: readonly AuctionCommand[]): Decided {
    const nowMs = this.#services.clock.nowMs();
    const outcomes: AuctionOutcome[] = [];
    const events: StoredAuctionEvent[] = [];
    const fresh = new Map<string, AuctionOutcome>();
    let after = before;
    for (const command of commands) {
      const key = receiptKeyOf(command);
      let outcome = key === null ? null : (fresh.get(key) ?? this.#receipts.find(key, nowMs));
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
        if (key !== null) fresh.set(key, outcome);
      }
      outcomes.push(outcome);
    }
    return { outcomes, events, after, fresh };
  }

  /** A change that came late may have been overtaken by others since. */
  #stored(
    decided: Decided,
    change: AuctionChange,
    notificationIds: readonly number[],
  ): readonly AuctionOutcome[] {
    if (this.#state === null || this.#state.version <= decided.after.version) this.#verified(decided.after);
    this.#services.published(change, notificationIds);
    return this.#answered(decided);
  }

  #answered({ outcomes, fresh }: Decided): readonly AuctionOutcome[] {
    const nowMs = this.#services.clock.nowMs();
    for (const [key, outcome] of fresh) this.#receipts.record(key, outcome, nowMs);
    return outcomes;
  }

  async #load(): Promise<AuctionState | null> {
    const { store, clock } = this.#services;
    const state = await store.load(this.#auctionId);
    if (state === null) return null;
    const recent = await store.bidsWithRequestIds(this.#auctionId, clock.nowMs() - RECEIPT_LIFETIME_MS);
    for (const stored of recent) this.#recordFromLedger(stored);
    return this.#verified(state);
  }

  #verified(state: AuctionState): AuctionState {
    this.#state = state;
    this.#verifiedAtMs = this.#services.clock.nowMs();
    return state;
  }

  async #catchUp(state: AuctionState): Promise<void> {
    let current = state;
    for (;;) {
      const missed = await this.#services.store.eventsAfter(this.#auctionId, current.version, CATCH_UP_PAGE);
      for (const stored of missed) {
        current = evolve(current, stored.event);
        this.#recordFromLedger(stored);
      }
      if (missed.length < CATCH_UP_PAGE) break;
    }
    this.#verified(current);
  }

  #recordFromLedger(stored: StoredAuctionEvent): void {
    const { event } = stored;
    if (event.type !== 'bid_placed' || event.requestId === null) return;
    const key = receiptKey(event.bidder.id, event.requestId);
    this.#receipts.record(key, { kind: 'accepted', stored }, event.atMs);
  }

  async #commit(change: AuctionChange): Promise<CommitOutcome | 'in doubt'> {
    try {
      return await this.#services.committer.commit(change);
    } catch (error) {
      if (error instanceof CommitInDoubt) return 'in doubt';
      throw error;
    }
  }

  /**
   * Whether a commit whose answer was lost is stored: asked until the store tells, for nobody is told a guess. That
   * may take as long as the store is away, so whatever waits behind it is refused.
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

function receiptKeyOf(command: AuctionCommand): string | null {
  if (command.type !== 'place_bid' || command.requestId === null) return null;
  return receiptKey(command.bidder.id, command.requestId);
}

function last<Item>(items: readonly Item[]): Item {
  const item = items[items.length - 1];
  if (item === undefined) throw new Error('a decision without events');
  return item;
}
