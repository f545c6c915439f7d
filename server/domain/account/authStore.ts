import type { Account } from './account.ts';

/** A code on its way to a phone. */
export interface NewCode {
  readonly number: string;
  readonly codeHash: string;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

/** How many messages one number gets. */
export interface MessageBounds {
  /** The least time between two. */
  readonly pauseMs: number;
  /** At most so many in any stretch of time of that length, which is a day at most. */
  readonly windows: readonly { readonly maxMessages: number; readonly lengthMs: number }[];
}

/**
 * What became of a fresh code. `kept` with the number of wrong codes that no message has told of; otherwise nothing is
 * changed, and would not be before `untilMs`.
 */
export type CodeOffer =
  | { readonly kind: 'kept'; readonly wrongCodes: number }
  | { readonly kind: 'too_soon' | 'too_many' | 'locked'; readonly untilMs: number };

/** What a wrong code costs. */
export interface CodeRules {
  /** How many wrong tries a code bears. */
  readonly maxTries: number;
  /** For how long a number is locked after that many wrong codes in a row; 0: it is not. */
  readonly lockMsAfter: (wrongCodes: number) => number;
}

/** What a code turned out to be. */
export type CodeVerdict =
  { readonly kind: 'right' | 'wrong' | 'none' } | { readonly kind: 'locked'; readonly untilMs: number };

/** A refresh token as it is stored. */
export interface RefreshToken {
  readonly hash: string;
  readonly familyId: string;
  readonly userId: number;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
}

/** Codes that were sent to phones, and refresh tokens. Only hashes are kept (64 hexadecimal digits). */
export interface AuthStore {
  /**
   * Keeps a fresh code of a number in place of an older one and counts its message, atomically, unless the number is
   * locked or has had its messages. Forgets messages that are a day old.
   */
  offerCode(code: NewCode, bounds: MessageBounds): Promise<CodeOffer>;
  /**
   * Tries a code, atomically: every try counts, a right one is used up and unlocks its number. `none`: there is no code,
   * it has expired, or `maxTries` wrong ones were tried. `locked`: it was not even looked at.
   */
  redeemCode(number: string, codeHash: string, nowMs: number, rules: CodeRules): Promise<CodeVerdict>;
  /** A message told the owner of a number of so many wrong codes: the next one does not. */
  markWrongCodesTold(number: string, wrongCodes: number): Promise<void>;
  /** The user with that number; made (a buyer, without an e-mail address, named `username`) when there is none. */
  userOfNumber(number: string, username: string, nowMs: number): Promise<Account>;
  /** The first refresh token of a new family. */
  addRefreshToken(token: RefreshToken): Promise<void>;
  /**
   * Uses a refresh token up and stores `next` in its family, atomically. `reused`: it had been used before,
   * and the whole family is revoked now, which is told by a change of its user's account. `unknown`: there is none, it
   * has expired, or its family was revoked.
   */
  rotateRefreshToken(
    hash: string,
    next: { readonly hash: string; readonly expiresAtMs: number },
    nowMs: number,
  ): Promise<
    | { readonly kind: 'rotated'; readonly userId: number; readonly familyId: string }
    | { readonly kind: 'reused' | 'unknown' }
  >;
  /**
   * Revokes the family of a refresh token, also of one that is used up or has expired, and tells that by a change of its
   * user's account. Nothing where there is no such token, or where it is revoked already.
   */
  endLogin(hash: string, nowMs: number): Promise<void>;
}
