import type { Clock } from '../../ports/clock.ts';
import type { AccountStore } from '../../ports/store.ts';
import type { Account } from './account.ts';

/** How long a user's standing is believed before it is read again: a block takes effect within this time. */
export const STANDING_LIFETIME_MS = 5_000;

/** The most users that are remembered. */
const MAX_REMEMBERED = 100_000;

interface Remembered {
  readonly account: Account | null | Promise<Account | null>;
  readonly readAtMs: number;
}

/** Users as the bid path needs them: read from the store, remembered for a few seconds. */
export class Accounts {
  readonly #store: AccountStore;
  readonly #clock: Clock;
  readonly #remembered = new Map<number, Remembered>();

  constructor(store: AccountStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * The user as of at most {@link STANDING_LIFETIME_MS} ago; at once when known. Those who ask while it is
   * being read are answered in the order of asking. Rejects while the store is away.
   */
  byId(userId: number): Account | null | Promise<Account | null> {
    const nowMs = this.#clock.nowMs();
    const known = this.#remembered.get(userId);
    if (known !== undefined && nowMs - known.readAtMs < STANDING_LIFETIME_MS) return known.account;
    const reading = this.#store.byId(userId).then(
      (account) => {
        this.#remembered.set(userId, { account, readAtMs: nowMs });
        return account;
      },
      (error: unknown) => {
        this.#remembered.delete(userId);
        throw error;
      },
    );
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(userId, { account: reading, readAtMs: nowMs });
    return reading;
  }
}
