import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../server/engines/store/store.ts';
import type { TestStore } from '../../support/store.ts';
import { crowd, NOW_MS, type OpenStore } from './scripts.ts';

const EXPIRES_MS = NOW_MS + 300_000;

/** Users by their number, refresh tokens. Every test has a number or a family of its own. */
export function authContract(open: OpenStore): void {
  let test: TestStore;
  let other: Store;
  let last = 0;
  const setUp = async () => {
    test = await open(crowd(3, 1));
    other = await test.reopen();
  };
  const freshNumber = () => `+92300000${String((last += 1)).padStart(4, '0')}`;
  const hash = (text: string) => text.padEnd(64, '0');

  describe('users with a number', () => {
    beforeAll(setUp);
    afterAll(() => test.close());

    it('[LS4] are made once, as buyers without an e-mail address, however many ask at once', async () => {
      const number = freshNumber();
      const stores = [test.store, other, test.store, other];
      const found = await Promise.all(
        stores.map((store, index) => store.auth.userOfNumber(number, `phone-${index}`, NOW_MS)),
      );
      const [first] = found;
      expect(found).toEqual(found.map(() => first));
      expect(first).toEqual({
        id: expect.any(Number) as number,
        username: first?.username,
        name: first?.username,
        type: 'Normal',
        number,
        email: '',
        role: 'buyer',
        isBlocked: false,
        profile: null,
      });
      expect(await test.store.accounts.byId(first?.id ?? 0)).toEqual(first);
      expect(await other.auth.userOfNumber(number, 'late', NOW_MS + 1)).toEqual(first);
    });

    it('[LS4] never take the name or the place of somebody else', async () => {
      const number = freshNumber();
      const error: unknown = await test.store.auth
        .userOfNumber(number, 'user1', NOW_MS)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(number);
      expect(await test.store.accounts.byUsername('user1')).toMatchObject({ id: 1, number: '' });
    });
  });

  describe('refresh tokens', () => {
    beforeAll(setUp);
    afterAll(() => test.close());
    const nextOf = (name: string) => ({ hash: hash(name), expiresAtMs: EXPIRES_MS + 1_000 });
    const add = (name: string, familyId: string) =>
      test.store.auth.addRefreshToken({
        hash: hash(name),
        familyId,
        userId: 2,
        expiresAtMs: EXPIRES_MS,
        createdAtMs: NOW_MS,
      });
    const rotate = (name: string, next: string, nowMs = NOW_MS, store = test.store) =>
      store.auth.rotateRefreshToken(hash(name), nextOf(next), nowMs);
    const rotated = { kind: 'rotated', userId: 2, familyId: expect.stringMatching(/^family /) as string };

    it('[LS5] are used once, one after the other, until the millisecond they expire', async () => {
      await add('a1', 'family a');
      expect(await rotate('a0', 'a2')).toEqual({ kind: 'unknown' });
      expect(await rotate('a1', 'a2', EXPIRES_MS)).toEqual({ kind: 'unknown' });
      expect(await rotate('a1', 'a2', EXPIRES_MS - 1)).toEqual(rotated);
      expect(await rotate('a2', 'a3', EXPIRES_MS + 999)).toEqual(rotated);
      expect(await rotate('a3', 'a4', EXPIRES_MS + 1_000)).toEqual({ kind: 'unknown' });
    });

    it('[LS5] are all revoked when one of their family comes twice, and no others', async () => {
      await add('b1', 'family b');
      await add('c1', 'family c');
      await rotate('b1', 'b2');
      await rotate('b2', 'b3');
      expect(await rotate('b1', 'b4')).toEqual({ kind: 'reused' });
      for (const name of ['b1', 'b2', 'b3', 'b4']) {
        expect(await rotate(name, 'b5')).toEqual({ kind: 'unknown' });
      }
      expect(await rotate('c1', 'c2')).toEqual(rotated);
    });

    it('[LS5] let one of those who use them at once go on, and the family is over', async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        await add(`d${turn}`, `family d${turn}`);
        const outcomes = await Promise.all([
          rotate(`d${turn}`, `e${turn}`),
          rotate(`d${turn}`, `f${turn}`, NOW_MS, other),
        ]);
        expect(outcomes).toEqual(expect.arrayContaining([rotated, { kind: 'reused' }]));
        for (const name of ['d', 'e', 'f']) {
          expect(await rotate(`${name}${turn}`, `g${turn}`)).toEqual({ kind: 'unknown' });
        }
      }
    });

    it('[LS5] leave no token alive when one is used while an older one comes again', async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        await add(`h${turn}`, `family h${turn}`);
        await rotate(`h${turn}`, `i${turn}`);
        const [reused] = await Promise.all([
          rotate(`h${turn}`, `j${turn}`),
          rotate(`i${turn}`, `k${turn}`, NOW_MS, other),
        ]);
        expect(reused).toEqual({ kind: 'reused' });
        for (const name of ['i', 'k']) {
          expect(await rotate(`${name}${turn}`, `l${turn}`)).toEqual({ kind: 'unknown' });
        }
      }
    });
  });
}
