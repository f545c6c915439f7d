import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeRules, MessageBounds } from '../../../server/domain/account/authStore.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import { rawRows, rawWrite, type TestStore } from '../../support/store.ts';
import { crowd, NOW_MS, type OpenStore } from './scripts.ts';

const PAUSE_MS = 30_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MAX_TRIES = 5;
const EXPIRES_MS = NOW_MS + 300_000;
const KEPT = { kind: 'kept', wrongCodes: 0 };
const TOO_SOON = { kind: 'too_soon', untilMs: NOW_MS + PAUSE_MS };
const NEVER: CodeRules['lockMsAfter'] = () => 0;
const UNBOUNDED: MessageBounds = { pauseMs: PAUSE_MS, windows: [] };

/** Codes that were sent to phones, and how many of them. Every test has a number of its own. */
export function codeContract(open: OpenStore): void {
  let test: TestStore;
  let other: Store;
  let last = 0;
  const setUp = async () => {
    test = await open(crowd(3, 1));
    other = await test.reopen();
  };
  const freshNumber = () => `+92300000${String((last += 1)).padStart(4, '0')}`;
  const hash = (text: string) => text.padEnd(64, '0');
  const offer = (
    number: string,
    codeHash: string,
    createdAtMs = NOW_MS,
    { store = test.store, bounds = UNBOUNDED } = {},
  ) =>
    store.auth.offerCode(
      { number, codeHash: hash(codeHash), expiresAtMs: createdAtMs + 300_000, createdAtMs },
      bounds,
    );
  const redeem = (
    number: string,
    codeHash: string,
    nowMs = NOW_MS,
    { store = test.store, lockMsAfter = NEVER } = {},
  ) => store.auth.redeemCode(number, hash(codeHash), nowMs, { maxTries: MAX_TRIES, lockMsAfter });

  describe('codes', () => {
    beforeAll(setUp);
    afterAll(() => test.close());

    it('[LS4] are right once, for their number, until the millisecond they expire', async () => {
      const [number, another] = [freshNumber(), freshNumber()];
      expect(await redeem(number, 'a')).toEqual({ kind: 'none' });
      expect(await offer(number, 'a')).toEqual(KEPT);
      expect(await redeem(another, 'a')).toEqual({ kind: 'none' });
      expect(await redeem(number, 'a', EXPIRES_MS)).toEqual({ kind: 'none' });
      expect(await redeem(number, 'b', EXPIRES_MS - 1)).toEqual({ kind: 'wrong' });
      expect(await redeem(number, 'a', EXPIRES_MS - 1)).toEqual({ kind: 'right' });
      expect(await redeem(number, 'a')).toEqual({ kind: 'none' });
    });

    it('[LS4] are none after the last wrong try', async () => {
      const number = freshNumber();
      await offer(number, 'a');
      for (let tries = 0; tries < MAX_TRIES; tries += 1)
        expect(await redeem(number, 'b')).toEqual({ kind: 'wrong' });
      expect(await redeem(number, 'a')).toEqual({ kind: 'none' });
      expect(await offer(number, 'c', NOW_MS + PAUSE_MS)).toEqual({ ...KEPT, wrongCodes: MAX_TRIES });
      expect(await redeem(number, 'a')).toEqual({ kind: 'wrong' });
      expect(await redeem(number, 'c')).toEqual({ kind: 'right' });
    });

    it('[LS4] are replaced once they are old enough, to the millisecond, used up or not', async () => {
      const number = freshNumber();
      await offer(number, 'a');
      expect(await offer(number, 'b', NOW_MS + PAUSE_MS - 1)).toEqual(TOO_SOON);
      expect(await redeem(number, 'a')).toEqual({ kind: 'right' });
      expect(await offer(number, 'b', NOW_MS + PAUSE_MS - 1)).toEqual(TOO_SOON);
      expect(await redeem(number, 'b')).toEqual({ kind: 'none' });
      expect(await offer(number, 'b', NOW_MS + PAUSE_MS)).toEqual(KEPT);
      expect(await redeem(number, 'b')).toEqual({ kind: 'right' });
    });

    it('[LS4] are kept once when many are offered at once, and are right once', async () => {
      const numbers = [freshNumber(), freshNumber(), freshNumber()];
      for (const number of numbers) {
        const stores = [test.store, other, test.store, other];
        const offers = await Promise.all(
          stores.map((store, index) => offer(number, String(index), NOW_MS, { store })),
        );
        expect(offers.filter(({ kind }) => kind === 'kept')).toHaveLength(1);
        const kept = String(offers.findIndex(({ kind }) => kind === 'kept'));
        const verdicts = await Promise.all(stores.map((store) => redeem(number, kept, NOW_MS, { store })));
        expect(verdicts.map(({ kind }) => kind).toSorted()).toEqual(['none', 'none', 'none', 'right']);
      }
    });

    it('[LS4] count every try, however many come at once', async () => {
      const number = freshNumber();
      await offer(number, 'a');
      const tries = Array.from({ length: 12 }, (_, index) =>
        redeem(number, 'b', NOW_MS, { store: index % 2 === 0 ? test.store : other }),
      );
      const verdicts = await Promise.all(tries);
      expect(verdicts.filter(({ kind }) => kind === 'wrong')).toHaveLength(MAX_TRIES);
      expect(await redeem(number, 'a')).toEqual({ kind: 'none' });
    });
  });

  describe('numbers with wrong codes', () => {
    beforeAll(setUp);
    afterAll(() => test.close());
    /** After every third wrong code, for as many minutes as there were wrong ones. */
    const lockMsAfter = (wrongCodes: number) => (wrongCodes % 3 === 0 ? wrongCodes * MINUTE_MS : 0);

    it('[SA24] are locked until the millisecond that the rules say: nothing is kept or looked at', async () => {
      const number = freshNumber();
      await offer(number, 'a');
      const tried = [];
      for (let times = 0; times < 4; times += 1)
        tried.push(await redeem(number, 'b', NOW_MS, { lockMsAfter }));
      const locked = { kind: 'locked', untilMs: NOW_MS + 3 * MINUTE_MS };
      expect(tried).toEqual([{ kind: 'wrong' }, { kind: 'wrong' }, { kind: 'wrong' }, locked]);
      expect(await redeem(number, 'a', locked.untilMs - 1, { lockMsAfter })).toEqual(locked);
      expect(await offer(number, 'c', locked.untilMs - 1)).toEqual(locked);
      expect(await redeem(number, 'a', locked.untilMs, { lockMsAfter })).toEqual({ kind: 'right' });
    });

    it('[SA24] count them over all codes until a right one', async () => {
      const number = freshNumber();
      const counted: number[] = [];
      const counting = {
        lockMsAfter: (wrongCodes: number) => {
          counted.push(wrongCodes);
          return 0;
        },
      };
      await offer(number, 'a');
      await redeem(number, 'b', NOW_MS, counting);
      await offer(number, 'c', NOW_MS + PAUSE_MS);
      await redeem(number, 'b', NOW_MS, counting);
      await redeem(number, 'c', NOW_MS, counting);
      await redeem(number, 'b', NOW_MS, counting);
      await offer(number, 'd', NOW_MS + 2 * PAUSE_MS);
      await redeem(number, 'b', NOW_MS, counting);
      expect(counted).toEqual([1, 2, 1]);
    });

    it('[SA24] are locked once however many wrong ones come at once', async () => {
      const number = freshNumber();
      await offer(number, 'a');
      const tries = Array.from({ length: 12 }, (_, index) =>
        redeem(number, 'b', NOW_MS, { lockMsAfter, store: index % 2 === 0 ? test.store : other }),
      );
      const kinds = (await Promise.all(tries)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'wrong')).toHaveLength(3);
      expect(kinds.filter((kind) => kind === 'locked')).toHaveLength(9);
    });

    it('[SA24] tell of them with each offer until they are told or a right one comes', async () => {
      const number = freshNumber();
      const wrongCodes = async (turn: number) => {
        const kept = await offer(number, String(turn), NOW_MS + turn * PAUSE_MS);
        return kept.kind === 'kept' ? kept.wrongCodes : kept;
      };
      expect(await wrongCodes(0)).toBe(0);
      for (let tries = 0; tries < 4; tries += 1) await redeem(number, 'b');
      expect([await wrongCodes(1), await wrongCodes(2)]).toEqual([4, 4]);
      await redeem(number, 'b');
      await test.store.auth.markWrongCodesTold(number, 4);
      expect(await wrongCodes(3)).toBe(1);
      await test.store.auth.markWrongCodesTold(number, 4);
      expect(await wrongCodes(4)).toBe(0);
      await redeem(number, 'b');
      expect(await redeem(number, '4')).toEqual({ kind: 'right' });
      expect(await wrongCodes(5)).toBe(0);
      await test.store.auth.markWrongCodesTold('+19999999999', 4);
    });
  });

  describe('messages to a number', () => {
    beforeAll(setUp);
    afterAll(() => test.close());
    const bounds: MessageBounds = {
      pauseMs: 0,
      windows: [
        { maxMessages: 2, lengthMs: MINUTE_MS },
        { maxMessages: 3, lengthMs: DAY_MS },
      ],
    };
    const tooMany = (untilMs: number) => ({ kind: 'too_many', untilMs });

    it('[SA25] are bounded by every window, to the millisecond', async () => {
      const number = freshNumber();
      const offerAt = (afterMs: number) => offer(number, 'a', NOW_MS + afterMs, { bounds });
      expect([await offerAt(0), await offerAt(10)]).toEqual([KEPT, KEPT]);
      expect(await offerAt(20)).toEqual(tooMany(NOW_MS + MINUTE_MS));
      expect(await offerAt(MINUTE_MS - 1)).toEqual(tooMany(NOW_MS + MINUTE_MS));
      expect(await offerAt(MINUTE_MS)).toEqual(KEPT);
      expect(await offerAt(2 * MINUTE_MS)).toEqual(tooMany(NOW_MS + DAY_MS));
      expect(await offerAt(DAY_MS - 1)).toEqual(tooMany(NOW_MS + DAY_MS));
      expect(await offerAt(DAY_MS)).toEqual(KEPT);
      expect(await offerAt(DAY_MS + 9)).toEqual(tooMany(NOW_MS + DAY_MS + 10));
      expect(await offer(freshNumber(), 'a', NOW_MS, { bounds })).toEqual(KEPT);
    });

    it('[SA25] leave the code as it is when they are refused', async () => {
      const number = freshNumber();
      for (const name of ['a', 'b', 'c']) await offer(number, name, NOW_MS, { bounds });
      expect(await redeem(number, 'c')).toEqual({ kind: 'wrong' });
      expect(await redeem(number, 'b')).toEqual({ kind: 'right' });
    });

    it('[SA25] are no more when many ask at once, in two processes', async () => {
      for (const number of [freshNumber(), freshNumber(), freshNumber()]) {
        const offers = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            offer(number, String(index), NOW_MS, { bounds, store: index % 2 === 0 ? test.store : other }),
          ),
        );
        expect(offers.filter(({ kind }) => kind === 'kept')).toHaveLength(2);
        expect(offers.filter(({ kind }) => kind === 'too_many')).toHaveLength(8);
      }
    });

    it('[SA25] are forgotten by the next one once they are a day old, whose ever they were', async () => {
      const [number, another] = [freshNumber(), freshNumber()];
      const stored = async () => {
        const sql = `SELECT number FROM otp_messages WHERE number IN ('${number}', '${another}') ORDER BY id`;
        return (await rawRows(test.databaseUrl, sql)).flat();
      };
      await rawWrite(test.databaseUrl, 'DELETE FROM otp_messages');
      await offer(number, 'a', NOW_MS, { bounds });
      await offer(number, 'a', NOW_MS + 1, { bounds });
      await offer(another, 'a', NOW_MS + DAY_MS - 1, { bounds });
      expect(await stored()).toEqual([number, number, another]);
      await offer(another, 'a', NOW_MS + DAY_MS, { bounds });
      expect(await stored()).toEqual([number, another, another]);
      await offer(number, 'a', NOW_MS + DAY_MS + 1, { bounds });
      expect(await stored()).toEqual([another, another, number]);
    });
  });
}
