/** Who a token speaks for. Nothing in a payload can change it (decision 4). */
export interface User {
  readonly id: number;
  readonly username: string;
}

/** A token that holds. */
export interface Identified {
  readonly kind: 'identified';
  readonly user: User;
  /** `null`: it never ends. */
  readonly expiresAtMs: number | null;
  /** The login that it came from, which may be ended before the token ends; absent where the token does not say. */
  readonly loginId?: string;
}

/** What became of a token. `unavailable`: the identity provider could not be asked, so the client is not let in. */
export type Identification =
  Identified | { readonly kind: 'invalid' } | { readonly kind: 'expired' } | { readonly kind: 'unavailable' };

/** Tells whose token it is. Never throws, and never logs the token. */
export interface IdentityProvider {
  identify(token: string): Promise<Identification>;
}

/** Makes tokens for those who log in, for development and for the `token` command. */
export interface TokenIssuer {
  /**
   * A token for that user that ends in `ttlMs`: a JWT where there is a secret, which names the login that it came from,
   * if any; else an opaque one.
   */
  issue(user: User, ttlMs: number, loginId?: string): Promise<string>;
  /** An opaque token, of which the database keeps the hash. */
  issueOpaque(user: User, ttlMs: number): Promise<string>;
}
