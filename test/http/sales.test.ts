import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auction } from '../../shared/contracts/auction.ts';
import { auctionEnd } from '../../shared/contracts/auctionSocket.ts';
import { auctionPage, fault, invalidFields } from '../../shared/contracts/rest.ts';
import { categoryList, salePage, winning, winningPage } from '../../shared/contracts/sale.ts';
import { type HttpBench, openBench, ORIGIN } from './bench.ts';

const HOST = 'baraka_host';
const PRICES = { minBidPrice: 50_050, bidPrice: 60_000, actualPrice: 90_000 };

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const liveSales = async (query = '') =>
  salePage.parse((await bench.ask(`/api/auctions/?type=Live${query}`)).json);
const award = (product: string, weight: string | null) =>
  bench.direct(7, HOST, { type: 'award_product', product, weight });

describe('[RE10] the list of live sales', () => {
  it('is public, newest first, each in the document’s model with its owner', async () => {
    const page = await liveSales();
    expect(page).toMatchObject({ next: null, previous: null });
    expect(page.results.map(({ id }) => id)).toEqual([8, 7]);
    expect(page.results[1]).toMatchObject({
      title: 'Evening of Gold',
      current_product: 'Gold Ring – 18K',
      minBidPrice: 800,
      bidPrice: 1000,
      actualPrice: 1400,
      isLive: false,
      isExpired: false,
      owner: { id: 14, username: HOST, name: 'Layla Haddad' },
      external_id: null,
    });
    expect(Object.keys(page.results[1]?.owner ?? {})).toEqual(['id', 'username', 'name']);
  });

  it('is apart from the list of timed auctions', async () => {
    for (const query of ['', '?type=', '?type=Open']) {
      const page = auctionPage.parse((await bench.ask(`/api/auctions/${query}`)).json);
      expect(page.results.map(({ auction_id }) => auction_id)).toEqual([6, 5, 4, 3, 2, 1]);
    }
  });

  it('is filtered by status', async () => {
    expect((await liveSales('&status=scheduled')).results).toHaveLength(2);
    expect(await liveSales('&status=active')).toMatchObject({ results: [] });
  });

  it.each(['live', 'LIVE', 'Closed', '%00'])('refuses the type %s by name', async (type) => {
    const { status, json } = await bench.ask(`/api/auctions/?type=${type}`);
    expect(status).toBe(400);
    expect(invalidFields.parse(json).errors).toEqual({ type: ['must be one of Live, Open'] });
  });

  it('links to its further pages', async () => {
    const crowded = await openBench();
    const json = {
      type: 'Live',
      title: 'One of many',
      description: 'Like the others.',
      ...{ actualPrice: 1, minBidPrice: 1, bidPrice: 1 },
      expiryDate: '2025-11-06T10:00:00Z',
      image_url: '/a.jpg',
      category_id: 1,
    };
    for (let turn = 0; turn < 20; turn += 1) await crowded.ask('/api/auctions/', { as: HOST, json });
    const first = salePage.parse((await crowded.ask('/api/auctions/?type=Live')).json);
    expect(first.next).toBe(`${ORIGIN}/api/auctions/?type=Live&before=9`);
    const second = salePage.parse((await crowded.ask(first.next ?? '')).json);
    expect(second.results.map(({ id }) => id)).toEqual([8, 7]);
    await crowded.close();
  });
});

describe('[RE10] a live sale on its way', () => {
  it('shows in its flags and prices what has happened', async () => {
    const shown = async () => (await liveSales()).results.find(({ id }) => id === 7);
    await bench.direct(7, HOST, { type: 'start_sale' });
    expect(await shown()).toMatchObject({ isLive: true, isEnded: false });
    await bench.clock.advance(2_000);
    await bench.direct(7, HOST, { type: 'change_product', product: 'Chain', prices: PRICES });
    expect(await shown()).toMatchObject({
      current_product: 'Chain',
      minBidPrice: 500.5,
      bidPrice: 600,
      actualPrice: 900,
      updatedAt: '2025-11-04T18:45:02.000Z',
    });
    await bench.bid(7, 'buyer1', 50_050);
    await bench.bid(7, 'buyer2', 70_025);
    await award('Chain – 22K', '5.2g');
    expect(await shown()).toMatchObject({
      isLive: true,
      current_product: null,
      product_description: null,
      minBidPrice: 0,
      winning_user_id: 2,
    });
  });

  it('is told at its own address as those see it who watch it', async () => {
    const { status, json } = await bench.ask('/api/auctions/7/');
    expect(status).toBe(200);
    expect(auction.parse(json)).toMatchObject({
      auction_id: 7,
      product: { name: 'Evening of Gold' },
      seller: { username: HOST },
      status: 'active',
      is_active: true,
      total_bids: 0,
    });
  });

  it('is ended by its host alone, and once', async () => {
    const end = (as: string) => bench.ask('/api/auctions/7/end/', { method: 'POST', as });
    expect((await end('kashmiri_crafts')).status).toBe(403);
    const { status, json } = await end(HOST);
    expect(status).toBe(200);
    expect(auctionEnd.parse(json)).toMatchObject({ auction_id: 7, winner: null, status: 'ended' });
    expect((await end(HOST)).status).toBe(400);
    expect((await liveSales('&status=ended')).results[0]).toMatchObject({
      id: 7,
      isLive: false,
      isEnded: true,
    });
  });

  it('that was called off says so', async () => {
    await bench.direct(8, HOST, { type: 'start_sale' });
    await bench.direct(8, HOST, { type: 'cancel_sale' });
    const [cancelled] = (await liveSales('&status=cancelled')).results;
    expect(cancelled).toMatchObject({ id: 8, isCanceled: true, isLive: false, isEnded: false });
  });

  it('is expired once its date has come', async () => {
    await bench.clock.advance(7 * 86_400_000);
    expect((await liveSales()).results.map(({ isExpired }) => isExpired)).toEqual([true, true]);
  });
});

