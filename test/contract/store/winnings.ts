import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import { rawRows, type TestStore } from '../../support/store.ts';
import { ask, HOST, market } from './saleScripts.ts';
import { bid, changeBy, isCommitted, loaded, NOW_MS, type OpenStore, play, user } from './scripts.ts';

const PAGE = { pageSize: 50 };
const OTHER_SELLER = 22;

/** What is won in live sales, by whom, and that it is theirs. */
export function winningContract(open: OpenStore): void {
  describe('winnings', () => {
    let test: TestStore;
    let other: Store;
    beforeAll(async () => {
      test = await open(market(3));
      other = await test.reopen();
    });
    afterAll(() => test.close());

    it('[LS3] are seen by their winner and by the host of the sale, newest first, and by nobody else', async () => {
      const { winnings } = test.store;
      await play(test.store, 101, ask.start(), bid(user(1), 800), ask.award('Ring', '5.2g', NOW_MS + 1));
      await play(test.store, 102, ask.start(), bid(user(2), 900), ask.award('Cup'), ask.award('Nothing'));
      await play(
        test.store,
        101,
        ask.product('Chain'),
        bid(user(1), 100),
        ask.award('Chain', null, NOW_MS + 2),
      );
      const mine = await winnings.list(1, PAGE);
      expect(mine).toEqual({
        hasOlder: false,
        hasNewer: false,
        rows: [
          {
            id: expect.any(Number) as number,
            userId: 1,
            auctionId: 101,
            product: 'Chain',
            price: 100,
            weight: null,
            isSold: false,
            createdAtMs: NOW_MS + 2,
            updatedAtMs: NOW_MS + 2,
          },
          expect.objectContaining({ product: 'Ring', price: 800, weight: '5.2g', createdAtMs: NOW_MS + 1 }),
        ],
      });
      const hosted = await winnings.list(HOST.id, PAGE);
      expect(hosted.rows.map(({ product }) => product)).toEqual(['Chain', 'Cup', 'Ring']);
      const [, second] = hosted.rows;
      expect(await winnings.list(HOST.id, { pageSize: 2, before: second?.id })).toEqual({
        rows: hosted.rows.slice(2),
        hasOlder: false,
        hasNewer: true,
      });
      for (const stranger of [3, OTHER_SELLER, 4_711]) {
        expect(await winnings.list(stranger, PAGE)).toMatchObject({ rows: [], hasOlder: false });
      }
    });

    it('[LS3] are said to be sold by the host of the sale only', async () => {
      const { winnings } = test.store;
      const [winning] = (await winnings.list(1, PAGE)).rows;
      if (winning === undefined) throw new Error('nothing was won');
      const { id } = winning;
      for (const stranger of [1, 2, OTHER_SELLER]) {
        expect(await winnings.setSold(stranger, id, true, NOW_MS + 9)).toBe(null);
      }
      expect(await winnings.setSold(HOST.id, 4_711, true, NOW_MS + 9)).toBe(null);
      expect((await winnings.list(1, PAGE)).rows[0]).toEqual(winning);
      const sold = { ...winning, isSold: true, updatedAtMs: NOW_MS + 9 };
      expect(await winnings.setSold(HOST.id, id, true, NOW_MS + 9)).toEqual(sold);
      expect((await winnings.list(1, PAGE)).rows[0]).toEqual(sold);
      const unsold = { ...winning, updatedAtMs: NOW_MS + 10 };
      expect(await winnings.setSold(HOST.id, id, false, NOW_MS + 10)).toEqual(unsold);
      expect((await winnings.list(1, PAGE)).rows[1]).toMatchObject({
        isSold: false,
        updatedAtMs: NOW_MS + 1,
      });
    });

    it('[LS1] are never of a bid of another round, however awards and bids race', async () => {
      await play(test.store, 103, ask.start());
      const act = async (store: Store, bidder: number) => {
        for (let stored = 0; stored < 16;) {
          const state = await loaded(store, 103);
          const lot = `lot ${state.round.number}`;
          const amount = currentPrice(state) + 1_000;
          const command = stored % 2 === 0 ? bid(user(bidder), amount) : ask.award(lot);
          const [outcome] = await store.ledger.commit([changeBy(state, command)]);
          if (isCommitted(outcome)) stored += 1;
        }
      };
      await Promise.all([act(test.store, 1), act(other, 2), act(test.store, 3), act(other, 4)]);
      const events = (await other.ledger.eventsAfter(103, 0, 10_000)).map(({ event }) => event);
      const awards = events.flatMap((event) => (event.type === 'product_awarded' ? [event] : []));
      expect(awards.map(({ round }) => round)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
      const highest = await rawRows(
        test.databaseUrl,
        'SELECT round, MAX(seq), MAX(amount), SUM(is_winning), MAX(is_winning * seq) FROM bids WHERE auction_id = 103 GROUP BY round ORDER BY round',
      );
      const won = awards.filter(({ winningBid }) => winningBid !== null);
      expect(won.length).toBeGreaterThan(1);
      expect(highest.map((row) => row.map(Number))).toEqual(
        won.map(({ round, winningBid }) => [round, winningBid?.seq, winningBid?.amount, 1, winningBid?.seq]),
      );
      const rows = await rawRows(
        test.databaseUrl,
        'SELECT round, user_id, price, product FROM winnings WHERE auction_id = 103 ORDER BY id',
      );
      expect(rows).toEqual(
        won.map(({ round, winningBid, product }) => [
          round,
          winningBid?.bidder.id,
          winningBid?.amount,
          product,
        ]),
      );
    });
  });
}
