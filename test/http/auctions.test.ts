import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auction } from '../../shared/contracts/auction.ts';
import { auctionEnd } from '../../shared/contracts/auctionSocket.ts';
import { auctionPage, bidPage, fault } from '../../shared/contracts/rest.ts';
import { type HttpBench, openBench, ORIGIN } from './bench.ts';

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('[RE3] the list of auctions', () => {
  it('is public, newest first, with everything a list shows', async () => {
    const { status, json } = await bench.ask('/api/auctions/');
    expect(status).toBe(200);
    const page = auctionPage.parse(json);
    expect(page).toMatchObject({ next: null, previous: null });
    expect(page.results.map(({ auction_id }) => auction_id)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(page.results[5]).toEqual({
      auction_id: 1,
      product_name: 'Handwoven Pashmina Shawl',
      category: 'Textiles & Fabrics',
      image: '/media/products/shawl_primary.jpg',
      seller: { id: 11, username: 'kashmiri_crafts' },
      starting_price: '2500.00',
      current_price: '2500.00',
      start_time: '2025-11-04T13:45:00Z',
      end_time: '2025-11-06T23:45:00Z',
      status: 'active',
      is_active: true,
      winner: null,
      total_bids: 0,
    });
  });

  it('is filtered by status; an empty filter filters nothing', async () => {
    const scheduled = auctionPage.parse((await bench.ask('/api/auctions/?status=scheduled')).json);
    expect(scheduled.results.map(({ auction_id }) => auction_id)).toEqual([5]);
    expect(auctionPage.parse((await bench.ask('/api/auctions/?status=completed')).json).results).toEqual([]);
    expect(auctionPage.parse((await bench.ask('/api/auctions/?status=')).json).results).toHaveLength(6);
  });

  it.each(['live', 'ACTIVE', 'active,ended', '%00'])('refuses the status %s by name', async (status) => {
    const answer = await bench.ask(`/api/auctions/?status=${status}`);
    expect(answer.status).toBe(400);
    const sentence = 'must be one of scheduled, active, ended, cancelled, completed';
    expect(answer.json).toEqual({ detail: `status ${sentence}`, errors: { status: [sentence] } });
  });
});

describe('[RE3] one auction', () => {
  it.each(['/api/auctions/1/', '/api/auctions/1'])('is told at %s as its watchers see it', async (path) => {
    const { status, json } = await bench.ask(path);
    expect(status).toBe(200);
    expect(auction.parse(json)).toMatchObject({
      auction_id: 1,
      product: { name: 'Handwoven Pashmina Shawl', condition: 'new', category: 'Textiles & Fabrics' },
      seller: { username: 'kashmiri_crafts', average_rating: '4.85', total_feedbacks: 20 },
      starting_price: '2500.00',
      status: 'active',
      is_active: true,
      winner: null,
    });
  });

  it.each(['99', '0', '-1', '1.5', 'x', '01', '99999999999999999999', '%E0%A4%A', '__proto__'])(
    'is not found under %s',
    async (id) => {
      for (const path of [`/api/auctions/${id}/`, `/api/auctions/${id}/bids/`]) {
        const { status, json } = await bench.ask(path);
        expect(status, path).toBe(404);
        expect(fault.parse(json).detail).toBe('Auction not found');
      }
    },
  );
});

describe('[RE3] [SA12] the bids of an auction', () => {
  beforeAll(async () => {
    for (let turn = 1; turn <= 45; turn += 1) {
      await bench.bid(2, turn % 2 === 0 ? 'buyer1' : 'buyer2', 850_000 + turn * 100);
    }
  });

  const pageOf = async (query: string) =>
    bidPage.parse((await bench.ask(`/api/auctions/2/bids/${query}`)).json);

  it('are all there, newest first, twenty a page', async () => {
    const first = await pageOf('');
    expect(first.results).toHaveLength(20);
    expect(first.results[0]).toEqual({
      bidder: 'buyer2',
      amount: '8545.00',
      time: '2025-11-04T18:45:00Z',
      seq: 47,
      round: 1,
    });
    const rest = [await pageOf('?before=28'), await pageOf('?before=8')];
    const amounts = [first, ...rest].flatMap(({ results }) => results.map(({ amount }) => amount));
    expect(amounts).toEqual(Array.from({ length: 45 }, (_, index) => `${8545 - index}.00`));
  });

  it('link to the pages before and after with absolute addresses that can be followed', async () => {
    const first = await pageOf('');
    expect(first).toMatchObject({ previous: null, next: `${ORIGIN}/api/auctions/2/bids/?before=28` });
    const second = bidPage.parse((await bench.ask(first.next ?? '')).json);
    expect(second).toMatchObject({
      previous: `${ORIGIN}/api/auctions/2/bids/?after=27`,
      next: `${ORIGIN}/api/auctions/2/bids/?before=8`,
    });
    const third = bidPage.parse((await bench.ask(second.next ?? '')).json);
    expect(third).toMatchObject({ next: null, previous: `${ORIGIN}/api/auctions/2/bids/?after=7` });
    expect(third.results).toHaveLength(5);
    expect((await bench.ask(third.previous ?? '')).json).toEqual(second);
    const top = bidPage.parse((await bench.ask(second.previous ?? '')).json);
    expect(top).toEqual(first);
  });

  it('do not shift when a bid comes while they are read', async () => {
    const growing = await openBench();
    const bidAt = (amount: number) => growing.bid(2, amount % 2 === 0 ? 'buyer1' : 'buyer2', amount);
    for (let turn = 1; turn <= 25; turn += 1) await bidAt(850_000 + turn);
    const read = async (path: string) => bidPage.parse((await growing.ask(path)).json);
    const first = await read('/api/auctions/2/bids/');
    for (let turn = 26; turn <= 35; turn += 1) await bidAt(850_000 + turn);
    const second = await read(first.next ?? '');
    const seqs = [...first.results, ...second.results].map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 25 }, (_, index) => 27 - index));
    expect((await read(`/api/auctions/2/bids/?after=27`)).results.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 10 }, (_, index) => 37 - index),
    );
    await growing.close();
  });

  it('are none before the first and after the last, with a way back', async () => {
    const nothing = { results: [], next: null, previous: null };
    expect(await pageOf('?before=3')).toEqual({
      ...nothing,
      previous: `${ORIGIN}/api/auctions/2/bids/?after=2`,
    });
    expect(await pageOf('?after=47')).toEqual({
      ...nothing,
      next: `${ORIGIN}/api/auctions/2/bids/?before=48`,
    });
    expect(bidPage.parse((await bench.ask('/api/auctions/6/bids/')).json)).toEqual(nothing);
  });

  it('have a first page by that number', async () => {
    expect(await pageOf('?page=1')).toEqual(await pageOf(''));
  });

  it.each(['0', '-1', 'abc', '2', '999999999', '1.0', '01', '%20', 'last', ''])(
    'have no page %j, and say what to ask for instead',
    async (page) => {
      const { status, json } = await bench.ask(`/api/auctions/2/bids/?page=${page}`);
      expect(status).toBe(400);
      const sentence =
        'is not taken by this list: follow its next and previous, or ask for before=KEY or after=KEY';
      expect(json).toEqual({ detail: `page ${sentence}`, errors: { page: [sentence] } });
    },
  );

  it.each(['before=x', 'before=', 'after=-1', 'after=1e3', 'before=9999999999999999', 'before=1&before=2'])(
    'have no key by %s',
    async (query) => {
      const { status, json } = await bench.ask(`/api/auctions/2/bids/?${query}`);
      expect(status).toBe(400);
      const [name = ''] = query.split('=');
      expect(json).toMatchObject({
        detail: `${name} must be a key from a link of this list, a whole number`,
      });
    },
  );

  it('are not asked for from both sides at once', async () => {
    const { status, json } = await bench.ask('/api/auctions/2/bids/?before=30&after=10');
    expect(status).toBe(400);
    expect(json).toMatchObject({ detail: 'after must not be given together with before' });
  });

  it('keep the other parts of a query in their links', async () => {
    const page = auctionPage.parse((await bench.ask('/api/auctions/?status=active&page=1')).json);
    expect(page.next).toBeNull();
    expect((await pageOf('?sort=a%26b&before=28')).next).toBe(
      `${ORIGIN}/api/auctions/2/bids/?sort=a%26b&before=8`,
    );
  });

  it('link to the host that was asked, where it is not the public one', async () => {
    const { json } = await bench.ask('http://192.0.2.7:9000/api/auctions/2/bids/');
    expect(bidPage.parse(json).next).toBe('http://192.0.2.7:9000/api/auctions/2/bids/?before=28');
  });

  it('link to the public address with its scheme, where a proxy has ended TLS', async () => {
    const behindProxy = await openBench({ publicUrl: 'https://shop.example/live' });
    for (let turn = 1; turn <= 21; turn += 1) {
      await behindProxy.bid(1, turn % 2 === 0 ? 'buyer1' : 'buyer2', 250_000 + turn);
    }
    const { json } = await behindProxy.ask('http://shop.example/api/auctions/1/bids/');
    expect(bidPage.parse(json).next).toBe('https://shop.example/live/api/auctions/1/bids/?before=4');
    await behindProxy.close();
  });
});

