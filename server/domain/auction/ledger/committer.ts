import type { Clock } from '../../../ports/clock.ts';
import type { Metrics } from '../../../ports/metrics.ts';
import type { CommitOutcome, LedgerStore } from './store.ts';
import type { AuctionChange } from './change.ts';

/** The most changes that share one transaction: more make it longer without making it cheaper. */
const MAX_CHANGES = 512;
/** The store works on one commit while the next is being decided and written out. */
export const MAX_UNDER_WAY = 2;

/** A source of changes: the lane of an auction. None of these methods may throw. */
export interface Contributor {
  /** Asked when there is room for it in a transaction; `null`: there is nothing to store after all. */
  contribute(): AuctionChange | null;
  /** The change is stored, or found to conflict. */
  committed(outcome: CommitOutcome): void;
  /** The store rejected: see {@link LedgerStore.commit}. */
  failed(error: unknown): void;
}

/**
 * Stores the changes of all lanes, two transactions at a time: a lone bid is stored at once, and what comes
 * while both are under way shares the next one (one flush of the disk for all of them). What is to be stored is
 * asked for as late as possible, so that it holds as much as possible. Two transactions never meet, for each
 * auction has one change under way.
 */
export class Committer {
  readonly #store: Pick<LedgerStore, 'commit'>;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  #waiting: Contributor[] = [];
  #underWay = 0;
  #isScheduled = false;

  constructor(store: Pick<LedgerStore, 'commit'>, clock: Clock, metrics: Metrics) {
    this.#store = store;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** True while the store works on a commit. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Asks for room. A contributor whose change is under way must not ask again before its outcome. */
  enter(contributor: Contributor): void {
    this.#waiting.push(contributor);
    this.#schedule();
  }

  /** Everything that the event loop has already read is taken along. */
  #schedule(): void {
    if (this.#isScheduled || this.#underWay === MAX_UNDER_WAY) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#isScheduled = false;
      void this.#commitNext();
    });
  }

  /** Never rejects. */
  async #commitNext(): Promise<void> {
    const contributors: Contributor[] = [];
    const changes: AuctionChange[] = [];
    for (const contributor of this.#waiting.splice(0, MAX_CHANGES)) {
      const change = contributor.contribute();
      if (change === null) continue;
      contributors.push(contributor);
      changes.push(change);
    }
    if (changes.length > 0) this.#underWay += 1;
    if (this.#waiting.length > 0) this.#schedule();
    if (changes.length === 0) return;
    const tell = await this.#commit(contributors, changes);
    this.#underWay -= 1;
    // The store gets its next commit before the outcome of this one is passed on.
    if (this.#waiting.length > 0) void this.#commitNext();
    tell();
  }

  /** Gives what tells the contributors, once there is something to tell. */
  async #commit(
    contributors: readonly Contributor[],
    changes: readonly AuctionChange[],
  ): Promise<() => void> {
    const startedAtMs = this.#clock.elapsedMs();
    try {
      const outcomes = await this.#store.commit(changes);
      this.#metrics.committed({
        auctions: changes.length,
        events: changes.reduce((sum, { events }) => sum + events.length, 0),
        durationMs: this.#clock.elapsedMs() - startedAtMs,
      });
      return () =>
        contributors.forEach((contributor, index) => {
          const outcome = outcomes[index];
          if (outcome === undefined) contributor.failed(new Error('the store gave no outcome for a change'));
          else contributor.committed(outcome);
        });
    } catch (error) {
      return () => contributors.forEach((contributor) => contributor.failed(error));
    }
  }
}
