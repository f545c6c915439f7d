import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthService } from '../../server/domain/account/auth.ts';
import { CODE_TRIES, codeMessage, lockMsAfter } from '../../server/domain/account/otp.ts';
import { SmsRate } from '../../server/domain/account/smsRate.ts';
import type { Limits } from '../../server/limits.ts';
import type { AuthStore } from '../../server/domain/account/authStore.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { authServiceOver } from '../support/authService.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedPhone } from '../support/phone.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WRONG = '999999';
const SENT = { kind: 'sent' };
const NO_BOUNDS = { otpMessagesPerHour: 0, otpMessagesPerDay: 0, smsPerMinute: 0 };

let database: TestStore;
let clock: ManualClock;
let phone: RecordedPhone;
let log: RecordedLog;
let lastNumber = 20_000_000;

beforeAll(async () => {
  database = await openTestStore('sqlite', demoSeed(new ManualClock().nowMs()));
});
afterAll(() => database.close());
beforeEach(() => {
  clock = new ManualClock();
  phone = new RecordedPhone();
  log = new RecordedLog();
});

/** A number that no other test has used. */
function freshNumber(): string {
  lastNumber += 1;
  return `+49${lastNumber}`;
}

function service(limits: Partial<Limits> = NO_BOUNDS, auth: Partial<AuthStore> = {}): AuthService {
  const store = { accounts: database.store.accounts, auth: { ...database.store.auth, ...auth } };
  return authServiceOver({ store, clock, sms: phone, log, limits });
}

/** Asks for a code and tries that many wrong ones. */
async function tryWrong(auth: AuthService, number: string, times = CODE_TRIES): Promise<void> {
  expect(await auth.requestCode(number)).toEqual(SENT);
  for (let tries = 0; tries < times; tries += 1) {
    expect(await auth.redeemCode(number, WRONG)).toEqual({ kind: 'refused', fault: 'code_wrong' });
  }
}

describe('[SA24] a number with wrong codes', () => {
  it('is locked for a minute after five in a row, then for twice as long each time, up to a day', () => {
    const locks = Array.from({ length: 75 }, (_, index) => lockMsAfter(index + 1));
    expect(locks.filter((_, index) => (index + 1) % 5 !== 0).every((lockMs) => lockMs === 0)).toBe(true);
    expect(locks.filter((lockMs) => lockMs > 0).map((lockMs) => lockMs / MINUTE_MS)).toEqual([
      ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
      ...[1440, 1440, 1440, 1440],
    ]);
    expect(lockMsAfter(0)).toBe(0);
    expect(lockMsAfter(1_000_000)).toBe(DAY_MS);
  });

  it('gets no code and has none looked at while it is locked, to the millisecond', async () => {
    const [auth, number] = [service(), freshNumber()];
    for (const lockMs of [1, 2, 4, 8].map((minutes) => minutes * MINUTE_MS)) {
      await tryWrong(auth, number);
      const locked = { kind: 'number_locked', waitMs: lockMs };
      expect(await auth.redeemCode(number, phone.codeOf(number))).toEqual(locked);
      expect(await auth.requestCode(number)).toEqual(locked);
      await clock.advance(lockMs - 1);
      expect(await auth.redeemCode(number, WRONG)).toEqual({ kind: 'number_locked', waitMs: 1 });
      expect(await auth.requestCode(number)).toEqual({ kind: 'number_locked', waitMs: 1 });
      await clock.advance(1);
    }
    expect(phone.messages).toHaveLength(4);
    expect(await auth.requestCode(number)).toEqual(SENT);
  });

  it('counts them over several codes, and takes a code again that outlives the lock', async () => {
    const [auth, number] = [service(), freshNumber()];
    await tryWrong(auth, number, 3);
    await clock.advance(30 * SECOND_MS);
    await tryWrong(auth, number, 2);
    expect(await auth.redeemCode(number, WRONG)).toEqual({ kind: 'number_locked', waitMs: MINUTE_MS });
    await clock.advance(MINUTE_MS);
    expect((await auth.redeemCode(number, phone.codeOf(number))).kind).toBe('opened');
  });

  it('begins anew after a right one', async () => {
    const [auth, number] = [service(), freshNumber()];
    await tryWrong(auth, number);
    await clock.advance(MINUTE_MS);
    await tryWrong(auth, number, 4);
    expect((await auth.redeemCode(number, phone.codeOf(number))).kind).toBe('opened');
    await clock.advance(30 * SECOND_MS);
    await tryWrong(auth, number);
    expect(await auth.requestCode(number)).toEqual({ kind: 'number_locked', waitMs: MINUTE_MS });
  });

  it('is locked alone, by codes that were looked at alone', async () => {
    const [auth, number, other] = [service(), freshNumber(), freshNumber()];
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await auth.redeemCode(other, WRONG)).toEqual({ kind: 'refused', fault: 'code_expired' });
    }
    await tryWrong(auth, number);
    await tryWrong(auth, other, 1);
    expect((await auth.redeemCode(other, phone.codeOf(other))).kind).toBe('opened');
  });

  it('has fewer than 100 guesses looked at in a day, and 5 a day after that', async () => {
    const [auth, number] = [service(), freshNumber()];
    const guessFor = async (durationMs: number) => {
      const endMs = clock.nowMs() + durationMs;
      let looks = 0;
      while (clock.nowMs() < endMs) {
        const guess = await auth.redeemCode(number, WRONG);
        if (guess.kind === 'number_locked') await clock.advance(guess.waitMs);
        else if (guess.kind === 'refused' && guess.fault === 'code_wrong') looks += 1;
        else expect((await auth.requestCode(number)).kind).toBe('sent');
      }
      return looks;
    };
    expect(await guessFor(DAY_MS)).toBeLessThan(100);
    await guessFor(DAY_MS);
    expect(await guessFor(10 * DAY_MS)).toBeLessThanOrEqual(50);
  });
});

