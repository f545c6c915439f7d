import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCESS_TOKEN_LIFETIME_MS, type AuthService, type Login } from '../../server/domain/account/auth.ts';
import { codeOf } from '../../server/domain/account/otp.ts';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { createDigest } from '../../server/engines/identity/digest.ts';
import type { SmsSender } from '../../server/ports/sms.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { AUTH_KEYS, authServiceOver } from '../support/authService.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedPhone } from '../support/phone.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, rawRows, type TestStore } from '../support/store.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WRONG = '999999';

let database: TestStore;
let clock: ManualClock;
let phone: RecordedPhone;
let log: RecordedLog;
let lastNumber = 10_000_000;
/** A number that no other test has used. */
let number: string;

beforeAll(async () => {
  database = await openTestStore('sqlite', demoSeed(new ManualClock().nowMs()));
});
afterAll(() => database.close());
beforeEach(() => {
  clock = new ManualClock();
  phone = new RecordedPhone();
  log = new RecordedLog();
  lastNumber += 1;
  number = `+49${lastNumber}`;
});

function service(sms: SmsSender | null = phone): AuthService {
  return authServiceOver({ store: database.store, clock, sms, log });
}

async function login(auth: AuthService, as = number) {
  expect(await auth.requestCode(as)).toEqual(SENT);
  return opened(await auth.redeemCode(as, phone.codeOf(as)));
}

function opened(login: Login) {
  if (login.kind !== 'opened') throw new Error(JSON.stringify(login));
  return login.session;
}

const SENT = { kind: 'sent' };
const waiting = (kind: string, waitMs: number) => ({ kind, waitMs });
const refusal = (fault: string) => ({ kind: 'refused', fault });

describe('[AU1] a code', () => {
  it('has six digits whatever the random id is, and comes from all of it', () => {
    expect(codeOf('0'.repeat(32))).toBe('000000');
    expect(codeOf(`${'0'.repeat(31)}7`)).toBe('000007');
    expect(codeOf('f'.repeat(32))).toBe(String((2n ** 128n - 1n) % 1_000_000n).padStart(6, '0'));
    const codes = Array.from({ length: 2_000 }, () => codeOf(systemClock.randomId()));
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(new Set(codes).size).toBeGreaterThan(1_980);
  });

  it('is sent to its number with the name of the site', async () => {
    const auth = service();
    expect(await auth.requestCode(number)).toEqual(SENT);
    const code = phone.codeOf(number);
    expect(phone.messages).toEqual([
      { number, text: `${code} is your MadeInPK code. It is good for 5 minutes. Tell it to nobody.` },
    ]);
  });

  it('logs a new number in as a new buyer, and later as the same one', async () => {
    const auth = service();
    const { user } = await login(auth);
    expect(user).toMatchObject({ number, type: 'Normal' });
    expect(user.username).toMatch(/^user-[0-9a-f]{32}$/);
    expect(await database.store.accounts.byId(user.id)).toMatchObject({ role: 'buyer', email: '' });
    await clock.advance(30 * SECOND_MS);
    expect((await login(auth)).user).toEqual(user);
  });

  it('logs a user in whose number is known', async () => {
    const { user } = await login(service(), '+923005550101');
    expect(user).toEqual({
      id: 1,
      username: 'buyer1',
      name: expect.any(String) as string,
      type: 'Normal',
      number: '+923005550101',
    });
  });

  it('is used up by logging in', async () => {
    const auth = service();
    await login(auth);
    expect(await auth.redeemCode(number, phone.codeOf(number))).toEqual(refusal('code_expired'));
  });

  it('is good for five minutes and no longer', async () => {
    const auth = service();
    await auth.requestCode(number);
    await clock.advance(5 * MINUTE_MS - 1);
    expect((await auth.redeemCode(number, phone.codeOf(number))).kind).toBe('opened');
    await auth.requestCode(number);
    await clock.advance(5 * MINUTE_MS);
    expect(await auth.redeemCode(number, phone.codeOf(number))).toEqual(refusal('code_expired'));
  });

  it('bears five wrong tries; then not even the right one counts', async () => {
    const auth = service();
    await auth.requestCode(number);
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(await auth.redeemCode(number, WRONG)).toEqual(refusal('code_wrong'));
    }
    expect(await auth.redeemCode(number, phone.codeOf(number))).toEqual(waiting('number_locked', MINUTE_MS));
    await clock.advance(MINUTE_MS);
    expect(await auth.redeemCode(number, phone.codeOf(number))).toEqual(refusal('code_expired'));
    expect((await login(auth)).user.number).toBe(number);
  });

  it('is found by none of fifty guesses at once but five', async () => {
    const auth = service();
    await auth.requestCode(number);
    const guesses = await Promise.all(
      Array.from({ length: 50 }, (_, index) => auth.redeemCode(number, String(900_000 + index))),
    );
    expect(guesses.filter((guess) => guess.kind === 'refused' && guess.fault === 'code_wrong')).toHaveLength(
      5,
    );
  });

  it('is used once, however often it comes at once', async () => {
    const auth = service();
    await auth.requestCode(number);
    const code = phone.codeOf(number);
    const logins = await Promise.all(Array.from({ length: 10 }, () => auth.redeemCode(number, code)));
    expect(logins.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
  });

  it('is of one number only', async () => {
    const auth = service();
    await auth.requestCode(number);
    expect(await auth.redeemCode('+4911111111', phone.codeOf(number))).toEqual(refusal('code_expired'));
  });

  it('is sent once in thirty seconds, and a newer one takes its place', async () => {
    const auth = service();
    await auth.requestCode(number);
    const first = phone.codeOf(number);
    await clock.advance(30 * SECOND_MS - 1);
    expect(await auth.requestCode(number)).toEqual(waiting('too_soon', 1));
    expect(phone.messages).toHaveLength(1);
    await clock.advance(1);
    expect(await auth.requestCode(number)).toEqual(SENT);
    expect(await auth.redeemCode(number, first)).toEqual(refusal('code_wrong'));
    expect((await auth.redeemCode(number, phone.codeOf(number))).kind).toBe('opened');
  });

  it('is sent once for ten requests at once', async () => {
    const auth = service();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => auth.requestCode(number)));
    expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(1);
    expect(phone.messages).toHaveLength(1);
  });

  it('is stored as a hash that is keyed and differs from number to number', async () => {
    const auth = service();
    const digest = createDigest(AUTH_KEYS);
    await auth.requestCode(number);
    const code = phone.codeOf(number);
    const [[hash] = []] = await rawRows(
      database.databaseUrl,
      `SELECT code_hash FROM otp_codes WHERE number = '${number}'`,
    );
    expect(hash).toBe(digest(`code ${number} ${code}`));
    expect(hash).not.toBe(digest(`code +4911111111 ${code}`));
    expect(hash).not.toBe(createHash('sha256').update(`code ${number} ${code}`).digest('hex'));
  });

  it('that cannot be sent is told so, keeps the number waiting, and leaves a line without it', async () => {
    const auth = service();
    phone.outcome = { kind: 'failed', error: 'the SMS webhook answered 500' };
    expect(await auth.requestCode(number)).toEqual({ kind: 'unavailable' });
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'a code could not be sent',
        fields: { reason: 'the SMS webhook answered 500' },
      },
    ]);
    expect(await auth.requestCode(number)).toEqual(waiting('too_soon', 30 * SECOND_MS));
    phone.outcome = { kind: 'sent' };
    await clock.advance(30 * SECOND_MS);
    expect((await login(auth)).user.number).toBe(number);
  });

  it('is not even made where nothing can send it', async () => {
    expect(await service(null).requestCode(number)).toEqual({ kind: 'unavailable' });
    expect(await service().requestCode(number)).toEqual(SENT);
  });
});

