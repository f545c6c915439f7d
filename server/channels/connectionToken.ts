import type { Identified } from '../ports/identity.ts';

/** When the end of a token counts: only as its connection begins, or as long as that is open. */
export const TOKEN_EXPIRIES = ['on-connect', 'while-connected'] as const;

/** One of {@link TOKEN_EXPIRIES}. */
export type TokenExpiry = (typeof TOKEN_EXPIRIES)[number];

/** How long before the end of its token a client is told. */
export const EXPIRY_NOTICE_MS = 60_000;

/** The token of one connection: verified as it connected, and renewed since. All moments are of the wall clock. */
export class ConnectionToken {
  readonly #endCounts: boolean;
  #current: Identified;
  #isNoticeGiven = false;
  #renewalsBegun = 0;
  #newestRenewal = 0;

  constructor(identified: Identified, expiry: TokenExpiry) {
    this.#endCounts = expiry === 'while-connected';
    this.#current = identified;
  }

  /** The login that it came from; absent where the token does not say. */
  get loginId(): string | undefined {
    return this.#current.loginId;
  }

  /** Whether it has run out, where that counts. */
  isOver(nowMs: number): boolean {
    const { expiresAtMs } = this.#current;
    return this.#endCounts && expiresAtMs !== null && nowMs >= expiresAtMs;
  }

  /** Gives the end that the client is to be told of now, once for each token; `null`: none, or not yet. */
  takeNotice(nowMs: number): number | null {
    const { expiresAtMs } = this.#current;
    if (!this.#endCounts || this.#isNoticeGiven || expiresAtMs === null) return null;
    if (nowMs < expiresAtMs - EXPIRY_NOTICE_MS) return null;
    this.#isNoticeGiven = true;
    return expiresAtMs;
  }

  /** Numbers a renewal, as its message arrives: verifying takes time, and the token that was sent last counts. */
  beginRenewal(): number {
    this.#renewalsBegun += 1;
    return this.#renewalsBegun;
  }

  /** Puts a token of the same user in its place, unless one that was sent later is there already. */
  renew(renewal: number, identified: Identified): void {
    if (renewal < this.#newestRenewal) return;
    this.#newestRenewal = renewal;
    this.#current = identified;
    this.#isNoticeGiven = false;
  }
}
