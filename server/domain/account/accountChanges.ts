import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { AccountChange } from './account.ts';
import type { AccountStore } from './store.ts';

/** How often changes are read: they take effect within this time, and that of one query. */
export const CHANGE_POLL_MS = 1_000;
/** How long a transaction may take that stores a change: one with a lower id may become visible later. */
export const LATE_CHANGE_MS = 10_000;

/** The most changes that are read at once. */
const MAX_READ = 1_000;

/** What changes are read with. */
export interface AccountChangeServices {
  readonly store: Pick<AccountStore, 'changesAfter'>;
  readonly clock: Pick<Clock, 'every' | 'elapsedMs'>;
  readonly log: Log;
  /** Carries a change out in this process; told of each once. Must not throw. */
  readonly apply: (change: AccountChange) => void;
}

/**
 * Reads what was stored of accounts that acts at once, in whatever process: one query a second, which mostly finds
 * nothing. Changes are stored in the order of their ids, but may become visible in another: those that were seen in the
 * last seconds are read again, and passed over.
 */
export class AccountChanges {
  readonly #services: AccountChangeServices;
  /** Every change up to this one is applied, and none below it can appear any more. */
  #settledId = 0;
  /** When each later change was applied, by the monotonic clock; in the order of that. */
  readonly #appliedAtMs = new Map<number, number>();
  #stopPolling: Cancel | null = null;
  #reading: Promise<void> | null = null;
  #isAnswered = true;

  constructor(services: AccountChangeServices) {
    this.#services = services;
  }

  /** Applies what is stored, and from then on what is new. Resolves when the first has been tried. */
  async start(): Promise<void> {
    this.#stopPolling = this.#services.clock.every(CHANGE_POLL_MS, () => void this.#read());
    await this.#read();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopPolling?.();
    await this.#reading;
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    try {
      this.#settle();
      let afterId = this.#settledId;
      for (;;) {
        const changes = await this.#services.store.changesAfter(afterId, MAX_READ);
        for (const change of changes) this.#apply(change);
        afterId = changes.at(-1)?.id ?? afterId;
        if (changes.length < MAX_READ) break;
      }
      this.#isAnswered = true;
    } catch (error) {
      // Read again in a moment: one line for each time that the store is away is enough.
      if (this.#isAnswered) this.#services.log.warn('changes of accounts could not be read', { error });
      this.#isAnswered = false;
    }
  }

  #apply(change: AccountChange): void {
    if (this.#appliedAtMs.has(change.id)) return;
    this.#appliedAtMs.set(change.id, this.#services.clock.elapsedMs());
    this.#services.apply(change);
  }

  #settle(): void {
    const settledBeforeMs = this.#services.clock.elapsedMs() - LATE_CHANGE_MS;
    for (const [id, appliedAtMs] of this.#appliedAtMs) {
      if (appliedAtMs > settledBeforeMs) return;
      this.#settledId = Math.max(this.#settledId, id);
      this.#appliedAtMs.delete(id);
    }
  }
}
