import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { AccountStore } from './store.ts';

/** How often the accounts are read: a suspension takes effect within this time, and that of one query. */
export const SUSPENSION_CHECK_MS = 1_000;

/** The most users that are asked for at once. */
const MAX_ASKED = 500;

/** What suspensions are noticed with. */
export interface SuspensionServices {
  readonly store: Pick<AccountStore, 'blockedAmong'>;
  readonly clock: Pick<Clock, 'every'>;
  readonly log: Log;
}

/** Notices the suspension of users who are connected, also where another process stored it. */
export class Suspensions {
  readonly #services: SuspensionServices;
  readonly #watched = new Map<number, Set<() => void>>();
  /** Runs while someone is watched. */
  #stopChecking: Cancel | null = null;
  #isChecking = false;
  #isAnswered = true;

  constructor(services: SuspensionServices) {
    this.#services = services;
  }

  /** Calls `suspended`, again and again, while the user's account is suspended; until it is called off. */
  watch(userId: number, suspended: () => void): Cancel {
    const listeners = this.#watched.get(userId) ?? new Set();
    this.#watched.set(userId, listeners.add(suspended));
    this.#stopChecking ??= this.#services.clock.every(SUSPENSION_CHECK_MS, () => void this.#check());
    return () => {
      listeners.delete(suspended);
      if (listeners.size === 0 && this.#watched.get(userId) === listeners) this.#watched.delete(userId);
      if (this.#watched.size > 0) return;
      this.#stopChecking?.();
      this.#stopChecking = null;
    };
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const userIds = [...this.#watched.keys()];
      for (let first = 0; first < userIds.length; first += MAX_ASKED) {
        await this.#checkThese(userIds.slice(first, first + MAX_ASKED));
      }
      this.#isAnswered = true;
    } catch (error) {
      // Asked again in a moment: one line for each time that the store is away is enough.
      if (this.#isAnswered) this.#services.log.warn('suspensions could not be read', { error });
      this.#isAnswered = false;
    } finally {
      this.#isChecking = false;
    }
  }

  async #checkThese(userIds: readonly number[]): Promise<void> {
    for (const userId of await this.#services.store.blockedAmong(userIds)) {
      for (const suspended of [...(this.#watched.get(userId) ?? [])]) suspended();
    }
  }
}