describe('[AU2] a refresh token', () => {
  it('gives a new pair for the same user', async () => {
    const auth = service();
    const first = await login(auth);
    await clock.advance(MINUTE_MS);
    const second = opened(await auth.refresh(first.refreshToken));
    expect(second.user).toEqual(first.user);
    expect(second.refreshToken).toMatch(/^[0-9a-f]{64}$/);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.accessToken).not.toBe(first.accessToken);
  });

  it('comes with an access token that is good for an hour', async () => {
    const { accessToken, user } = await login(service());
    const [, claims = ''] = accessToken.split('.');
    const { sub, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    expect({ sub, seconds: Number(exp) - Number(iat) }).toEqual({ sub: String(user.id), seconds: 3600 });
    expect(ACCESS_TOKEN_LIFETIME_MS).toBe(3_600_000);
  });

  it('that is used twice ends its family, and no other', async () => {
    const auth = service();
    const stolen = await login(auth);
    await clock.advance(30 * SECOND_MS);
    const other = await login(auth);
    const second = opened(await auth.refresh(stolen.refreshToken));
    expect(await auth.refresh(stolen.refreshToken)).toEqual(refusal('refresh_token_invalid'));
    expect(await auth.refresh(second.refreshToken)).toEqual(refusal('refresh_token_invalid'));
    expect(log.messages('warn')).toEqual(['a refresh token came twice: its family is revoked']);
    expect((await auth.refresh(other.refreshToken)).kind).toBe('opened');
  });

  it('is used once, however often it comes at once', async () => {
    const auth = service();
    const { refreshToken } = await login(auth);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => auth.refresh(refreshToken)));
    expect(outcomes.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
  });

  it('is good for thirty days, and each new one for thirty more', async () => {
    const auth = service();
    const first = await login(auth);
    await clock.advance(30 * DAY_MS - 1);
    const second = opened(await auth.refresh(first.refreshToken));
    await clock.advance(30 * DAY_MS);
    expect(await auth.refresh(second.refreshToken)).toEqual(refusal('refresh_token_invalid'));
  });

  it.each(['', 'nonsense', '0'.repeat(64), 'x'.repeat(10_000)])('is none: %#', async (token) => {
    expect(await service().refresh(token)).toEqual(refusal('refresh_token_invalid'));
    expect(log.lines).toEqual([]);
  });

  it('is stored as a hash', async () => {
    const { refreshToken } = await login(service());
    const stored = (hash: string) =>
      rawRows(database.databaseUrl, `SELECT used_at FROM refresh_tokens WHERE hash = '${hash}'`);
    expect(await stored(refreshToken)).toEqual([]);
    expect(await stored(createDigest(AUTH_KEYS)(`refresh ${refreshToken}`))).toEqual([[null]]);
  });
});

describe('[AU1] the digest of a server without a secret', () => {
  it('is the plain one, which still differs from number to number', () => {
    const digest = createDigest({ secret: null, publicKey: null });
    expect(digest('text')).toBe(createHash('sha256').update('text').digest('hex'));
    expect(digest('code +491 000000')).not.toBe(digest('code +492 000000'));
  });
});
