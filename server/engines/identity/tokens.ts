import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Accounts } from '../../domain/account/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Identification, IdentityProvider, TokenIssuer, User } from '../../ports/identity.ts';
import type { Log } from '../../ports/log.ts';
import type { AccountStore } from '../../domain/account/store.ts';
import { isTransient } from '../../ports/errors.ts';

/** An opaque token: 40 hexadecimal digits, kept in the database as a hash. */
const OPAQUE = /^[0-9a-f]{40}$/i;
/** The claims in which the user's id may stand, in order of preference. */
const USER_CLAIMS = ['sub', 'user_id', 'userId', 'id'] as const;

const INVALID: Identification = { kind: 'invalid' };

/** With what JWTs are verified: a secret (HS256), a public key (RS256), or both. */
export interface JwtKeys {
  readonly secret: KeyObject | null;
  readonly publicKey: KeyObject | null;
}

/** Keys as the verifier wants them: a `KeyObject` is parsed once and not at every token. */
export function jwtKeys(secret: string | null, publicKeyPem: string | null): JwtKeys {
  return {
    secret: secret === null ? null : createSecretKey(Buffer.from(secret, 'utf8')),
    publicKey: publicKeyPem === null ? null : createPublicKey(publicKeyPem),
  };
}

/** Knows JWTs signed with our keys and opaque tokens of our database. The user must exist in the store. */
export function createTokenIdentity(services: {
  keys: JwtKeys;
  store: AccountStore;
  accounts: Accounts;
  clock: Clock;
  log: Log;
}): IdentityProvider {
  const { keys, store, accounts, clock, log } = services;

  const identifyJwt = async (token: string): Promise<Identification> => {
    const claims = verify(token, keys, clock.nowMs());
    if (claims === 'expired') return { kind: 'expired' };
    if (claims === null) return INVALID;
    const [userId, expiresAtMs] = [userIdOf(claims), expiryOf(claims)];
    if (userId === null || expiresAtMs === undefined) return INVALID;
    const user = await accounts.userById(userId);
    return user === null ? INVALID : { kind: 'identified', user, expiresAtMs, ...loginOf(claims) };
  };
  const identifyOpaque = async (token: string): Promise<Identification> => {
    const found = await store.byTokenHash(hashToken(token));
    if (found === null) return INVALID;
    const { userId: id, username, expiresAtMs } = found;
    if (expiresAtMs !== null && expiresAtMs <= clock.nowMs()) return { kind: 'expired' };
    return { kind: 'identified', user: { id, username }, expiresAtMs };
  };
  return {
    identify: async (token) => {
      try {
        return await (OPAQUE.test(token) ? identifyOpaque(token) : identifyJwt(token));
      } catch (error) {
        log[isTransient(error) ? 'warn' : 'error']('a token could not be looked up', {
          error,
        });
        return { kind: 'unavailable' };
      }
    },
  };
}

/** Issues HS256 tokens where there is a secret, and otherwise opaque tokens that the database keeps. */
export function createTokenIssuer({ secret }: JwtKeys, store: AccountStore, clock: Clock): TokenIssuer {
  const issueOpaque = async ({ id }: User, ttlMs: number): Promise<string> => {
    const token = (clock.randomId() + clock.randomId()).slice(0, 40);
    const nowMs = clock.nowMs();
    await store.addToken(hashToken(token), id, nowMs + ttlMs, nowMs);
    return token;
  };
  if (secret === null) return { issue: issueOpaque, issueOpaque };
  const issue: TokenIssuer['issue'] = async ({ id, username }, ttlMs, loginId) => {
    const nowSeconds = Math.floor(clock.nowMs() / 1000);
    const times = { iat: nowSeconds, exp: nowSeconds + Math.ceil(ttlMs / 1000) };
    const login = loginId === undefined ? {} : { sid: loginId };
    const claims = { sub: String(id), username, ...login, ...times };
    return jwt.sign(claims, secret, { algorithm: 'HS256' });
  };
  return { issue, issueOpaque };
}

/** What the database keeps of an opaque token. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token.toLowerCase()).digest('hex');
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * The claims of a token that is signed with the key of its algorithm and holds now. Whatever the library throws, a
 * `TypeError` for a payload of `null` among it, is an invalid token: what it reads comes from outside.
 */
function verify(token: string, keys: JwtKeys, nowMs: number): Claims | 'expired' | null {
  try {
    const algorithm = algorithmOf(token);
    const key = algorithm === 'HS256' ? keys.secret : algorithm === 'RS256' ? keys.publicKey : null;
    if (key === null || algorithm === null) return null;
    const options = { algorithms: [algorithm], clockTimestamp: Math.floor(nowMs / 1000) };
    const claims: unknown = jwt.verify(token, key, options);
    return typeof claims === 'object' && claims !== null ? { ...claims } : null;
  } catch (error) {
    return error instanceof jwt.TokenExpiredError ? 'expired' : null;
  }
}

/**
 * Which of the two algorithms the header names: each has its own key, so that neither stands for the other. None for a
 * header with extensions that change what is signed or must be understood (RFC 7515, 4.1.11; RFC 7797).
 */
function algorithmOf(token: string): 'HS256' | 'RS256' | null {
  const header = jwt.decode(token, { complete: true })?.header;
  if (header === undefined || 'crit' in header || 'b64' in header) return null;
  const algorithm = header.alg;
  return algorithm === 'HS256' || algorithm === 'RS256' ? algorithm : null;
}

/** When the token ends; `null`: never, `undefined`: that cannot be told. */
function expiryOf({ exp }: Claims): number | null | undefined {
  if (exp === undefined) return null;
  return typeof exp === 'number' && Number.isFinite(exp * 1000) ? exp * 1000 : undefined;
}

/** The login that a token of ours names. */
function loginOf({ sid }: Claims): { readonly loginId?: string } {
  return typeof sid === 'string' && sid !== '' ? { loginId: sid } : {};
}

function userIdOf(claims: Claims): number | null {
  const claim = USER_CLAIMS.map((name) => claims[name]).find((value) => value !== undefined);
  const id = typeof claim === 'string' && /^[1-9]\d{0,15}$/.test(claim) ? Number(claim) : claim;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null;
}
