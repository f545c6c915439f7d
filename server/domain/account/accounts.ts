import type { Clock } from '../../ports/clock.ts';
import type { AccountStore } from '../../ports/store.ts';
import type { Account } from './account.ts';

/** How long a user's standing is believed before it is read again: a block takes effect within this time. */
export const STANDING_LIFETIME_MS = 5_000;

/** The most users that are remembered of half a lifetime. */
const MAX_REMEMBERED = 50_000;
/** The most users that are read at once. */
const MAX_READ = 500;

type Standing = Account | null;

interface Asked {
  readonly userId: number;
  readonly resolve: (account: Standing) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Users as the bid path needs them: read from the store, remembered for a few seconds, then forgotten. Whoever is
 * asked for while others are being read is read together with those who are asked for meanwhile.
 */
export class Accounts {
  readonly #store: Pick<AccountStore, 'byIds'>;
  readonly #clock: Clock;
  /** The number of the half of a lifetime that it is, and who was asked for in it, and in the one before. */
  #half = 0;
  #recent = new Map<number, Standing | Promise<Standing>>();
  #earlier: ReadonlyMap<number, Standing | Promise<Standing>> = new Map();
  #asked: Asked[] = [];
  #isReading = false;

  constructor(store: Pick<AccountStore, 'byIds'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * The user as of at most {@link STANDING_LIFETIME_MS} ago; at once when known. Those who ask while it is
   * being read are answered in the order of asking. Rejects while the store is away.
   */
  byId(userId: number): Standing | Promise<Standing> {
    this.#forget();
    const recent = this.#recent;
    const known = recent.has(userId) ? recent.get(userId) : this.#earlier.get(userId);
    if (known !== undefined) return known;
    const reading = this.#ask(userId).then(
      (account) => {
        recent.set(userId, account);
        return account;
      },
      (error: unknown) => {
        recent.delete(userId);
        throw error;
      },
    );
    if (recent.size >= MAX_REMEMBERED) recent.clear();
    recent.set(userId, reading);
    return reading;
  }

  #forget(): void {
    const half = Math.floor(this.#clock.nowMs() / (STANDING_LIFETIME_MS / 2));
    if (half === this.#half) return;
    this.#earlier = half === this.#half + 1 ? this.#recent : new Map();
    this.#recent = new Map();
    this.#half = half;
  }

  #ask(userId: number): Promise<Standing> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ userId, resolve, reject });
      if (!this.#isReading) void this.#readAll();
    });
  }

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
