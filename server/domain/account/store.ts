import type { Account, AccountChange, TokenRecord, UserDetails } from './account.ts';

/** Users and their opaque tokens. Every method rejects with `StoreUnavailable` while the database is away. */
export interface AccountStore {
  /** The user with that id; `null` when there is none. */
  byId(userId: number): Promise<Account | null>;
  /** Those of these users that exist, in no order. */
  byIds(userIds: readonly number[]): Promise<readonly Account[]>;
  /** The user with that username, to the letter; `null` when there is none. */
  byUsername(username: string): Promise<Account | null>;
  /** The owner of the token with this SHA-256 (64 hexadecimal digits); `null` when it is not known. */
  byTokenHash(tokenHash: string): Promise<TokenRecord | null>;
  /** Stores the hash of a token of that user; `expiresAtMs` `null`: it never expires. */
  addToken(tokenHash: string, userId: number, expiresAtMs: number | null, nowMs: number): Promise<void>;
  /**
   * The user with that id, made or brought up to date; an unsaid name is the username, an unsaid role a
   * buyer's. Writes nothing where nothing differs. The id alone identifies a user: a username that another
   * user has becomes `username~id` here, and a number that another user has is left out.
   */
  ensure(details: UserDetails, nowMs: number): Promise<Account>;
  /** Blocks a user, or lifts the block, and tells that by a change; false where there is no such user. */
  setBlocked(userId: number, isBlocked: boolean, nowMs: number): Promise<boolean>;
  /**
   * The next changes after that id, by their ids, at most `limit`; each is kept for a day at least. One that is stored at
   * the same time as another may become visible after it although its id is lower.
   */
  changesAfter(changeId: number, limit: number): Promise<readonly AccountChange[]>;
}
