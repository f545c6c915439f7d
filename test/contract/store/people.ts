import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserDetails } from '../../../server/domain/account/account.ts';
import { StoreUnavailable } from '../../../server/ports/errors.ts';
import { bulkSeed } from '../../../server/seeding/bulk.ts';
import { demoSeed } from '../../../server/seeding/demo.ts';
import type { TestStore } from '../../support/store.ts';
import { bid, crowd, NOW_MS, type OpenStore, play, user } from './scripts.ts';

/** Notices, accounts and tokens, deadlines by themselves, and seeding. */
export function peopleContract(open: OpenStore): void {
  describe('notices', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(crowd(20, 10));
    });
    afterAll(() => test.close());

    it('are listed newest first with their auction, by page, for their reader only', async () => {
      const { notifications } = test.store;
      const ids: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        ids.push(
          ...(await play(test.store, 1, bid(user(1), 200 + 2 * round), bid(user(2), 201 + 2 * round))),
        );
      }
      const theirs = await notifications.list(1, { page: 1, pageSize: 3 });
      expect(theirs.count).toBe(5);
      const rest = await notifications.list(1, { page: 2, pageSize: 3 });
      const listed = [...theirs.rows, ...rest.rows];
      expect(listed.map(({ id }) => id)).toEqual(
        ids.filter((id) => listed.some((row) => row.id === id)).toReversed(),
      );
      expect(listed[0]).toEqual({
        id: expect.any(Number) as number,
        userId: 1,
        type: 'bid_outbid',
        title: 'You have been outbid',
        message: 'Someone placed a higher bid of Rs. 2.09 on Lot 1',
        auctionId: 1,
        isRead: false,
        createdAtMs: NOW_MS,
        productName: 'Lot 1',
        currentPrice: 209,
      });
      expect(await notifications.list(3, { page: 1, pageSize: 3 })).toEqual({ count: 0, rows: [] });
    });

    it('are read by their reader only', async () => {
      const { notifications } = test.store;
      const [id = 0] = await play(test.store, 2, bid(user(4), 200), bid(user(5), 300));
      expect(await notifications.unreadCount(4)).toBe(1);
      expect(await notifications.markRead(5, id)).toBe(false);
      expect(await notifications.markRead(4, 999_999)).toBe(false);
      expect(await notifications.unreadCount(4)).toBe(1);
      expect(await notifications.markRead(4, id)).toBe(true);
      expect(await notifications.markRead(4, id)).toBe(true);
      expect(await notifications.unreadCount(4)).toBe(0);
      expect((await notifications.list(4, { page: 1, pageSize: 1 })).rows[0]).toMatchObject({
        id,
        isRead: true,
      });
    });

    it('are all read at once, and counted', async () => {
      const { notifications } = test.store;
      await play(test.store, 3, ...[6, 7, 6, 7, 6].map((id, index) => bid(user(id), 200 + index)));
      expect(await notifications.markAllRead(6)).toBe(2);
      expect(await notifications.markAllRead(6)).toBe(0);
      expect(await notifications.unreadCount(7)).toBe(2);
    });
  });

  describe('accounts', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(demoSeed(NOW_MS));
    });
    afterAll(() => test.close());

    it('are found by id and by the exact name', async () => {
      const { accounts } = test.store;
      const blocked = {
        id: 10,
        username: 'blocked1',
        name: 'Naveed Butt',
        type: 'Normal',
        number: '+923005550110',
        email: 'blocked1@example.com',
        role: 'buyer',
        isBlocked: true,
        profile: null,
      };
      expect(await accounts.byId(10)).toEqual(blocked);
      expect(await accounts.byUsername('blocked1')).toEqual(blocked);
      expect(await accounts.byUsername('kashmiri_crafts')).toMatchObject({
        id: 11,
        role: 'seller',
        isBlocked: false,
        profile: null,
      });
      for (const name of [
        'Blocked1',
        'BLOCKED1',
        'blocked1 ',
        ' blocked1',
        'blocked',
        'bløcked1',
        '',
        `' OR 1=1 -- `,
      ]) {
        expect(await accounts.byUsername(name)).toBe(null);
      }
      for (const id of [0, -1, 999, 2 ** 53 - 1]) expect(await accounts.byId(id)).toBe(null);
      const several = await accounts.byIds([11, 999, 10, 2 ** 53 - 1]);
      expect(several.toSorted((left, right) => left.id - right.id)).toEqual([
        blocked,
        await accounts.byId(11),
      ]);
    });

    it('own opaque tokens, found by their hash', async () => {
      const { accounts } = test.store;
      const hash = createHash('sha256').update('a1b2').digest('hex');
      expect(await accounts.byTokenHash(hash)).toBe(null);
      await accounts.addToken(hash, 2, NOW_MS + 5, NOW_MS);
      expect(await accounts.byTokenHash(hash)).toEqual({
        userId: 2,
        username: 'buyer2',
        expiresAtMs: NOW_MS + 5,
      });
      expect(await accounts.byTokenHash(hash.toUpperCase())).toBe(null);
      const endless = createHash('sha256').update('c3d4').digest('hex');
      await accounts.addToken(endless, 3, null, NOW_MS);
      expect(await accounts.byTokenHash(endless)).toMatchObject({ userId: 3, expiresAtMs: null });
      const error: unknown = await accounts
        .addToken(hash, 4, null, NOW_MS)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(StoreUnavailable);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(hash);
      expect(await accounts.byTokenHash(hash)).toMatchObject({ userId: 2 });
    });
  });

  describe('accounts of a main backend', () => {
    let test: TestStore;
    let next = 100;
    beforeAll(async () => {
      test = await open(demoSeed(NOW_MS));
    });
    afterAll(() => test.close());

    const unsaid = { name: null, email: null, number: null, type: null, role: null } as const;
    const details = (said: Partial<UserDetails> = {}): UserDetails => {
      next += 1;
      return { ...unsaid, id: next, username: `backend${next}`, ...said };
    };

    it('[RG5] are made under the id of the backend', async () => {
      const { accounts } = test.store;
      const made = details({ name: 'Sana ✨', email: 's@example.com', number: '+92300777', role: 'seller' });
      const account = { ...made, type: 'Normal', isBlocked: false, profile: null };
      expect(await accounts.ensure(made, NOW_MS)).toEqual(account);
      expect(await accounts.byId(made.id)).toEqual(account);
      const bare = details();
      expect(await accounts.ensure(bare, NOW_MS)).toEqual({
        id: bare.id,
        username: bare.username,
        name: bare.username,
        type: 'Normal',
        number: '',
        email: '',
        role: 'buyer',
        isBlocked: false,
        profile: null,
      });
    });

    it('[RG5] are refreshed where something is said, and keep their block', async () => {
      const { accounts } = test.store;
      const known = await accounts.byId(10);
      const renamed = details({ id: 10, username: 'renamed', type: 'Expert', number: '' });
      expect(await accounts.ensure(renamed, NOW_MS)).toEqual({
        ...known,
        username: 'renamed',
        type: 'Expert',
        number: '',
      });
      expect(await accounts.byId(10)).toMatchObject({ username: 'renamed', number: '', isBlocked: true });
    });

    it('[RG5] get another name, and no number, where somebody else has them', async () => {
      const { accounts } = test.store;
      const owner = await accounts.byId(1);
      const clash = details({ username: 'buyer1', number: owner?.number ?? null });
      const made = await accounts.ensure(clash, NOW_MS);
      expect(made).toMatchObject({ id: clash.id, username: `buyer1~${clash.id}`, number: '' });
      expect(await accounts.byId(1)).toEqual(owner);
      await accounts.ensure({ ...unsaid, id: 1, username: 'moved' }, NOW_MS);
      expect(await accounts.ensure(clash, NOW_MS)).toMatchObject({ username: 'buyer1' });
      const taken = details({ username: 'x'.repeat(150) });
      await accounts.ensure(taken, NOW_MS);
      const { username } = await accounts.ensure(details({ username: taken.username }), NOW_MS);
      expect(username).toMatch(/^x+~\d+$/);
      expect(username).toHaveLength(150);
    });

    it('[RG5] are made once by many who ask at the same time', async () => {
      const other = await test.reopen();
      const wanted = details();
      const rivals = [details({ username: 'wanted' }), details({ username: 'wanted' })];
      const asked = [wanted, wanted, wanted, ...rivals].flatMap((said) =>
        [test.store, other].map((store) => store.accounts.ensure(said, NOW_MS)),
      );
      const made = await Promise.all(asked);
      expect(new Set(made.slice(0, 6).map(({ username }) => username)).size).toBe(1);
      const names = await Promise.all(rivals.map(({ id }) => test.store.accounts.byId(id)));
      expect(new Set(names.map((account) => account?.username)).size).toBe(2);
    });
  });

  describe('deadlines of a clock that is set', () => {
    it('[SA17] are brought forward or put off by their kind and time', async () => {
      const test = await open(crowd(1, 1));
      const { deadlines } = test.store;
      const [close, pause] = ['ring_close', 'ring_pause'] as const;
      const dueOf = async (kind: typeof close | typeof pause) =>
        (await deadlines.of([kind]))
          .toSorted((one, other) => one.subjectId - other.subjectId)
          .map(({ dueAtMs }) => dueAtMs);
      const times = [10, 20, 30, 40].map((ms) => NOW_MS + ms);
      await deadlines.set(
        [close, pause].flatMap((kind) =>
          times.map((dueAtMs, index) => ({ kind, subjectId: 900 + index, dueAtMs })),
        ),
      );
      await deadlines.pullBack(close, NOW_MS + 20);
      expect(await dueOf(close)).toEqual([10, 20, 20, 20].map((ms) => NOW_MS + ms));
      await deadlines.putOff(pause, NOW_MS + 10, NOW_MS + 30, 1_000);
      expect(await dueOf(pause)).toEqual([10, 1_020, 1_030, 40].map((ms) => NOW_MS + ms));
      await test.close();
    });
  });

  describe('deadlines', () => {
    it('are due to the millisecond, earliest first, and removed only as they stand', async () => {
      const test = await open(demoSeed(NOW_MS));
      const { deadlines } = test.store;
      const start = { kind: 'auction_start', subjectId: 5, dueAtMs: NOW_MS + 120_000 } as const;
      const end = { kind: 'auction_end', subjectId: 4, dueAtMs: NOW_MS + 600_000 } as const;
      expect(await deadlines.nextDueAtMs()).toBe(start.dueAtMs);
      expect(await deadlines.due(start.dueAtMs - 1, 10)).toEqual([]);
      expect(await deadlines.due(start.dueAtMs, 10)).toEqual([start]);
      expect(await deadlines.due(end.dueAtMs, 10)).toEqual([start, end]);
      expect(await deadlines.due(Number.MAX_SAFE_INTEGER, 2)).toEqual([start, end]);
      await deadlines.remove({ ...start, dueAtMs: start.dueAtMs + 1 });
      expect(await deadlines.nextDueAtMs()).toBe(start.dueAtMs);
      await deadlines.remove(start);
      await deadlines.remove(start);
      expect(await deadlines.nextDueAtMs()).toBe(end.dueAtMs);
      await test.close();
    });

    it('are none in an empty database', async () => {
      const test = await open();
      expect(await test.store.deadlines.nextDueAtMs()).toBe(null);
      expect(await test.store.deadlines.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
      await test.close();
    });
  });

  describe('seeding', () => {
    it('fills an empty database, whole or not at all', async () => {
      const test = await open();
      const { seed, ledger, views, accounts, deadlines } = test.store;
      expect(await seed.isEmpty()).toBe(true);
      const data = demoSeed(NOW_MS);
      const unknownSeller = data.auctions.map((auction) => ({ ...auction, sellerId: 4_711 }));
      await expect(seed.insert({ ...data, auctions: unknownSeller })).rejects.toThrow();
      expect(await seed.isEmpty()).toBe(true);
      await seed.insert(data);
      expect(await seed.isEmpty()).toBe(false);
      expect(await views.versions([1, 2, 3, 4, 5, 6])).toEqual(
        new Map([1, 2, 3, 4, 5, 6].map((id) => [id, id === 5 ? 1 : 2])),
      );
      expect(await ledger.load(5)).toMatchObject({ status: 'scheduled' });
      expect((await ledger.eventsAfter(5, 0, 9)).map(({ event }) => event.type)).toEqual(['auction_created']);
      expect(await accounts.byUsername('buyer9')).toMatchObject({ id: 9, email: 'buyer9@example.com' });
      const set = await deadlines.due(Number.MAX_SAFE_INTEGER, 100);
      expect(set.filter(({ kind }) => kind === 'auction_start').map(({ subjectId }) => subjectId)).toEqual([
        5,
      ]);
      expect(set.filter(({ kind }) => kind === 'auction_end')).toHaveLength(6);
      await test.close();
    });

    it('takes ten thousand users, and makes further ids behind those given', async () => {
      const test = await open(bulkSeed({ users: 10_000, auctions: 1_000, nowMs: NOW_MS }));
      const { catalogue, accounts } = test.store;
      expect(await accounts.byId(10_000)).toMatchObject({ username: 'user10000', role: 'buyer' });
      expect(await accounts.byUsername('seller1')).toMatchObject({ id: 10_001, role: 'seller' });
      expect(await catalogue.list({ status: 'active' }, { pageSize: 1 })).toMatchObject({
        hasOlder: true,
        rows: [{ id: 1_000, startingPrice: 100, endTimeMs: NOW_MS + 10 * 365 * 86_400_000 }],
      });
      const product = {
        name: 'x',
        description: '',
        condition: 'new',
        category: 'Everything',
        images: [],
      } as const;
      const times = { startingPrice: 1, startTimeMs: 1, endTimeMs: 2, createdAtMs: 0 };
      expect(await catalogue.create({ sellerId: 10_001, product, ...times })).toBe(1_001);
      await test.close();
    });
  });
}
