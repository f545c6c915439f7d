import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOWN_LINES } from '../../../server/domain/auction/view/saleSnapshot.ts';
import type { SaleFilter } from '../../../server/domain/auction/catalogue/store.ts';
import { demoSeed } from '../../../server/seeding/demo.ts';
import { rawRows, type TestStore } from '../../support/store.ts';
import { ask, carriedOut, comment, createdSale, HOST, market, newSale } from './saleScripts.ts';
import { bid, changeBy, isCommitted, loaded, NOW_MS, type OpenStore, play, user } from './scripts.ts';

const PAGE = { pageSize: 50 };

/** Live sales: making them, their rounds, and what is shown of them. */
export function saleContract(open: OpenStore): void {
  describe('a live sale', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(market(12));
    });
    afterAll(() => test.close());

    it('is made scheduled, with round 1 open, its first event and no deadline', async () => {
      const { ledger, views, deadlines } = test.store;
      const due = await deadlines.due(Number.MAX_SAFE_INTEGER, 100);
      const sale = newSale({ title: 'T'.repeat(200), startDateMs: NOW_MS + 9, hasOutbidLetters: true });
      const id = await createdSale(test.store, sale);
      expect(id).toBeGreaterThan(112);
      const { ownerId, prices, hasOutbidLetters, ...shown } = sale;
      expect(await ledger.load(id)).toEqual({
        facts: {
          id,
          sellerId: ownerId,
          productName: sale.title,
          startingPrice: 800,
          startTimeMs: NOW_MS + 9,
          endTimeMs: sale.expiryDateMs,
        },
        version: 1,
        status: 'scheduled',
        round: { number: 1, product: 'Ring', prices, highestBid: null, totalBids: 0 },
        sale: {
          mutedUserIds: [],
          ring: 'none',
          pause: null,
          hasOutbidLetters,
        },
      });
      const snapshot = await views.snapshot(id);
      expect(snapshot).toMatchObject({
        seq: 1,
        product: { name: sale.title, category: 'Everything', images: [{ url: sale.imageUrl }] },
        winner: null,
      });
      expect(snapshot?.sale).toEqual({
        ...shown,
        owner: { id: HOST.id, username: 'seller1', name: 'seller1' },
        updatedAtMs: sale.createdAtMs,
        winnerId: null,
        round: 1,
        prices,
        ring: 'none',
        pause: null,
        bids: [],
        comments: [],
      });
      expect(await ledger.eventsAfter(id, 0, 9)).toEqual([
        { seq: 1, event: { type: 'auction_created', atMs: sale.createdAtMs } },
      ]);
      expect(await deadlines.due(Number.MAX_SAFE_INTEGER, 100)).toEqual(due);
    });

    it('is not made in a category that there is not', async () => {
      const before = await test.store.catalogue.sales({}, PAGE);
      expect(await test.store.catalogue.createSale(newSale({ categoryId: 4_711 }))).toEqual({
        kind: 'unknown_category',
      });
      expect(await test.store.catalogue.sales({}, PAGE)).toEqual(before);
    });

    it('[RE13] has a name of the main backend that no other has, and is found by it', async () => {
      const { catalogue } = test.store;
      const named = newSale({ externalId: 'lot/ä-1' });
      const id = await createdSale(test.store, named);
      const before = await catalogue.sales({}, PAGE);
      expect(await catalogue.createSale(named)).toEqual({ kind: 'external_id_taken' });
      expect(await catalogue.sales({}, PAGE)).toEqual(before);
      const other = await createdSale(test.store, newSale({ externalId: 'LOT/ä-1' }));
      const found = async (filter: SaleFilter) =>
        (await catalogue.sales(filter, PAGE)).rows.map((row) => [row.id, row.externalId]);
      expect(await found({ externalId: 'lot/ä-1' })).toEqual([[id, 'lot/ä-1']]);
      expect(await found({ externalId: 'LOT/ä-1', status: 'scheduled' })).toEqual([[other, 'LOT/ä-1']]);
      expect(await found({ externalId: 'lot/ä-1', status: 'active' })).toEqual([]);
      expect(await found({ externalId: 'lot' })).toEqual([]);
    });

    it('[RE13] is made once when many ask for the same name at the same moment', async () => {
      const asked = Array.from({ length: 6 }, () =>
        test.store.catalogue.createSale(newSale({ externalId: 'at once' })),
      );
      const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['created', ...Array<string>(5).fill('external_id_taken')]);
    });

    it('is read as the rules left it, whatever happened in one change or in many', async () => {
      const { ledger, views } = test.store;
      const ofHost = <Type extends string>(type: Type) => ({ type, nowMs: NOW_MS + 8, requestedBy: HOST });
      const turns = [
        [ask.start(NOW_MS + 1), comment(1, 'hello', NOW_MS + 2)],
        [bid(user(1), 800, { atMs: NOW_MS + 3 }), bid(user(2), 900, { atMs: NOW_MS + 4, requestId: '"a"' })],
        [comment(2, 'mine 💍', NOW_MS + 5), ask.mute(3), ask.mute(4)],
        [bid(user(1), 950), ask.award('Ring', '5.2g', NOW_MS + 6)],
        [comment(1, 'thank you', NOW_MS + 7), ask.mute(3, false)],
        [ask.product('Bangle', 300), bid(user(5), 300), ask.product('Chain'), bid(user(6), 150)],
        [bid(user(7), 151), ask.award('Chain'), bid(user(8), 1), ask.award('Cup'), ask.product('Plate')],
        [ask.award('Plate', null, NOW_MS + 8)],
        [ofHost('enter_ring'), ofHost('pause_sale')],
        [ofHost('resume_sale'), bid(user(9), 2), ask.end(NOW_MS + 9)],
      ];
      for (const turn of turns) {
        const { state, snapshot } = await carriedOut(test.store, 101, ...turn);
        expect(await ledger.load(101)).toEqual(state);
        expect(await views.snapshot(101)).toEqual(snapshot);
      }
      expect(await views.snapshot(101)).toMatchObject({ status: 'ended', winner: null });
    });

    it('names the winner of the newest award, and nobody when nobody had bid', async () => {
      const winnerId = async () => (await test.store.views.snapshot(102))?.sale?.winnerId;
      await play(test.store, 102, ask.start(), bid(user(3), 800), ask.award('Ring'));
      expect(await winnerId()).toBe(3);
      await play(test.store, 102, ask.product('Chain'), bid(user(4), 200));
      expect(await winnerId()).toBe(3);
      await play(test.store, 102, ask.award('Chain'), ask.award('nothing'));
      expect(await winnerId()).toBe(null);
      await play(test.store, 102, ask.cancel());
      expect(await test.store.views.snapshot(102)).toMatchObject({ status: 'cancelled' });
    });

    it('[LS2] leaves one bid winning in each round with bids, awarded or not', async () => {
      const winning = () =>
        rawRows(
          test.databaseUrl,
          'SELECT round, seq, amount FROM bids WHERE auction_id = 103 AND is_winning = 1 ORDER BY seq',
        );
      await play(test.store, 103, ask.start(), bid(user(1), 800), bid(user(2), 900));
      expect(await winning()).toEqual([[1, 4, 900]]);
      await play(test.store, 103, bid(user(1), 1_000), ask.award('Ring'), bid(user(3), 10));
      expect(await winning()).toEqual([
        [1, 5, 1_000],
        [2, 7, 10],
      ]);
      await play(test.store, 103, ask.product('Chain'));
      await play(test.store, 103, bid(user(4), 100), bid(user(4), 101));
      await play(test.store, 103, ask.award('Chain'));
      expect(await winning()).toEqual([
        [1, 5, 1_000],
        [2, 7, 10],
        [3, 10, 101],
      ]);
    });

    it('shows the newest hundred bids and comments of the round, and pages through those of all', async () => {
      const { views } = test.store;
      const many = Array.from({ length: SHOWN_LINES + 5 }, (_, index) => index);
      await play(test.store, 104, ask.start(), bid(user(1), 800), comment(1, 'old'), ask.product('Chain', 1));
      await play(
        test.store,
        104,
        ...many.flatMap((n) => [bid(user((n % 9) + 1), n + 1), comment(2, `c${n}`)]),
      );
      const snapshot = await views.snapshot(104);
      const newest = many.slice(5);
      expect(snapshot?.sale?.comments.map(({ text }) => text)).toEqual(newest.map((n) => `c${n}`));
      expect(snapshot?.sale?.bids.map(({ amount }) => amount)).toEqual(newest.map((n) => n + 1).toReversed());
      expect(snapshot?.latestBids.map(({ amount }) => amount)).toEqual([105, 104, 103, 102, 101]);
      expect(snapshot?.sale?.bids[0]).toEqual({
        seq: snapshot?.latestBids[0]?.seq,
        bidder: user(6),
        amount: 105,
        atMs: NOW_MS,
      });
      const history = await views.bids(104, { pageSize: 200 });
      expect(history?.rows).toHaveLength(106);
      expect(history?.rows.slice(-6).map(({ amount }) => amount)).toEqual([5, 4, 3, 2, 1, 800]);
    });

    it('shows nothing of the round before once a new one is open', async () => {
      await play(test.store, 105, ask.start(), bid(user(1), 800), comment(1, 'x'), ask.award('Ring'));
      const empty = { latestBids: [], sale: { round: 2, product: null, bids: [], comments: [] } };
      expect(await test.store.views.snapshot(105)).toMatchObject(empty);
      await play(test.store, 105, bid(user(2), 1), ask.product('Cup'), comment(3, 'y'));
      expect(await test.store.views.snapshot(105)).toMatchObject({
        latestBids: [],
        totalBids: 0,
        currentPrice: 100,
        sale: { round: 3, product: 'Cup', bids: [], comments: [{ author: user(3), text: 'y' }] },
      });
    });

    it('keeps whom its host has muted, even one who does not exist', async () => {
      const muted = async () => (await loaded(test.store, 106)).sale?.mutedUserIds;
      await play(test.store, 106, ask.start(), ask.mute(5), ask.mute(4_711), ask.mute(4), ask.mute(4, false));
      expect(await muted()).toEqual([5, 4_711]);
      await play(
        test.store,
        106,
        ask.mute(5, false),
        ask.mute(5),
        ask.mute(4_711, false),
        ask.mute(1, false),
      );
      expect(await muted()).toEqual([5]);
      expect((await loaded(test.store, 107)).sale?.mutedUserIds).toEqual([]);
    });

    it('leaves nothing of a change that came too late', async () => {
      const { ledger, views, winnings } = test.store;
      await play(test.store, 107, ask.start());
      const state = await loaded(test.store, 107);
      await play(test.store, 107, bid(user(10), 800));
      const late = changeBy(state, bid(user(11), 900), comment(11, 'late'), ask.mute(10), ask.award('Ring'));
      const other = changeBy(await loaded(test.store, 108), ask.start());
      expect((await ledger.commit([late, other])).map(isCommitted)).toEqual([false, true]);
      expect(await loaded(test.store, 107)).toMatchObject({
        version: 3,
        round: { number: 1, product: 'Ring', highestBid: { bidder: { id: 10 } } },
        sale: { mutedUserIds: [] },
      });
      expect((await views.snapshot(107))?.sale).toMatchObject({ winnerId: null, comments: [] });
      expect(await winnings.list(11, PAGE)).toMatchObject({ rows: [] });
    });

    it('holds texts of any length', async () => {
      const text = '🧣'.repeat(5_000);
      const { state, snapshot } = await carriedOut(
        test.store,
        109,
        ask.start(),
        bid(user(1), 800, { requestId: text }),
        comment(1, text),
      );
      expect(await test.store.ledger.load(109)).toEqual(state);
      expect(await test.store.views.snapshot(109)).toEqual(snapshot);
    });

    it('is listed among the live sales, and not among the timed auctions', async () => {
      const { catalogue, views } = test.store;
      const timed = await catalogue.list({}, PAGE);
      expect(timed.rows.map(({ id }) => id)).toEqual([3, 2, 1]);
      const all = await catalogue.sales({}, PAGE);
      const ids = all.rows.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((left, right) => right - left));
      expect(ids).toEqual(expect.arrayContaining([101, 112]));
      const second = await catalogue.sales({}, { pageSize: 3, before: ids[2] });
      expect(second).toEqual({ rows: all.rows.slice(3, 6), hasOlder: true, hasNewer: true });
      const ended = await catalogue.sales({ status: 'ended' }, PAGE);
      expect(ended.rows.map(({ id }) => id)).toEqual([101]);
      const live = (await catalogue.sales({ status: 'active' }, PAGE)).rows.find(({ id }) => id === 105);
      const { bids, comments, ...shown } = (await views.snapshot(105))?.sale ?? { bids: 0, comments: 0 };
      expect([bids, comments]).not.toEqual([0, 0]);
      expect(live).toEqual({ id: 105, status: 'active', ...shown });
    });
  });

  describe('the demo', () => {
    it('[DE2] has two live sales, which their host can start, and categories with pictures', async () => {
      const test = await open(demoSeed(NOW_MS));
      const { catalogue, accounts, categories } = test.store;
      const host = await accounts.byUsername('baraka_host');
      const { rows } = await catalogue.sales({ status: 'scheduled' }, PAGE);
      expect(rows.map(({ id, owner, categoryId }) => [id, owner.id, categoryId])).toEqual([
        [8, host?.id, 5],
        [7, host?.id, 4],
      ]);
      expect(host).toMatchObject({ role: 'seller', name: 'Layla Haddad', number: '+923005550114' });
      const listed = await categories.list();
      expect(listed.map(({ name }) => name)).toEqual([
        'Gold jewellery',
        'Home & Living',
        'Jewelry',
        'Silver jewellery',
        'Textiles & Fabrics',
      ]);
      expect(listed[0]).toEqual({
        id: 4,
        name: 'Gold jewellery',
        pictureUrl: '/media/categories/gold_jewellery.jpg',
        createdAtMs: NOW_MS,
        updatedAtMs: NOW_MS,
      });
      await test.close();
    });
  });
}
