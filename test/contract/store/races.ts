import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import { rawRows, type TestStore } from '../../support/store.ts';
import { bid, changeBy, crowd, isCommitted, loaded, type OpenStore, user } from './scripts.ts';

/** Two stores over one database, as two processes would have. */
export function raceContract(open: OpenStore): void {
  describe('two processes', () => {
    let test: TestStore;
    let other: Store;
    beforeAll(async () => {
      test = await open(crowd(20, 60));
      other = await test.reopen();
    });
    afterAll(() => test.close());

    it('bid on one auction at once without losing or doubling a bid', async () => {
      const wanted = 30;
      const bidFor = async (store: Store, bidder: number) => {
        for (let stored = 0; stored < wanted;) {
          const state = await loaded(store, 1);
          const [outcome] = await store.ledger.commit([
            changeBy(state, bid(user(bidder), currentPrice(state) + 1)),
          ]);
          if (isCommitted(outcome)) stored += 1;
        }
      };
      await Promise.all([bidFor(test.store, 1), bidFor(other, 2), bidFor(test.store, 3), bidFor(other, 4)]);
      const events = await test.store.ledger.eventsAfter(1, 2, 1_000);
      expect(events.map(({ seq }) => seq)).toEqual(
        Array.from({ length: 4 * wanted }, (_, index) => index + 3),
      );
      const prices = events.map(({ event }) => (event.type === 'bid_placed' ? event.amount : 0));
      expect(prices).toEqual(Array.from({ length: 4 * wanted }, (_, index) => 101 + index));
      const winning = await rawRows(
        test.databaseUrl,
        'SELECT seq FROM bids WHERE auction_id = 1 AND is_winning = 1',
      );
      expect(winning).toEqual([[4 * wanted + 2]]);
      expect(await loaded(other, 1)).toMatchObject({
        round: { totalBids: 4 * wanted },
        version: 4 * wanted + 2,
      });
      const notices = await rawRows(
        test.databaseUrl,
        'SELECT COUNT(*) FROM notifications WHERE auction_id = 1',
      );
      const outbids = events.filter(
        ({ event }) =>
          event.type === 'bid_placed' &&
          event.previousLeader !== null &&
          event.previousLeader.id !== event.bidder.id,
      );
      expect(notices).toEqual([[outbids.length]]);
    });

    it('commit the same auctions in opposite order without waiting for each other for ever', async () => {
      const ids = Array.from({ length: 40 }, (_, index) => index + 11);
      const states = await Promise.all(ids.map((id) => loaded(test.store, id)));
      const changes = (bidder: number) => states.map((state) => changeBy(state, bid(user(bidder), 200)));
      const [mine, theirs] = await Promise.all([
        test.store.ledger.commit(changes(1)),
        other.ledger.commit(changes(2).toReversed()),
      ]);
      const stored = ids.map(
        (_, index) => [mine[index], theirs.toReversed()[index]].filter(isCommitted).length,
      );
      expect(stored).toEqual(ids.map(() => 1));
    });

    it('never tell a watcher half of a bid', async () => {
      let isOver = false;
      const bidding = (async () => {
        for (let round = 0; round < 40; round += 1) {
          const state = await loaded(other, 2);
          await other.ledger.commit([changeBy(state, bid(user((round % 5) + 1), currentPrice(state) + 1))]);
        }
        isOver = true;
      })();
      let seen = 0;
      while (!isOver) {
        const snapshot = await test.store.views.snapshot(2);
        const newest = snapshot?.latestBids[0];
        if (snapshot === null || newest === undefined) continue;
        seen += 1;
        expect(snapshot).toMatchObject({
          seq: newest.seq,
          currentPrice: newest.amount,
          totalBids: newest.seq - 2,
        });
      }
      await bidding;
      expect(seen).toBeGreaterThan(0);
    });

    it('claim every letter once', async () => {
      const nowMs = Date.UTC(2027, 0, 1);
      const states = await Promise.all(
        Array.from({ length: 10 }, (_, index) => loaded(test.store, 51 + index)),
      );
      const changes = states.map((state) =>
        changeBy(state, bid(user(6), 200), bid(user(7), 300), bid(user(8), 400)),
      );
      await test.store.ledger.commit(changes);
      const depth = await test.store.outbox.depth();
      const claims = await Promise.all(
        [test.store, other, test.store, other, test.store, other].map(({ outbox }) =>
          outbox.claimDue(nowMs, 1_000, 60_000),
        ),
      );
      const claimed = claims.flat();
      expect(new Set(claimed).size).toBe(claimed.length);
      const keys = await rawRows(
        test.databaseUrl,
        `SELECT gather_key FROM outbox WHERE status = 'queued' GROUP BY gather_key HAVING COUNT(*) > 1`,
      );
      expect(keys).toEqual([]);
      expect(claimed.length).toBeGreaterThanOrEqual(20);
      expect(await other.outbox.depth()).toBeLessThanOrEqual(depth);
      expect(await other.outbox.nextDueAtMs()).toBe(null);
    });

    it('make two auctions of the same new category at once', async () => {
      const auction = (name: string) => ({
        sellerId: 21,
        product: { name, description: '', condition: 'new', category: 'Brand new', images: [] } as const,
        startingPrice: 1,
        startTimeMs: 1,
        endTimeMs: 2,
        createdAtMs: 0,
      });
      const ids = await Promise.all([
        test.store.catalogue.create(auction('a')),
        other.catalogue.create(auction('b')),
      ]);
      expect(new Set(ids).size).toBe(2);
      const categories = await rawRows(
        test.databaseUrl,
        `SELECT COUNT(*) FROM categories WHERE name = 'Brand new'`,
      );
      expect(categories).toEqual([[1]]);
    });
  });
}
