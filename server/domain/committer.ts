import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AuctionStore, CommitOutcome } from '../ports/store.ts';
import type { AuctionChange } from './auction/change.ts';

/** The most changes that share one transaction: more make it longer without making it cheaper. */
const MAX_CHANGES = 512;
/** The store works on one while the next is being decided and written out. */
const MAX_UNDER_WAY = 2;

interface Waiting {
  readonly change: AuctionChange;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stores the changes of all lanes, two transactions at a time: a lone bid is stored at once, and whatever comes
 * while both are under way shares the next one (one flush of the disk for all of them). They never meet, for
 * each auction has one change under way.
 */
export class Committer {
  readonly #store: Pick<AuctionStore, 'commit'>;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  #waiting: Waiting[] = [];
  #underWay = 0;
  #isScheduled = false;

  constructor(store: Pick<AuctionStore, 'commit'>, clock: Clock, metrics: Metrics) {
    this.#store = store;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /**
   * Resolves once the change is stored or found to conflict; rejects as the store does. At most one change of
   * an auction may be under way: its lane sees to that.
   */
  commit(change: AuctionChange): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay === MAX_UNDER_WAY) return;
    this.#isScheduled = true;
    this.#clock.soon(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#isScheduled = false;
    this.#underWay += 1;
    const batch = this.#waiting.splice(0, MAX_CHANGES);
    const changes = batch.map(({ change }) => change);
    const startedAtMs = this.#clock.elapsedMs();
    try {
      const outcomes = await this.#store.commit(changes);
      this.#metrics.committed({
        auctions: changes.length,
        events: changes.reduce((sum, { events }) => sum + events.length, 0),
        durationMs: this.#clock.elapsedMs() - startedAtMs,
      });
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error('the store gave no outcome for a change'));
        else resolve(outcome);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#underWay -= 1;
    if (this.#waiting.length > 0) this.#schedule();
  }
}
