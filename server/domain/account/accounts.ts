import type { Clock } from '../../ports/clock.ts';
import type { User } from '../../ports/identity.ts';
import type { AccountStore } from './store.ts';
import type { Account } from './account.ts';
import { TtlCache } from './ttlCache.ts';

/** How long a user's standing is believed before it is read again, unless a change of it is told before. */
export const STANDING_LIFETIME_MS = 5_000;

/** The most users that are remembered. */
const MAX_REMEMBERED = 50_000;
/** The most users that are read at once. */
const MAX_READ = 500;

interface Asked {
  readonly userId: number;
  readonly resolve: (account: Account | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Users as the bid path needs them: read from the store, remembered for a few seconds, then forgotten. Whoever is
 * asked for while others are being read is read together with those who are asked for meanwhile.
 */
export class Accounts {
  readonly #store: Pick<AccountStore, 'byIds'>;
  readonly #accounts: TtlCache<Account | null>;
  readonly #users: TtlCache<User | null>;
  #asked: Asked[] = [];
  #isReading = false;

  constructor(store: Pick<AccountStore, 'byIds'>, clock: Clock) {
    this.#store = store;
    this.#accounts = new TtlCache(STANDING_LIFETIME_MS, MAX_REMEMBERED, clock);
    this.#users = new TtlCache(STANDING_LIFETIME_MS, MAX_REMEMBERED, clock);
  }

  /**
   * The user as of at most {@link STANDING_LIFETIME_MS} ago; at once when known. Those who ask while it is
   * being read are answered in the order of asking. Rejects while the store is away.
   */
  byId(userId: number): Account | null | Promise<Account | null> {
    return this.#accounts.get(userId, this.#read);
  }

  /** As {@link byId} for those who only want to know who it is: all who ask are given the same small object. */
  userById(userId: number): User | null | Promise<User | null> {
    return this.#users.get(userId, async () => {
      const account = await this.#read(userId);
      return account && { id: account.id, username: account.username };
    });
  }

  /** The user has changed: reads them again when they are next asked for. */
  forget(userId: number): void {
    this.#accounts.delete(userId);
    this.#users.delete(userId);
  }

  readonly #read = (userId: number): Promise<Account | null> =>
    new Promise((resolve, reject) => {
      this.#asked.push({ userId, resolve, reject });
      if (!this.#isReading) void this.#readAll();
    });

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#asked.length > 0) {
      const batch = this.#asked.splice(0, MAX_READ);
      try {
        const found = await this.#store.byIds(batch.map(({ userId }) => userId));
        const accounts = new Map(found.map((account) => [account.id, account]));
        for (const { userId, resolve } of batch) resolve(accounts.get(userId) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isReading = false;
  }
}
