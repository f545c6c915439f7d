/** Who a token speaks for. Nothing in a payload can change it (decision 4). */
export interface User {
  readonly id: number;
  readonly username: string;
}

/** What became of a token. `unavailable`: the identity provider could not be asked, so the client is not let in. */
export type Identification =
  | { readonly kind: 'identified'; readonly user: User; readonly expiresAtMs: number | null }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unavailable' };

/** Tells whose token it is. Never throws, and never logs the token. */
export interface IdentityProvider {
  identify(token: string): Promise<Identification>;
}

/** Makes tokens for those who log in, for development and for the `token` command. */
export interface TokenIssuer {
  /** A token for that user that ends in `ttlMs`: a JWT where there is a secret, else an opaque one. */
  issue(user: User, ttlMs: number): Promise<string>;
  /** An opaque token, of which the database keeps the hash. */
  issueOpaque(user: User, ttlMs: number): Promise<string>;
}
