import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import { StoreUnavailable } from '../../../server/ports/errors.ts';
import { person } from '../../support/auctions.ts';
import { rawRows, type TestStore } from '../../support/store.ts';
import { bid, changeBy, crowd, isCommitted, loaded, NOW_MS, type OpenStore, play, user } from './scripts.ts';

/** `auctions.commit`: the heart of the store. Every test bids on auctions of its own. */
export function commitContract(open: OpenStore): void {
  describe('a commit', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(crowd(20, 700));
    });
    afterAll(() => test.close());

    const winningSeqs = async (auctionId: number) =>
      (
        await rawRows(
          test.databaseUrl,
          `SELECT seq FROM bids WHERE auction_id = ${auctionId} AND is_winning = 1`,
        )
      ).flat();

    it('stores a bid with everything that follows from it', async () => {
      const { ledger } = test.store;
      const first = changeBy(await loaded(test.store, 1), bid(user(1), 500, { requestId: '"r1"' }));
      expect(await ledger.commit([first])).toEqual([{ kind: 'committed', notificationIds: [] }]);
      expect(await ledger.load(1)).toEqual(first.after);
      const second = changeBy(first.after, bid(user(2), 700, { atMs: NOW_MS + 1 }));
      const [outcome] = await ledger.commit([second]);
      expect(outcome).toEqual({ kind: 'committed', notificationIds: [expect.any(Number)] });
      expect(await ledger.load(1)).toEqual(second.after);
      expect(await ledger.eventsAfter(1, 2, 10)).toEqual([...first.events, ...second.events]);
      expect(await ledger.changeIdAt(1, 3)).toBe(first.changeId);
      expect(await winningSeqs(1)).toEqual([4]);
      expect(await test.store.notifications.unreadCount(1)).toBe(1);
      const [letter] = await test.store.outbox.claimDue(NOW_MS + 1, 10, 0);
      expect(await test.store.outbox.job(letter ?? 0, NOW_MS + 1)).toMatchObject({
        letter: second.letters[0]?.letter,
      });
    });

    it('leaves out a change whose version is overtaken, and stores the others', async () => {
      const { ledger, outbox, notifications } = test.store;
      for (const id of [11, 12, 13, 14]) await play(test.store, id, bid(user(3), 200));
      const states = await Promise.all([11, 12, 13, 14].map((id) => loaded(test.store, id)));
      await play(test.store, 12, bid(user(3), 300));
      await play(test.store, 14, bid(user(3), 300));
      const [depth, unread] = [await outbox.depth(), await notifications.unreadCount(3)];
      const changes = states.map((state) => changeBy(state, bid(user(4), 400, { requestId: '"late"' })));
      const outcomes = await ledger.commit(changes);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'conflict', 'committed', 'conflict']);
      expect(await outbox.depth()).toBe(depth + 2);
      expect(await notifications.unreadCount(3)).toBe(unread + 2);
      for (const id of [12, 14]) {
        expect(await loaded(test.store, id)).toMatchObject({
          version: 4,
          round: { highestBid: { amount: 300, bidder: { id: 3, username: 'user3' } } },
        });
        expect(await ledger.eventsAfter(id, 4, 10)).toEqual([]);
        expect(await ledger.bidsWithRequestIds(id, 0, 10)).toEqual([]);
        expect(await winningSeqs(id)).toEqual([4]);
      }
    });

    it('takes an auction that does not exist for a conflict', async () => {
      const change = changeBy(await loaded(test.store, 20), bid(user(1), 200));
      const facts = { ...change.after.facts, id: 99_999 };
      const lost = { ...change, auctionId: 99_999, after: { ...change.after, facts } };
      expect(await test.store.ledger.commit([lost])).toEqual([{ kind: 'conflict' }]);
    });

    it('stores nothing when there is nothing to store', async () => {
      expect(await test.store.ledger.commit([])).toEqual([]);
    });

    it('[OU3] leaves exactly one bid winning, whoever bids how often in one change', async () => {
      const storm = [1, 2, 2, 3, 1].map((id, index) => bid(user(id), 200 + index));
      await play(test.store, 21, ...storm);
      expect(await winningSeqs(21)).toEqual([7]);
      await play(test.store, 21, bid(user(1), 300), bid(user(5), 301));
      expect(await winningSeqs(21)).toEqual([9]);
      const end = { type: 'end', nowMs: NOW_MS + 5, requestedBy: null } as const;
      const last = bid(user(6), 400);
      const { facts, ...state } = await loaded(test.store, 21);
      const due = { ...state, facts: { ...facts, endTimeMs: NOW_MS + 1 } };
      await test.store.ledger.commit([changeBy(due, last, end)]);
      expect(await winningSeqs(21)).toEqual([10]);
      expect(await test.store.views.snapshot(21)).toMatchObject({
        status: 'ended',
        winner: { id: 6, username: 'user6' },
        totalBids: 8,
      });
    });

    it('gives the ids of notices in the order of each change', async () => {
      const { ledger, notifications } = test.store;
      const ids = [31, 32, 33];
      for (const id of ids) await play(test.store, id, bid(user(7), 200));
      const storms = await Promise.all(
        ids.map(async (id) =>
          changeBy(await loaded(test.store, id), bid(user(8), 300), bid(user(9), 301), bid(user(7), 302)),
        ),
      );
      const outcomes = await ledger.commit(storms);
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.kind === 'conflict') throw new Error('nobody else was bidding');
        expect(outcome.notificationIds).toHaveLength(3);
        for (const [position, userId] of [7, 8, 9].entries()) {
          const { rows } = await notifications.list(userId, { page: 1, pageSize: 50 });
          const row = rows.find(({ id }) => id === outcome.notificationIds[position]);
          expect(row).toMatchObject({ userId, auctionId: ids[index] });
        }
      }
    });

    it('holds hundreds of auctions', async () => {
      const ids = Array.from({ length: 300 }, (_, index) => 300 + index);
      const round = async (bidder: number, amount: number) => {
        const states = await Promise.all(ids.map((id) => loaded(test.store, id)));
        return test.store.ledger.commit(states.map((state) => changeBy(state, bid(user(bidder), amount))));
      };
      expect((await round(10, 200)).every(isCommitted)).toBe(true);
      const outcomes = await round(11, 300);
      const noticeIds = outcomes.flatMap((outcome) =>
        outcome.kind === 'committed' ? outcome.notificationIds : [],
      );
      expect(new Set(noticeIds).size).toBe(300);
      expect(noticeIds).toEqual(noticeIds.toSorted((left, right) => left - right));
      expect(await test.store.notifications.unreadCount(10)).toBe(300);
      const winning = await rawRows(
        test.databaseUrl,
        'SELECT auction_id, COUNT(*), MAX(seq) FROM bids WHERE auction_id BETWEEN 300 AND 599 AND is_winning = 1 GROUP BY auction_id',
      );
      expect(winning).toEqual(ids.map((id) => [id, 1, 4]));
      const versions = await test.store.views.versions(ids);
      expect(new Set(versions.values())).toEqual(new Set([4]));
    });

    it('holds more than travels together, notices of every bid among it', async () => {
      const before = await loaded(test.store, 690);
      const bids = Array.from({ length: 3_000 }, (_, index) => bid(user(1 + (index % 2)), 500 + index));
      const change = changeBy(before, ...bids);
      const [outcome] = await test.store.ledger.commit([change]);
      const ids = outcome?.kind === 'committed' ? outcome.notificationIds : [];
      expect(new Set(ids).size).toBe(2_999);
      expect(await test.store.ledger.load(690)).toEqual(change.after);
      expect(await winningSeqs(690)).toEqual([change.after.version]);
    });

    it('sets, moves and clears deadlines', async () => {
      const { ledger, deadlines } = test.store;
      const deadlinesOf = async (subjectId: number) =>
        (await deadlines.due(Number.MAX_SAFE_INTEGER, 5_000)).filter(
          (deadline) => deadline.subjectId === subjectId,
        );
      const change = changeBy(await loaded(test.store, 41), bid(user(1), 200));
      const start = { kind: 'auction_start', subjectId: 41, dueAtMs: 5 } as const;
      const end = { kind: 'auction_end', subjectId: 41, dueAtMs: 6 } as const;
      await ledger.commit([change]);
      await deadlines.set([start, end]);
      expect(await deadlinesOf(41)).toEqual([start, end]);
      const other = changeBy(await loaded(test.store, 42), bid(user(1), 200));
      const next = changeBy(change.after, bid(user(1), 300));
      await ledger.commit([
        { ...next, deadlinesCleared: [start] },
        { ...other, deadlinesCleared: [{ kind: 'auction_end', subjectId: 42 }] },
      ]);
      expect(await deadlinesOf(41)).toEqual([end]);
      expect(await deadlinesOf(42)).toEqual([]);
    });

    it.each([
      ['quotes and backslashes', `'"\`\\'; DROP TABLE bids; -- \\\\ %s ?`],
      ['other scripts and emoji', 'کشمیری شال 🧣 𝒳 ß'],
      ['line ends and tabs', 'a\r\nb\tc'],
    ])('keeps %s', async (_name, text) => {
      const state = await loaded(test.store, 51);
      const change = changeBy(state, bid(person(1, text), currentPrice(state) + 1, { requestId: text }));
      const notification = {
        userId: 12,
        type: 'bid_outbid',
        title: text,
        message: text,
        auctionId: 51,
        createdAtMs: 1,
      } as const;
      await test.store.ledger.commit([{ ...change, notifications: [notification] }]);
      expect(await test.store.ledger.eventsAfter(51, state.version, 9)).toEqual(change.events);
      const { rows } = await test.store.notifications.list(12, { page: 1, pageSize: 1 });
      expect(rows[0]).toMatchObject(notification);
    });

    it('keeps text that is not text, or stores U+FFFD in its place', async () => {
      const state = await loaded(test.store, 52);
      const odd = 'lone \ud800 and \udfff, nul \0 end';
      const change = changeBy(state, bid(user(1), 200, { requestId: odd }));
      const notification = {
        userId: 13,
        type: 'bid_outbid',
        title: odd,
        message: odd,
        auctionId: 52,
        createdAtMs: 1,
      } as const;
      const [outcome] = await test.store.ledger.commit([{ ...change, notifications: [notification] }]);
      expect(isCommitted(outcome)).toBe(true);
      expect(await test.store.ledger.eventsAfter(52, state.version, 9)).toEqual(change.events);
      const { rows } = await test.store.notifications.list(13, { page: 1, pageSize: 1 });
      expect(rows[0]?.title).toMatch(/^lone \ufffd and \ufffd, nul [\0\ufffd] end$/);
    });

    it('shows a fault of its own as it is, tells no values, and stores nothing', async () => {
      const good = changeBy(await loaded(test.store, 61), bid(user(1), 200));
      const next = changeBy(await loaded(test.store, 62), bid(user(1), 200));
      const toNobody = {
        userId: 4_711_000,
        type: 'bid_outbid',
        title: 'secret',
        message: 'secret',
        auctionId: 62,
        createdAtMs: 1,
      } as const;
      const bad = { ...next, notifications: [toNobody] };
      const error: unknown = await test.store.ledger.commit([good, bad]).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(StoreUnavailable);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/4711|secret/);
      expect(await loaded(test.store, 61)).toMatchObject({ version: 2, round: { totalBids: 0 } });
      expect(await winningSeqs(61)).toEqual([]);
      await play(test.store, 61, bid(user(1), 200));
    });
  });
}