describe('[RE11] winnings', () => {
  let sold: HttpBench;

  beforeAll(async () => {
    sold = await openBench();
    await sold.direct(7, HOST, { type: 'start_sale' });
    await sold.bid(7, 'buyer1', 80_050);
    await sold.direct(7, HOST, { type: 'award_product', product: 'Ring', weight: '5.2g' });
    await sold.direct(7, HOST, { type: 'award_product', product: 'Nobody’s', weight: null });
    const prices = { minBidPrice: 1_00, bidPrice: 1_00, actualPrice: 1_00 };
    await sold.direct(7, HOST, { type: 'change_product', product: 'Chain', prices });
    await sold.bid(7, 'buyer2', 1_00);
    await sold.direct(7, HOST, { type: 'award_product', product: 'Chain', weight: null });
  });
  afterAll(() => sold.close());

  const list = async (as: string) => winningPage.parse((await sold.ask('/api/winnings/', { as })).json);
  const mark = (id: number | string, as: string, json: unknown) =>
    sold.ask(`/api/winnings/${id}/sold/`, { as, json });

  it('are shown to their host, newest first, in the document’s model', async () => {
    const page = await list(HOST);
    expect(page).toMatchObject({ next: null, previous: null });
    const [chain, ring] = page.results;
    expect(chain).toMatchObject({ user_id: 2, product: 'Chain', price: 1, weight: null });
    expect(ring).toEqual({
      id: expect.any(Number) as number,
      user_id: 1,
      auction_id: 7,
      product: 'Ring',
      price: 800.5,
      weight: '5.2g',
      sold: false,
      createdAt: '2025-11-04T18:45:00Z',
      updatedAt: '2025-11-04T18:45:00Z',
    });
  });

  it('are shown to their winner, and to no one else', async () => {
    expect((await list('buyer1')).results.map(({ product }) => product)).toEqual(['Ring']);
    expect((await list('buyer2')).results.map(({ product }) => product)).toEqual(['Chain']);
    for (const stranger of ['buyer3', 'kashmiri_crafts']) expect((await list(stranger)).results).toEqual([]);
    expect((await sold.ask('/api/winnings/')).status).toBe(401);
    expect((await sold.ask('/api/winnings/?page=2', { as: HOST })).status).toBe(400);
  });

  it('are marked sold, and not sold again, by their host', async () => {
    const id = (await list('buyer1')).results[0]?.id ?? 0;
    await sold.clock.advance(1_000);
    for (const isSold of [true, true, false]) {
      const { status, json } = await mark(id, HOST, { sold: isSold });
      expect(status).toBe(200);
      expect(winning.parse(json)).toMatchObject({ id, sold: isSold, updatedAt: '2025-11-04T18:45:01Z' });
      expect((await list('buyer1')).results[0]).toEqual(json);
    }
  });

  it('cannot be marked by anybody else, their winner included', async () => {
    const id = (await list('buyer1')).results[0]?.id ?? 0;
    for (const stranger of ['buyer1', 'kashmiri_crafts']) {
      const { status, json } = await mark(id, stranger, { sold: true });
      expect(status).toBe(404);
      expect(fault.parse(json).detail).toBe('Winning not found');
    }
    expect((await list('buyer1')).results[0]?.sold).toBe(false);
    expect((await sold.ask(`/api/winnings/${id}/sold/`, { json: { sold: true } })).status).toBe(401);
  });

  it.each(['999999', '0', '-1', 'x', '1e3'])('are not found under %s', async (id) => {
    expect((await mark(id, HOST, { sold: true })).status).toBe(404);
  });

  it.each([
    [{}, 'sold', 'is required'],
    [{ sold: 'yes' }, 'sold', 'must be true or false'],
    [{ sold: null }, 'sold', 'must be true or false'],
    [{ sold: 1 }, 'sold', 'must be true or false'],
    [{ sold: true, price: 5 }, 'price', 'is not a field of this request'],
  ])('take no mark %j: %s %s', async (body, field, sentence) => {
    const { status, json } = await mark(1, HOST, body);
    expect(status).toBe(400);
    expect(invalidFields.parse(json).errors).toEqual({ [field]: [sentence] });
  });
});

describe('[RE12] the categories', () => {
  it('are public, by name, in the document’s model', async () => {
    const { status, json } = await bench.ask('/api/categories/');
    expect(status).toBe(200);
    const categories = categoryList.parse(json);
    const names = categories.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(categories.find(({ id }) => id === 4)).toEqual({
      id: 4,
      name: 'Gold jewellery',
      pic_url: '/media/categories/gold_jewellery.jpg',
      createdAt: '2025-11-04T18:45:00Z',
      updatedAt: '2025-11-04T18:45:00Z',
    });
  });
});
