import { createHash } from 'node:crypto';
import { z } from 'zod';
import { displayName, optionalLine, username } from '../../../shared/contracts/names.ts';
import { isNestedTooDeep } from '../../../shared/nesting.ts';
import type { UserDetails } from '../../domain/account/account.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Identification, IdentityProvider } from '../../ports/identity.ts';
import type { Log } from '../../ports/log.ts';
import type { AccountStore } from '../../domain/account/store.ts';
import { isTransient } from '../../ports/errors.ts';
import { postJson } from '../support/postJson.ts';
import { IdentificationCache } from './identificationCache.ts';

/** The header that carries the secret which the main backend knows us by. */
export const SECRET_HEADER = 'X-Ringside-Secret';
/** A backend that has not answered by then is down. */
export const VERIFY_TIMEOUT_MS = 3_000;

/** The most tokens whose answers are remembered. */
const MAX_REMEMBERED = 50_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const INVALID: Identification = { kind: 'invalid' };
const EXPIRED: Identification = { kind: 'expired' };
const UNAVAILABLE: Identification = { kind: 'unavailable' };

/** What the backend says of a user; what else it says is passed over. */
const userDetails = z.object({
  id: z.int().positive(),
  username,
  name: displayName.nullable().default(null),
  email: optionalLine(254).nullable().default(null),
  number: optionalLine(32).nullable().default(null),
  type: z.enum(['Normal', 'Expert']).nullable().default(null),
  role: z.enum(['buyer', 'seller']).nullable().default(null),
  /** Seconds since 1970. */
  exp: z.number().positive().nullable().default(null),
});
const expiredFault = z.object({ error: z.literal('expired') });

/** Where tokens are verified. */
export interface VerifyingBackend {
  readonly url: string;
  /** Sent with each question when there is one. */
  readonly secret: string | null;
  readonly maxRemembered?: number;
}

/**
 * Knows the tokens that the house's main backend knows, by asking it. Its users become users of the store. An
 * answer is believed for a while, those who ask for one token at once are answered together, and while the
 * backend or the store is away only users who are remembered are let in.
 */
export function createBackendIdentity(
  backend: VerifyingBackend,
  services: { store: Pick<AccountStore, 'ensure'>; clock: Clock; log: Log },
): IdentityProvider {
  return new BackendIdentity(backend, services);
}

class BackendIdentity implements IdentityProvider {
  readonly #backend: VerifyingBackend;
  readonly #store: Pick<AccountStore, 'ensure'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #remembered: IdentificationCache;
  readonly #asking = new Map<string, Promise<Identification>>();
  #isAway = false;

  constructor(
    backend: VerifyingBackend,
    { store, clock, log }: { store: Pick<AccountStore, 'ensure'>; clock: Clock; log: Log },
  ) {
    this.#backend = backend;
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#remembered = new IdentificationCache(backend.maxRemembered ?? MAX_REMEMBERED, clock);
  }

  identify(token: string): Promise<Identification> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#remembered.find(key);
    if (known !== null) return Promise.resolve(known);
    const asking = this.#asking.get(key) ?? this.#ask(key, token);
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(key: string, token: string): Promise<Identification> {
    const askedAtElapsedMs = this.#clock.elapsedMs();
    try {
      const identification = await this.#verify(token);
      if (identification.kind !== 'unavailable') this.#remembered.keep(key, identification, askedAtElapsedMs);
      return identification;
    } catch (error) {
      const level = isTransient(error) ? 'warn' : 'error';
      this.#log[level]('a user of the main backend could not be stored', { error });
      return UNAVAILABLE;
    } finally {
      this.#asking.delete(key);
    }
  }

  async #verify(token: string): Promise<Identification> {
    const { url, secret } = this.#backend;
    const headers = secret === null ? {} : { [SECRET_HEADER]: secret };
    const limits = { timeoutMs: VERIFY_TIMEOUT_MS, maxAnswerBytes: MAX_ANSWER_BYTES };
    const outcome = await postJson({ url, headers, body: JSON.stringify({ token }), ...limits }, this.#clock);
    if (outcome.kind === 'unreachable') return this.#unavailable(outcome.fault);
    const { status, text } = outcome;
    switch (status) {
      case 200:
        return this.#welcome(text);
      case 401:
        this.#isAway = false;
        return expiredFault.safeParse(parsed(text)).success ? EXPIRED : INVALID;
      case 403:
      case 404:
        this.#isAway = false;
        return INVALID;
      case 410:
        this.#isAway = false;
        return EXPIRED;
      default:
        return this.#unavailable(`answered ${status}`);
    }
  }

  async #welcome(text: string | null): Promise<Identification> {
    const answer = userDetails.safeParse(parsed(text));
    if (!answer.success) {
      const fields = answer.error.issues.map(({ path }) => path.join('.')).filter((path) => path !== '');
      return this.#unavailable(`answered with what is no user: ${fields.join(', ') || 'no JSON object'}`);
    }
    this.#isAway = false;
    const { exp, ...details } = answer.data;
    const nowMs = this.#clock.nowMs();
    const expiresAtMs = exp === null ? null : exp * 1000;
    if (expiresAtMs !== null && expiresAtMs <= nowMs) return EXPIRED;
    const { id, username } = await this.#ensure(details, nowMs);
    return { kind: 'identified', user: { id, username }, expiresAtMs };
  }

  async #ensure(details: UserDetails, nowMs: number) {
    const account = await this.#store.ensure(details, nowMs);
    if (account.username !== details.username) {
      this.#log.warn('a username of the main backend belongs to another user here', { userId: details.id });
    }
    return account;
  }

  /** Says so once, until the backend answers again. */
  #unavailable(fault: string): Identification {
    if (!this.#isAway) this.#log.warn('the main backend cannot tell whose a token is', { fault });
    this.#isAway = true;
    return UNAVAILABLE;
  }
}

/** `undefined` for what is no JSON, is too long or nests too deep. */
function parsed(text: string | null): unknown {
  if (text === null || isNestedTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
