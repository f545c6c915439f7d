import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../server/engines/store/store.ts';
import type { TestStore } from '../../support/store.ts';
import { crowd, NOW_MS, type OpenStore } from './scripts.ts';

const DAY_MS = 86_400_000;

/** What is told of accounts to every process. */
export function accountChangeContract(open: OpenStore): void {
  let test: TestStore;
  let other: Store;
  const setUp = async () => {
    test = await open(crowd(5, 1));
    other = await test.reopen();
  };
  const newest = async () => (await other.accounts.changesAfter(0, 1_000)).at(-1)?.id ?? 0;
  const hash = (text: string) => text.padEnd(64, '0');
  const addLogin = (name: string, familyId: string) =>
    test.store.auth.addRefreshToken({
      hash: hash(name),
      familyId,
      userId: 2,
      expiresAtMs: NOW_MS + 1_000,
      createdAtMs: NOW_MS,
    });
  const rotate = (name: string, next: string) =>
    test.store.auth.rotateRefreshToken(hash(name), { hash: hash(next), expiresAtMs: NOW_MS + 1_000 }, NOW_MS);

  describe('changes of accounts', () => {
    beforeAll(setUp);
    afterAll(() => test.close());

    it('[TK6] are stored with a block and with the end of it, and with whether the user is blocked now', async () => {
      const { accounts } = test.store;
      const before = await newest();
      expect(await accounts.setBlocked(3, true, NOW_MS)).toBe(true);
      expect(await other.accounts.byId(3)).toMatchObject({ isBlocked: true });
      const [change] = await other.accounts.changesAfter(before, 10);
      expect(change).toEqual({ id: change?.id, userId: 3, loginId: null, isBlocked: true });
      expect(await accounts.setBlocked(3, false, NOW_MS)).toBe(true);
      expect(await other.accounts.byId(3)).toMatchObject({ isBlocked: false });
      expect(await other.accounts.changesAfter(before, 10)).toMatchObject([
        { id: change?.id, userId: 3, isBlocked: false },
        { userId: 3, loginId: null, isBlocked: false },
      ]);
    });

    it('[TK6] are stored for a user who is blocked already, and for none that there is not', async () => {
      const { accounts } = test.store;
      const before = await newest();
      for (const isBlocked of [true, true])
        expect(await accounts.setBlocked(4, isBlocked, NOW_MS)).toBe(true);
      expect(await accounts.setBlocked(999, true, NOW_MS)).toBe(false);
      const changes = await other.accounts.changesAfter(before, 10);
      expect(changes.map(({ userId }) => userId)).toEqual([4, 4]);
    });

    it('[TK6] are read by their ids, a bounded number at a time', async () => {
      const { accounts } = test.store;
      const before = await newest();
      for (const userId of [1, 2, 3]) await accounts.setBlocked(userId, false, NOW_MS);
      const first = await other.accounts.changesAfter(before, 2);
      expect(first.map(({ userId }) => userId)).toEqual([1, 2]);
      const rest = await other.accounts.changesAfter(first.at(-1)?.id ?? 0, 2);
      expect(rest.map(({ userId }) => userId)).toEqual([3]);
    });

    it('[TK6] a block survives what a main backend says of the user', async () => {
      const { accounts } = test.store;
      await accounts.setBlocked(5, true, NOW_MS);
      const unsaid = { email: null, number: null, type: null, role: null };
      await accounts.ensure({ ...unsaid, id: 5, username: 'renamed', name: 'New' }, NOW_MS);
      expect(await other.accounts.byId(5)).toMatchObject({ username: 'renamed', isBlocked: true });
    });

    it('[TK8] are stored with the end of a login: once, by any token of it, used up and expired ones too', async () => {
      const { auth } = test.store;
      const before = await newest();
      await addLogin('a1', 'login a');
      await addLogin('b1', 'login b');
      await rotate('a1', 'a2');
      await auth.endLogin(hash('a1'), NOW_MS + 5_000);
      await auth.endLogin(hash('a2'), NOW_MS);
      await auth.endLogin(hash('none'), NOW_MS);
      expect(await other.accounts.changesAfter(before, 10)).toMatchObject([
        { userId: 2, loginId: 'login a' },
      ]);
      expect(await rotate('a2', 'a3')).toEqual({ kind: 'unknown' });
      expect(await rotate('b1', 'b2')).toEqual({ kind: 'rotated', userId: 2, familyId: 'login b' });
    });

    it('[TK8] are stored where a refresh token comes twice, once', async () => {
      const before = await newest();
      await addLogin('c1', 'login c');
      await rotate('c1', 'c2');
      expect(await rotate('c1', 'c3')).toEqual({ kind: 'reused' });
      expect(await rotate('c1', 'c3')).toEqual({ kind: 'unknown' });
      await test.store.auth.endLogin(hash('c1'), NOW_MS);
      expect(await other.accounts.changesAfter(before, 10)).toMatchObject([
        { userId: 2, loginId: 'login c' },
      ]);
    });

    it('[TK6] are kept for a day, and their ids are never used again', async () => {
      const { accounts } = test.store;
      const last = await newest();
      await accounts.setBlocked(1, false, NOW_MS + 2 * DAY_MS);
      const changes = await other.accounts.changesAfter(0, 1_000);
      expect(changes).toHaveLength(1);
      expect(changes[0]?.id).toBeGreaterThan(last);
    });
  });
}