describe('[RE5] ending an auction', () => {
  const end = (id: number | string, as?: string) =>
    bench.ask(`/api/auctions/${id}/end/`, { method: 'POST', ...(as === undefined ? {} : { as }) });

  it('needs a token', async () => {
    expect((await end(1)).status).toBe(401);
  });

  it('is refused to everybody but the seller', async () => {
    for (const username of ['buyer1', 'lahore_workshop']) {
      const { status, json } = await end(1, username);
      expect(status).toBe(403);
      expect(fault.parse(json).code).toBe('not_seller');
    }
  });

  it('finds no auction that is not there', async () => {
    for (const id of ['99', 'x']) {
      const { status, json } = await end(id, 'kashmiri_crafts');
      expect(status).toBe(404);
      expect(fault.parse(json).detail).toBe('Auction not found');
    }
  });

  it('is refused before the auction has begun', async () => {
    const { status, json } = await end(5, 'lahore_workshop');
    expect(status).toBe(400);
    expect(json).toEqual({ detail: 'Auction is not active', code: 'auction_not_active' });
  });

  it('tells the seller who won and for how much, once', async () => {
    await bench.bid(1, 'buyer1', 260_000);
    await bench.bid(1, 'buyer2', 300_000);
    const ended = await end(1, 'kashmiri_crafts');
    expect(ended.status).toBe(200);
    expect(auctionEnd.parse(ended.json)).toEqual({
      auction_id: 1,
      winner: 'buyer2',
      final_price: '3000.00',
      status: 'ended',
    });
    expect((await end(1, 'kashmiri_crafts')).status).toBe(400);
    const after = auction.parse((await bench.ask('/api/auctions/1/')).json);
    expect(after).toMatchObject({ status: 'ended', is_active: false, winner: { id: 2, username: 'buyer2' } });
  });

  it('tells of no winner where nobody bid', async () => {
    const { json } = await end(4, 'multan_blue');
    expect(auctionEnd.parse(json)).toMatchObject({ winner: null, final_price: '4200.00' });
  });
});
