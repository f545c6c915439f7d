import type { Account, TokenRecord, UserDetails } from './account.ts';

/** Users and their opaque tokens. */
export interface AccountStore {
  byId(userId: number): Promise<Account | null>;
  /** Those of these users that there are, in no order. */
  byIds(userIds: readonly number[]): Promise<readonly Account[]>;
  byUsername(username: string): Promise<Account | null>;
  /** The owner of the token with this SHA-256 (64 hexadecimal digits). */
  byTokenHash(tokenHash: string): Promise<TokenRecord | null>;
  addToken(tokenHash: string, userId: number, expiresAtMs: number | null, nowMs: number): Promise<void>;
  /**
   * The user with that id, made or brought up to date; an unsaid name is the username, an unsaid role a
   * buyer's. Writes nothing where nothing differs. The id alone tells who somebody is: a username that another
   * user has becomes `username~id` here, and a number that another user has is left out.
   */
  ensure(details: UserDetails, nowMs: number): Promise<Account>;
}
