import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeedData } from '../../../server/seeding/seedStore.ts';
import { demoSeed } from '../../../server/seeding/demo.ts';
import { person } from '../../support/auctions.ts';
import type { TestStore } from '../../support/store.ts';
import { bid, changeBy, crowd, loaded, NOW_MS, type OpenStore, play } from './scripts.ts';

const NO_SUCH_AUCTION = [0, -1, 99, 2 ** 53 - 1, 2 ** 31, -(2 ** 53) + 1];
const SHAWL_SELLER = 11;

/** Reading and making auctions. Buyers of the demo data are `buyer1`… with the ids 1… */
export function auctionContract(open: OpenStore): void {
  describe('auctions', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(demoSeed(NOW_MS));
    });
    afterAll(() => test.close());

    const buyer = (id: number) => person(id, `buyer${id}`);
    const named = (id: number) => ({ id, username: `buyer${id}` });

    it.each(NO_SUCH_AUCTION)('says that there is no auction %d', async (id) => {
      const { ledger, views } = test.store;
      expect(await ledger.load(id)).toBe(null);
      expect(await views.snapshot(id)).toBe(null);
      expect(await views.bids(id, { pageSize: 5 })).toBe(null);
      expect(await ledger.eventsAfter(id, 0, 5)).toEqual([]);
      expect(await ledger.changeIdAt(id, 1)).toBe(null);
      expect(await views.versions([id])).toEqual(new Map());
    });

    it('shows everything about an auction without a bid', async () => {
      const shawl = demoSeed(NOW_MS).auctions[0];
      expect(await test.store.views.snapshot(1)).toMatchObject({
        seq: 2,
        auctionId: 1,
        product: {
          id: 1,
          name: 'Handwoven Pashmina Shawl',
          description: shawl?.description,
          condition: 'new',
          category: 'Textiles & Fabrics',
          images: [
            { url: '/media/products/shawl_primary.jpg', isPrimary: true, order: 0 },
            { url: '/media/products/shawl_detail1.jpg', isPrimary: false, order: 1 },
            { url: '/media/products/shawl_detail2.jpg', isPrimary: false, order: 2 },
          ],
        },
        seller: {
          id: SHAWL_SELLER,
          username: 'kashmiri_crafts',
          email: 'seller@example.com',
          brandName: 'Kashmiri Heritage Crafts',
          biography:
            'We specialize in authentic Kashmiri handicrafts, bringing you the finest traditional products directly from local artisans.',
          isVerified: true,
          averageRatingHundredths: 485,
          totalFeedbacks: 20,
        },
        startingPrice: 250_000,
        currentPrice: 250_000,
        startTimeMs: shawl?.startTimeMs,
        endTimeMs: shawl?.endTimeMs,
        status: 'active',
        winner: null,
        totalBids: 0,
        latestBids: [],
        sale: null,
      });
    });

    it('shows the newest five bids, newest first, and a winner only once it has ended', async () => {
      const { views } = test.store;
      const amounts = [430_000, 440_000, 450_000, 460_000, 470_000, 480_000];
      await play(
        test.store,
        4,
        ...amounts.map((amount, index) => bid(buyer(index + 1), amount, { atMs: NOW_MS + index })),
      );
      const running = await views.snapshot(4);
      expect(running).toMatchObject({ seq: 8, totalBids: 6, currentPrice: 480_000, winner: null });
      expect(running?.latestBids).toEqual(
        [8, 7, 6, 5, 4].map((seq) => ({
          seq,
          bidder: `buyer${seq - 2}`,
          amount: amounts[seq - 3],
          atMs: NOW_MS + seq - 3,
        })),
      );
      const { endTimeMs } = (await loaded(test.store, 4)).facts;
      await play(test.store, 4, { type: 'end', nowMs: endTimeMs, requestedBy: null });
      expect(await views.snapshot(4)).toMatchObject({ status: 'ended', winner: named(6) });
      expect(await loaded(test.store, 4)).toMatchObject({
        status: 'ended',
        round: { highestBid: { seq: 8, bidder: named(6) } },
      });
      const ends = (await test.store.deadlines.due(Number.MAX_SAFE_INTEGER, 100)).map(
        ({ subjectId }) => subjectId,
      );
      expect(ends).not.toContain(4);
    });

    it('ends without a winner when nobody has bid', async () => {
      const seller = { id: 12, username: 'lahore_workshop' };
      await play(test.store, 3, { type: 'end', nowMs: NOW_MS, requestedBy: seller });
      expect(await test.store.views.snapshot(3)).toMatchObject({ status: 'ended', winner: null });
    });

    it('lists auctions newest first, by page and by status', async () => {
      const { catalogue } = test.store;
      const all = await catalogue.list({}, { pageSize: 100 });
      const ids = all.rows.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((left, right) => right - left));
      expect(ids.slice(-6)).toEqual([6, 5, 4, 3, 2, 1]);
      const [, second = 0, third] = ids;
      expect(await catalogue.list({}, { pageSize: 2 })).toEqual({
        rows: all.rows.slice(0, 2),
        hasOlder: true,
        hasNewer: false,
      });
      expect((await catalogue.list({}, { pageSize: 1, before: second })).rows[0]?.id).toBe(third);
      const scheduled = await catalogue.list({ status: 'scheduled' }, { pageSize: 10 });
      expect(new Set(scheduled.rows.map(({ status }) => status))).toEqual(new Set(['scheduled']));
      const none = { rows: [], hasOlder: false, hasNewer: false };
      expect(await catalogue.list({ status: 'cancelled' }, { pageSize: 10 })).toEqual(none);
      expect(all.rows.find(({ id }) => id === 4)).toEqual({
        id: 4,
        productName: 'Ceramic Dinner Set',
        category: 'Home & Living',
        imageUrl: '/media/products/dinner_set_primary.jpg',
        seller: { id: 13, username: 'multan_blue' },
        startingPrice: 420_000,
        currentPrice: 480_000,
        startTimeMs: NOW_MS - 3_600_000,
        endTimeMs: NOW_MS + 600_000,
        status: 'ended',
        winner: named(6),
        totalBids: 6,
      });
    });

    it('pages through the history of bids, newest first', async () => {
      const { views } = test.store;
      await play(test.store, 2, ...[1, 2, 3].map((id) => bid(buyer(id), 850_000 + id)));
      const page = async (place: { before?: number; after?: number }, pageSize = 2) => {
        const { rows = [], ...others } = (await views.bids(2, { pageSize, ...place })) ?? {};
        return { seqs: rows.map(({ seq }) => seq), ...others };
      };
      const [older, newer, alone, between] = [
        { hasOlder: true, hasNewer: false },
        { hasOlder: false, hasNewer: true },
        { hasOlder: false, hasNewer: false },
        { hasOlder: true, hasNewer: true },
      ];
      expect(await page({})).toEqual({ seqs: [5, 4], ...older });
      expect(await page({ before: 4 })).toEqual({ seqs: [3], ...newer });
      expect(await page({ before: 5 }, 1)).toEqual({ seqs: [4], ...between });
      expect(await page({ before: 3 })).toEqual({ seqs: [], ...newer });
      expect(await page({ before: 99 }, 3)).toEqual({ seqs: [5, 4, 3], ...alone });
      expect(await page({ after: 2 })).toEqual({ seqs: [4, 3], ...newer });
      expect(await page({ after: 3 })).toEqual({ seqs: [5, 4], ...older });
      expect(await page({ after: 3 }, 1)).toEqual({ seqs: [4], ...between });
      expect(await page({ after: 5 })).toEqual({ seqs: [], ...older });
      expect(await page({}, 3)).toEqual({ seqs: [5, 4, 3], ...alone });
      expect((await views.bids(2, { pageSize: 1, before: 4 }))?.rows).toEqual([
        { seq: 3, bidder: 'buyer1', amount: 850_001, atMs: NOW_MS },
      ]);
      expect(await views.bids(6, { pageSize: 2 })).toEqual({ rows: [], ...alone });
    });

    it('gives the ledger from any number on, at most so many events', async () => {
      const { ledger } = test.store;
      const change = changeBy(
        await loaded(test.store, 1),
        ...[1, 2, 3].map((id) => bid(buyer(id), 260_000 + id)),
      );
      await ledger.commit([change]);
      expect(await ledger.eventsAfter(1, 2, 2)).toEqual(change.events.slice(0, 2));
      expect(await ledger.eventsAfter(1, 4, 9)).toEqual(change.events.slice(2));
      expect((await ledger.eventsAfter(1, 0, 2)).map(({ seq, event }) => [seq, event.type])).toEqual([
        [1, 'auction_created'],
        [2, 'auction_started'],
      ]);
      expect(await ledger.changeIdAt(1, 5)).toBe(change.changeId);
      expect(await ledger.changeIdAt(1, 6)).toBe(null);
    });

    it('finds the bids with a request id since a moment', async () => {
      const { ledger } = test.store;
      const at = (atMs: number, requestId?: string) => ({
        atMs,
        ...(requestId === undefined ? {} : { requestId }),
      });
      const change = changeBy(
        await loaded(test.store, 6),
        bid(buyer(1), 2_500_001, at(NOW_MS, 'too old')),
        bid(buyer(1), 2_500_002, at(NOW_MS + 1, 'just in time')),
        bid(buyer(2), 2_500_003, at(NOW_MS + 2)),
        bid(buyer(1), 2_500_004, at(NOW_MS + 3, 'x'.repeat(4_000))),
      );
      await ledger.commit([change]);
      expect(await ledger.bidsWithRequestIds(6, NOW_MS + 1, 10)).toEqual([
        change.events[1],
        change.events[3],
      ]);
    });

    it('tells the versions of many auctions at once', async () => {
      const many = [1, 2, ...Array.from({ length: 3_000 }, (_, index) => index + 1_000)];
      expect(await test.store.views.versions(many)).toEqual(
        new Map([
          [1, 5],
          [2, 5],
        ]),
      );
      expect(await test.store.views.versions([])).toEqual(new Map());
    });

    it('makes a scheduled auction with its ledger and both deadlines', async () => {
      const { catalogue, ledger, views, deadlines } = test.store;
      const auction = {
        sellerId: SHAWL_SELLER,
        product: {
          name: 'n'.repeat(200),
          description: 'd'.repeat(5_000),
          condition: 'fair',
          category: 'Textiles & Fabrics',
          images: [
            { url: '/b.jpg', isPrimary: true, order: 1 },
            { url: '/a.jpg', isPrimary: false, order: 0 },
          ],
        },
        startingPrice: 99_999_999_999_999,
        startTimeMs: NOW_MS + 10,
        endTimeMs: NOW_MS + 20,
        createdAtMs: NOW_MS,
      } as const;
      const id = await catalogue.create(auction);
      expect(id).toBeGreaterThan(6);
      const snapshot = await views.snapshot(id);
      expect(snapshot).toMatchObject({ seq: 1, status: 'scheduled', startingPrice: auction.startingPrice });
      expect(snapshot?.product).toMatchObject({
        ...auction.product,
        images: [...auction.product.images].reverse(),
      });
      expect(await ledger.eventsAfter(id, 0, 5)).toEqual([
        { seq: 1, event: { type: 'auction_created', atMs: NOW_MS } },
      ]);
      const [line] = (await catalogue.list({}, { pageSize: 1 })).rows;
      expect(line).toMatchObject({ id, imageUrl: '/b.jpg', category: 'Textiles & Fabrics' });
      expect((await deadlines.due(NOW_MS + 20, 9)).filter(({ subjectId }) => subjectId === id)).toEqual([
        { kind: 'auction_start', subjectId: id, dueAtMs: NOW_MS + 10 },
        { kind: 'auction_end', subjectId: id, dueAtMs: NOW_MS + 20 },
      ]);
      await play(test.store, id, { type: 'start', nowMs: NOW_MS + 10 });
      expect(await loaded(test.store, id)).toMatchObject({ version: 2, status: 'active' });
    });

    it('takes categories that differ in capital letters for different', async () => {
      const { catalogue, views } = test.store;
      const product = { name: 'x', description: '', condition: 'new', images: [] } as const;
      const times = { startingPrice: 1, startTimeMs: 1, endTimeMs: 2, createdAtMs: 0 };
      for (const category of ['Vases', 'vases']) {
        const id = await catalogue.create({ sellerId: 12, product: { ...product, category }, ...times });
        expect((await views.snapshot(id))?.product.category).toBe(category);
      }
    });
  });

  describe('the rating of a seller', () => {
    const cases = [
      { ratings: [], hundredths: 0 },
      { ratings: [5], hundredths: 500 },
      { ratings: [5, 5, 4], hundredths: 467 },
      { ratings: [4, 4, 5], hundredths: 433 },
      { ratings: [2, 2, 2, 2, 2, 2, 2, 1], hundredths: 188 },
      { ratings: [4, ...Array<number>(199).fill(5)], hundredths: 500 },
    ];
    let test: TestStore;
    beforeAll(async () => {
      const seed = crowd(1, cases.length);
      const feedbacks = cases.flatMap(({ ratings }, index) =>
        ratings.map((rating) => ({ ...sellerOf(seed, index), authorId: 1, rating, comment: '' })),
      );
      test = await open({ ...seed, feedbacks });
    });
    afterAll(() => test.close());

    it.each(cases)(
      'is the mean in hundredths, rounded half up: $hundredths',
      async ({ ratings, hundredths }) => {
        const auctionId = cases.findIndex((each) => each.ratings === ratings) + 1;
        const snapshot = await test.store.views.snapshot(auctionId);
        expect(snapshot?.seller).toMatchObject({
          averageRatingHundredths: hundredths,
          totalFeedbacks: ratings.length,
        });
      },
    );
  });
}

function sellerOf({ auctions }: SeedData, index: number): { readonly sellerId: number } {
  const sellerId = auctions[index]?.sellerId;
  if (sellerId === undefined) throw new Error(`the seed has no auction ${index}`);
  return { sellerId };
}
