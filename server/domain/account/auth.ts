import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { TokenIssuer } from '../../ports/identity.ts';
import type { Log } from '../../ports/log.ts';
import type { SmsSender } from '../../ports/sms.ts';
import type { AuthStore, MessageBounds } from './authStore.ts';
import type { AccountStore } from './store.ts';
import type { Limits } from '../../limits.ts';
import { type Account, type Profile, profileOf } from './account.ts';
import { CODE_LIFETIME_MS, CODE_PAUSE_MS, CODE_TRIES, codeMessage, codeOf, lockMsAfter } from './otp.ts';
import { SmsRate } from './smsRate.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** How long an access token is good for. */
export const ACCESS_TOKEN_LIFETIME_MS = 3_600_000;
/** How long a refresh token that is not used is good for. */
export const REFRESH_TOKEN_LIFETIME_MS = 30 * 86_400_000;

/**
 * What became of the wish for a code. `too_soon`: that number got one less than {@link CODE_PAUSE_MS} ago; `too_many`:
 * it has had its messages of the hour or the day; `number_locked`: too many wrong codes were tried for it; `busy`: the
 * messages of this minute are used up. `unavailable`: it could not be sent; it counts all the same: what sends is not to
 * be flooded.
 */
export type CodeRequest =
  | { readonly kind: 'sent' | 'unavailable' }
  | { readonly kind: 'too_soon' | 'too_many' | 'number_locked' | 'busy'; readonly waitMs: number };

/** A user who is logged in. */
export interface Session {
  readonly accessToken: string;
  /** Good for one use. */
  readonly refreshToken: string;
  readonly user: Profile;
}

/** Why nobody was logged in. `code_expired`: there is no code of that number that could still be right. */
export type LoginFault = 'code_wrong' | 'code_expired' | 'refresh_token_invalid';

/** What became of a login. `number_locked`: too many wrong codes were tried; this one was not looked at. */
export type Login =
  | { readonly kind: 'opened'; readonly session: Session }
  | { readonly kind: 'refused'; readonly fault: LoginFault }
  | { readonly kind: 'number_locked'; readonly waitMs: number };

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
  readonly limits: Pick<Limits, 'otpMessagesPerHour' | 'otpMessagesPerDay' | 'smsPerMinute'>;
}

/**
 * Logging in by phone: a code that only the owner of a number can read, then tokens that renew each other.
 * Numbers are a plus and 8 to 15 digits. Every method rejects with `StoreUnavailable` while the store is away.
 */
export class AuthService {
  readonly #services: AuthServices;
  readonly #smsRate: SmsRate;
  readonly #bounds: MessageBounds;

  constructor(services: AuthServices) {
    const { limits, clock } = services;
    this.#services = services;
    this.#smsRate = new SmsRate(limits.smsPerMinute, clock);
    const windows = [
      { maxMessages: limits.otpMessagesPerHour, lengthMs: HOUR_MS },
      { maxMessages: limits.otpMessagesPerDay, lengthMs: DAY_MS },
    ];
    this.#bounds = { pauseMs: CODE_PAUSE_MS, windows: windows.filter(({ maxMessages }) => maxMessages > 0) };
  }

  /** Sends a fresh code to that number, whether it belongs to a user or not. */
  async requestCode(number: string): Promise<CodeRequest> {
    const { auth, sms, clock } = this.#services;
    if (sms === null) return { kind: 'unavailable' };
    const putBack = this.#smsRate.take();
    if (putBack === null) return { kind: 'busy', waitMs: this.#smsRate.waitMs() };
    let isKept = false;
    try {
      const code = codeOf(clock.randomId());
      const createdAtMs = clock.nowMs();
      const expiresAtMs = createdAtMs + CODE_LIFETIME_MS;
      const fresh = { number, codeHash: this.#codeHash(number, code), createdAtMs, expiresAtMs };
      const offer = await auth.offerCode(fresh, this.#bounds);
      if (offer.kind !== 'kept') {
        const kind = offer.kind === 'locked' ? 'number_locked' : offer.kind;
        return { kind, waitMs: offer.untilMs - createdAtMs };
      }
      isKept = true;
      return await this.#send(sms, number, code, offer.wrongCodes);
    } finally {
      if (!isKept) putBack();
    }
  }

  /** Logs the owner of that number in; one who is new becomes a buyer. */
  async redeemCode(number: string, code: string): Promise<Login> {
    const { auth, clock } = this.#services;
    const nowMs = clock.nowMs();
    const rules = { maxTries: CODE_TRIES, lockMsAfter };
    const verdict = await auth.redeemCode(number, this.#codeHash(number, code), nowMs, rules);
    if (verdict.kind === 'locked') return { kind: 'number_locked', waitMs: verdict.untilMs - nowMs };
    if (verdict.kind !== 'right') return refused(verdict.kind === 'wrong' ? 'code_wrong' : 'code_expired');
    const account = await auth.userOfNumber(number, `user-${clock.randomId()}`, nowMs);
    const refreshToken = this.#newRefreshToken();
    const familyId = clock.randomId();
    await auth.addRefreshToken({
      hash: this.#refreshHash(refreshToken),
      familyId,
      userId: account.id,
      expiresAtMs: nowMs + REFRESH_TOKEN_LIFETIME_MS,
      createdAtMs: nowMs,
    });
    return this.#opened(account, refreshToken, familyId);
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
    if (outcome.kind !== 'rotated') return refused('refresh_token_invalid');
    const account = await accounts.byId(outcome.userId);
    return account === null
      ? refused('refresh_token_invalid')
      : this.#opened(account, refreshToken, outcome.familyId);
  }

  /**
   * Ends the login that a refresh token came from: it gives no tokens any more, and those it gave are not taken. Nothing
   * where there is no such login, or where it has ended.
   */
  async logout(token: string): Promise<void> {
    const { auth, clock } = this.#services;
    await auth.endLogin(this.#refreshHash(token), clock.nowMs());
  }

  /** Wrong codes count as told once the message is out: told twice is better than never. */
  async #send(sms: SmsSender, number: string, code: string, wrongCodes: number): Promise<CodeRequest> {
    const { auth, log, siteName } = this.#services;
    const outcome = await sms.send(number, codeMessage(code, siteName, wrongCodes));
    if (outcome.kind !== 'sent') {
      log.warn('a code could not be sent', { reason: outcome.error });
      return { kind: 'unavailable' };
    }
    if (wrongCodes > 0) {
      await auth.markWrongCodesTold(number, wrongCodes).catch((error: unknown) => {
        log.warn('the next message will tell of the same wrong codes again', { error });
      });
    }
    return { kind: 'sent' };
  }

  async #opened(account: Account, refreshToken: string, loginId: string): Promise<Login> {
    const accessToken = await this.#services.tokens.issue(account, ACCESS_TOKEN_LIFETIME_MS, loginId);
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