describe('[SA24] the owner of a number', () => {
  const toldOf = (wrongCodes: number) =>
    `Wrong codes tried for your number since the last message: ${wrongCodes}.`;
  const lastText = () => phone.messages.at(-1)?.text ?? '';

  it('is told with the next message how many wrong codes were tried, once', async () => {
    const [auth, number] = [service(), freshNumber()];
    await tryWrong(auth, number, 5);
    await clock.advance(MINUTE_MS);
    await tryWrong(auth, number, 2);
    expect(lastText()).toBe(codeMessage(phone.codeOf(number), 'MadeInPK', 5));
    expect(lastText()).toContain(`Tell it to nobody. ${toldOf(5)}`);
    await clock.advance(MINUTE_MS);
    await auth.requestCode(number);
    expect(lastText()).toContain(toldOf(2));
    await clock.advance(MINUTE_MS);
    await auth.requestCode(number);
    expect(lastText()).not.toContain('Wrong codes');
  });

  it('is not told of those before a login, which they know of', async () => {
    const [auth, number] = [service(), freshNumber()];
    await tryWrong(auth, number, 2);
    expect((await auth.redeemCode(number, phone.codeOf(number))).kind).toBe('opened');
    await clock.advance(30 * SECOND_MS);
    await auth.requestCode(number);
    expect(lastText()).not.toContain('Wrong codes');
  });

  it('is told with the first message that goes out', async () => {
    const [auth, number] = [service(), freshNumber()];
    await tryWrong(auth, number, 3);
    await clock.advance(30 * SECOND_MS);
    phone.outcome = { kind: 'failed', error: 'the SMS webhook answered 500' };
    expect(await auth.requestCode(number)).toEqual({ kind: 'unavailable' });
    phone.outcome = { kind: 'sent' };
    await clock.advance(30 * SECOND_MS);
    expect(await auth.requestCode(number)).toEqual(SENT);
    expect(lastText()).toContain(toldOf(3));
  });

  it('is told again when it could not be stored that they were, and gets their code', async () => {
    const number = freshNumber();
    const away = { markWrongCodesTold: () => Promise.reject(new StoreUnavailable('away')) };
    await tryWrong(service(), number, 3);
    for (const auth of [service(NO_BOUNDS, away), service()]) {
      await clock.advance(30 * SECOND_MS);
      expect(await auth.requestCode(number)).toEqual(SENT);
      expect(lastText()).toContain(toldOf(3));
    }
    expect(log.messages('warn')).toEqual(['the next message will tell of the same wrong codes again']);
    expect(JSON.stringify(log.lines)).not.toContain(number);
  });
});

