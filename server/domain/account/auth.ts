import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { TokenIssuer } from '../../ports/identity.ts';
import type { Log } from '../../ports/log.ts';
import type { SmsSender } from '../../ports/sms.ts';
import type { AccountStore, AuthStore } from '../../ports/store.ts';
import { type Account, type Profile, profileOf } from './account.ts';
import { CODE_LIFETIME_MS, CODE_PAUSE_MS, CODE_TRIES, codeMessage, codeOf } from './otp.ts';

/** How long an access token is good for. */
export const ACCESS_TOKEN_LIFETIME_MS = 3_600_000;
/** How long a refresh token that is not used is good for. */
export const REFRESH_TOKEN_LIFETIME_MS = 30 * 86_400_000;

/**
 * What became of the wish for a code. `too_soon`: that number got one less than {@link CODE_PAUSE_MS} ago.
 * `unavailable`: it could not be sent; the number has to wait all the same, so that nobody floods what sends.
 */
export type CodeRequest = 'sent' | 'too_soon' | 'unavailable';

/** A user who is logged in. */
export interface Session {
  readonly accessToken: string;
  /** Good for one use. */
  readonly refreshToken: string;
  readonly user: Profile;
}

/** Why nobody was logged in. `code_expired`: there is no code of that number that could still be right. */
export type LoginFault = 'code_wrong' | 'code_expired' | 'refresh_token_invalid';

/** What became of a login. */
export type Login =
  | { readonly kind: 'opened'; readonly session: Session }
  | { readonly kind: 'refused'; readonly fault: LoginFault };

/** What logging in stands on. */
export interface AuthServices {
  readonly auth: AuthStore;
  readonly accounts: AccountStore;
  readonly tokens: TokenIssuer;
  readonly digest: Digest;
  /** `null`: there is nothing to send messages with. */
  readonly sms: SmsSender | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly siteName: string;
}

/**
 * Logging in by phone: a code that only the owner of a number can read, then tokens that renew each other.
 * Numbers are a plus and 8 to 15 digits. Every method rejects with `StoreUnavailable` while the store is away.
 */
export class AuthService {
  readonly #services: AuthServices;

  constructor(services: AuthServices) {
    this.#services = services;
  }

  /** Sends a fresh code to that number, whether it belongs to a user or not. */
  async requestCode(number: string): Promise<CodeRequest> {
    const { auth, sms, clock, log, siteName } = this.#services;
    if (sms === null) return 'unavailable';
    const code = codeOf(clock.randomId());
    const createdAtMs = clock.nowMs();
    const offered = { number, codeHash: this.#codeHash(number, code), createdAtMs };
    const expiresAtMs = createdAtMs + CODE_LIFETIME_MS;
    if (!(await auth.offerCode({ ...offered, expiresAtMs }, CODE_PAUSE_MS))) return 'too_soon';
    const outcome = await sms.send(number, codeMessage(code, siteName));
    if (outcome.kind === 'sent') return 'sent';
    log.warn('a code could not be sent', { reason: outcome.error });
    return 'unavailable';
  }

  /** Logs the owner of that number in; one who is new becomes a buyer. */
  async redeemCode(number: string, code: string): Promise<Login> {
    const { auth, clock } = this.#services;
    const nowMs = clock.nowMs();
    const verdict = await auth.redeemCode(number, this.#codeHash(number, code), nowMs, CODE_TRIES);
    if (verdict !== 'right') return refused(verdict === 'wrong' ? 'code_wrong' : 'code_expired');
    const account = await auth.userOfNumber(number, `user-${clock.randomId()}`, nowMs);
    const refreshToken = this.#newRefreshToken();
    await auth.addRefreshToken({
      hash: this.#refreshHash(refreshToken),
      familyId: clock.randomId(),
      userId: account.id,
      expiresAtMs: nowMs + REFRESH_TOKEN_LIFETIME_MS,
      createdAtMs: nowMs,
    });
    return this.#opened(account, refreshToken);
  }

  /** Takes a refresh token for a new pair. One that comes twice was stolen: its whole family ends. */
  async refresh(token: string): Promise<Login> {
    const { auth, accounts, clock, log } = this.#services;
    const nowMs = clock.nowMs();
    const refreshToken = this.#newRefreshToken();
    const next = {
      hash: this.#refreshHash(refreshToken),
      expiresAtMs: nowMs + REFRESH_TOKEN_LIFETIME_MS,
    };
    const outcome = await auth.rotateRefreshToken(this.#refreshHash(token), next, nowMs);
    if (outcome.kind === 'reused') log.warn('a refresh token came twice: its family is revoked');
    const account = outcome.kind === 'rotated' ? await accounts.byId(outcome.userId) : null;
    return account === null ? refused('refresh_token_invalid') : this.#opened(account, refreshToken);
  }

  async #opened(account: Account, refreshToken: string): Promise<Login> {
    const accessToken = await this.#services.tokens.issue(account, ACCESS_TOKEN_LIFETIME_MS);
    return { kind: 'opened', session: { accessToken, refreshToken, user: profileOf(account) } };
  }

  #newRefreshToken(): string {
    const { clock } = this.#services;
    return clock.randomId() + clock.randomId();
  }

  #codeHash(number: string, code: string): string {
    return this.#services.digest(`code ${number} ${code}`);
  }

  #refreshHash(token: string): string {
    return this.#services.digest(`refresh ${token}`);
  }
}

function refused(fault: LoginFault): Login {
  return { kind: 'refused', fault };
}