describe('[SA25] messages with codes', () => {
  it('to one number are five in any hour, to the millisecond', async () => {
    const [auth, number] = [service({ otpMessagesPerDay: 0 }), freshNumber()];
    for (let minute = 0; minute < 5; minute += 1) {
      expect(await auth.requestCode(number)).toEqual(SENT);
      await clock.advance(MINUTE_MS);
    }
    expect(await auth.requestCode(number)).toEqual({ kind: 'too_many', waitMs: 55 * MINUTE_MS });
    await clock.advance(55 * MINUTE_MS - 1);
    expect(await auth.requestCode(number)).toEqual({ kind: 'too_many', waitMs: 1 });
    await clock.advance(1);
    expect(await auth.requestCode(number)).toEqual(SENT);
    expect(await auth.requestCode(number)).toEqual({ kind: 'too_many', waitMs: MINUTE_MS });
    expect(await auth.requestCode(freshNumber())).toEqual(SENT);
  });

  it('to one number are ten in any day, whatever is asked for in between', async () => {
    const [auth, number] = [service({}), freshNumber()];
    const sentAtMs: number[] = [];
    for (const endMs = clock.nowMs() + 3 * DAY_MS; clock.nowMs() < endMs;) {
      const outcome = await auth.requestCode(number);
      if (outcome.kind === 'sent') sentAtMs.push(clock.nowMs());
      await clock.advance('waitMs' in outcome ? outcome.waitMs : 7 * MINUTE_MS);
    }
    const most = (lengthMs: number) =>
      Math.max(...sentAtMs.map((from) => sentAtMs.filter((at) => at >= from && at < from + lengthMs).length));
    expect([most(HOUR_MS), most(DAY_MS)]).toEqual([5, 10]);
    expect(sentAtMs.length).toBeGreaterThanOrEqual(30);
  });

  it('count when they could not be sent, and not when they were refused', async () => {
    const [auth, number] = [service({ otpMessagesPerHour: 2 }), freshNumber()];
    phone.outcome = { kind: 'failed', error: 'the SMS webhook answered 500' };
    expect(await auth.requestCode(number)).toEqual({ kind: 'unavailable' });
    phone.outcome = { kind: 'sent' };
    for (let times = 0; times < 5; times += 1) expect((await auth.requestCode(number)).kind).toBe('too_soon');
    await clock.advance(30 * SECOND_MS);
    expect(await auth.requestCode(number)).toEqual(SENT);
    expect(await auth.requestCode(number)).toEqual({ kind: 'too_many', waitMs: 59.5 * MINUTE_MS });
  });

  it('hold over a restart, and are not bounded where the limits are off', async () => {
    const number = freshNumber();
    for (let times = 0; times < 10; times += 1) {
      expect(await service().requestCode(number)).toEqual(SENT);
      await clock.advance(30 * SECOND_MS);
    }
    expect((await service({}).requestCode(number)).kind).toBe('too_many');
    expect(await service({ otpMessagesPerHour: 0 }).requestCode(number)).toMatchObject({ kind: 'too_many' });
    expect(await service().requestCode(number)).toEqual(SENT);
  });

  it('to everyone are so many in any minute, and a refused one takes no place', async () => {
    const auth = service({ smsPerMinute: 3 });
    const [first, second, third, fourth] = [freshNumber(), freshNumber(), freshNumber(), freshNumber()];
    expect(await auth.requestCode(first)).toEqual(SENT);
    for (let times = 0; times < 5; times += 1) expect((await auth.requestCode(first)).kind).toBe('too_soon');
    await clock.advance(20 * SECOND_MS);
    for (const number of [second, third]) expect(await auth.requestCode(number)).toEqual(SENT);
    expect(await auth.requestCode(fourth)).toEqual({ kind: 'busy', waitMs: 40 * SECOND_MS });
    await clock.advance(40 * SECOND_MS - 1);
    expect(await auth.requestCode(fourth)).toEqual({ kind: 'busy', waitMs: 1 });
    await clock.advance(1);
    expect(await auth.requestCode(fourth)).toEqual(SENT);
    expect(await auth.requestCode(first)).toEqual({ kind: 'busy', waitMs: 20 * SECOND_MS });
    expect(phone.messages).toHaveLength(4);
  });

  it('to everyone keep their places while the store is away, and when many ask at once', async () => {
    const offerCode = () => Promise.reject(new StoreUnavailable('away'));
    const away = service({ smsPerMinute: 1 }, { offerCode });
    for (let times = 0; times < 3; times += 1) {
      await expect(away.requestCode(freshNumber())).rejects.toThrow(StoreUnavailable);
    }
    const auth = service({ smsPerMinute: 7 });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => auth.requestCode(freshNumber())));
    expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(7);
    expect(outcomes.filter(({ kind }) => kind === 'busy')).toHaveLength(23);
  });

  it('[SA17] to everyone are counted as ever when the wall clock jumps', () => {
    const rate = new SmsRate(1, clock);
    expect(rate.take()).not.toBeNull();
    for (const jumpMs of [DAY_MS, -2 * DAY_MS]) {
      clock.jump(jumpMs);
      expect(rate.take()).toBeNull();
      expect(rate.waitMs()).toBe(MINUTE_MS);
    }
  });
});
