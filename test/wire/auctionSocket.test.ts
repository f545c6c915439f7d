import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPrice } from '../../server/domain/auction/rules/state.ts';
import type { TestClient } from '../support/client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { NO_RATES } from '../support/limits.ts';
import { TRANSPORTS } from '../support/transports.ts';

const ISO_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const anyTime: unknown = expect.stringMatching(ISO_SECONDS);
const anyId: unknown = expect.any(Number);

describe.each(TRANSPORTS)('the auction socket over %s', (transport) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ TRANSPORT: transport, ...NO_RATES });
  });
  afterAll(() => server.stop());

  /** The price that the next bid has to beat, in whole units. */
  const priceOf = async (auctionId: number) => {
    const state = await server.engines.store.ledger.load(auctionId);
    return state === null ? 0 : currentPrice(state) / 100;
  };

  it('[CO1] sends auction_status first, with every documented field', async () => {
    const token = await server.token('buyer1');
    const client = await server.connect(`/ws/auction/1/?token=${token}`);
    const frame = await client.next();
    expect(frame).toMatchObject({ type: 'auction_status', seq: 2 });
    expect(frame.data).toEqual({
      auction_id: 1,
      product: {
        id: 1,
        name: 'Handwoven Pashmina Shawl',
        description: expect.stringContaining('finest Kashmiri wool') as unknown,
        condition: 'new',
        category: 'Textiles & Fabrics',
        images: [
          { url: '/media/products/shawl_primary.jpg', is_primary: true, order: 0 },
          { url: '/media/products/shawl_detail1.jpg', is_primary: false, order: 1 },
          { url: '/media/products/shawl_detail2.jpg', is_primary: false, order: 2 },
        ],
      },
      seller: {
        id: anyId,
        username: 'kashmiri_crafts',
        email: 'seller@example.com',
        brand_name: 'Kashmiri Heritage Crafts',
        biography: expect.any(String) as unknown,
        is_verified: true,
        average_rating: expect.stringMatching(/^[0-5]\.\d\d$/) as unknown,
        total_feedbacks: anyId,
      },
      starting_price: '2500.00',
      current_price: '2500.00',
      start_time: anyTime,
      end_time: anyTime,
      status: 'active',
      is_active: true,
      winner: null,
      total_bids: 0,
      latest_bids: [],
    });
  });

  it('[CO2] is reached with and without the slash before the question mark', async () => {
    const token = await server.token('buyer1');
    for (const path of [`/ws/auction/2/?token=${token}`, `/ws/auction/2?token=${token}`]) {
      expect(await (await server.connect(path)).next()).toMatchObject({ type: 'auction_status' });
    }
  });

  it('[CO3] takes the token from the query, from Authorization and from a subprotocol', async () => {
    const token = await server.token('buyer1');
    const clients = await Promise.all([
      server.connect(`/ws/auction/1/?token=${token}`),
      server.connect('/ws/auction/1/', [], { headers: { authorization: `Bearer ${token}` } }),
      server.connect('/ws/auction/1/', [], { headers: { authorization: `Token ${token}` } }),
      server.connect('/ws/auction/1/', ['ringside', `token.${token}`]),
    ]);
    for (const client of clients) expect((await client.next()).type).toBe('auction_status');
    expect(clients.at(-1)?.socket.protocol).toBe('ringside');
  });

  it('[CO4] says which is wrong with the token, then closes with 4401', async () => {
    const expired = await server.token('buyer1', -1_000);
    const cases = [
      ['/ws/auction/1/', 'No token provided', 'token_missing'],
      ['/ws/auction/1/?token=', 'No token provided', 'token_missing'],
      ['/ws/auction/1/?token=nonsense', 'Invalid token', 'token_invalid'],
      [`/ws/auction/1/?token=${'ab'.repeat(20)}`, 'Invalid token', 'token_invalid'],
      [`/ws/auction/1/?token=${expired}`, 'Token has expired', 'token_expired'],
    ] as const;
    for (const [path, message, code] of cases) {
      const client = await server.connect(path);
      expect(await client.next()).toEqual({ type: 'error', message, code });
      expect((await client.closing).code).toBe(4401);
    }
  });

  it.each(['999', '0', '-1', 'abc', '1e3', '01', '9007199254740993', '%00'])(
    '[CO6] does not find auction %s and closes with 4404',
    async (id) => {
      const client = await server.connect(`/ws/auction/${id}/?token=${await server.token('buyer1')}`);
      expect(await client.next()).toMatchObject({ type: 'error', message: 'Auction not found' });
      expect((await client.closing).code).toBe(4404);
    },
  );

  it('[BI6] tells an accepted bid to everyone who watches, the bidder too, with the documented keys', async () => {
    const [bidder, watcher] = await Promise.all([server.watch(1, 'buyer1'), server.watch(1, 'buyer2')]);
    bidder.send({ type: 'place_bid', amount: 3000.0 });
    const expected = {
      type: 'new_bid',
      seq: anyId,
      data: { bidder: 'buyer1', amount: '3000.00', time: anyTime, current_price: '3000.00' },
    };
    expect(await bidder.nextOf('new_bid')).toEqual(expected);
    expect(await watcher.nextOf('new_bid')).toEqual(expected);
    await bidder.settle();
    expect(bidder.frames.filter(({ type }) => type === 'bid_accepted')).toEqual([]);
  });

  it('[BI7] tells a refusal to the sender alone, in the words of the document', async () => {
    const price = await priceOf(2);
    const watcher = await server.watch(2, 'buyer3');
    const refusals = [
      ['buyer1', price, `Bid must be higher than current price of ${price}.00`, 'bid_too_low'],
      ['blocked1', price + 10, 'Your account is blocked', 'account_blocked'],
    ] as const;
    for (const [username, amount, message, code] of refusals) {
      const client = await server.watch(2, username);
      client.send({ type: 'place_bid', amount });
      expect(await client.next()).toEqual({ type: 'error', message, code });
    }
    const seller = await server.watch(1, 'kashmiri_crafts');
    seller.send({ type: 'place_bid', amount: 1_000_000 });
    expect(await seller.next()).toMatchObject({ message: 'You cannot bid on your own auction' });
    await watcher.settle();
    expect(watcher.frames.map(({ type }) => type)).toEqual(['auction_status', 'error']);
  });

  it('[ME1] names the fault of an amount and of an unknown type, and lives on', async () => {
    const client = await server.watch(2, 'buyer1');
    const cases = [
      [{ type: 'place_bid' }, 'amount is required'],
      [{ type: 'place_bid', amount: 'lots' }, 'amount must be a positive number with at most two decimals'],
      [{ type: 'place_bid', amount: [1] }, 'amount must be a number or a string of digits'],
      ['{"type":"place_bid","amount":1e400}', 'amount must be at most 999999999999.99'],
      [{ type: 'place_bet', amount: 1 }, 'Unknown message type: place_bet'],
      ['{"type":"place_bid","amount":', 'Message is not valid JSON'],
    ] as const;
    for (const [message, text] of cases) {
      client.send(message);
      expect(await client.next()).toMatchObject({ type: 'error', message: text });
    }
    client.socket.send(Buffer.from('{"type":"place_bid","amount":9}'));
    expect(await client.next()).toMatchObject({ message: 'Messages must be text, not binary' });
  });

  it('[ME2] brings the id of a message back on its outcome', async () => {
    const client = await server.watch(3, 'buyer1');
    client.send({ type: 'place_bid', amount: '2000.5', id: 'first' });
    const accepted = await client.nextOf('bid_accepted');
    const answer = { id: 'first', seq: 3, amount: '2000.50', time: anyTime };
    expect(accepted).toEqual({ type: 'bid_accepted', ...answer, data: answer });
    for (const message of [
      { type: 'place_bid', amount: 1, id: 5 },
      { type: 'nothing', id: 5 },
    ]) {
      client.send(message);
      expect(await client.next()).toMatchObject({ type: 'error', id: 5 });
    }
  });

  it('[ME3] answers a repeated id with the same outcome and places nothing, also on a new connection', async () => {
    const first = await server.watch(3, 'buyer2');
    first.send({ type: 'place_bid', amount: 2500, id: 'again' });
    first.send({ type: 'place_bid', amount: 2600, id: 'again' });
    const answers = [await first.nextOf('bid_accepted'), await first.nextOf('bid_accepted')];
    expect(answers[1]).toEqual(answers[0]);
    first.send({ type: 'place_bid', amount: 1, id: 'low' });
    const refusal = await first.nextOf('error');
    first.close();

    const second = await server.watch(3, 'buyer2');
    second.send({ type: 'place_bid', amount: 2700, id: 'again' });
    expect(await second.nextOf('bid_accepted')).toEqual(answers[0]);
    second.send({ type: 'place_bid', amount: 9000, id: 'low' });
    expect(await second.nextOf('error')).toEqual(refusal);
    expect(await priceOf(3)).toBe(2500);

    const other = await server.watch(3, 'buyer3');
    other.send({ type: 'place_bid', amount: 2800, id: 'again' });
    expect(await other.nextOf('bid_accepted')).toMatchObject({ amount: '2800.00' });
  });

  it('[OU4] pushes a private notification to every socket of the outbid user, whatever it watches', async () => {
    const elsewhere = await server.watch(2, 'buyer5');
    const outbid = await server.watch(6, 'buyer5');
    const winner = await server.watch(6, 'buyer6');
    outbid.send({ type: 'place_bid', amount: 30_000 });
    await winner.nextOf('new_bid');
    winner.send({ type: 'place_bid', amount: 31_000 });
    const expected = {
      type: 'notification',
      data: {
        id: anyId,
        notification_type: 'bid_outbid',
        title: 'You have been outbid',
        message: 'Someone placed a higher bid of Rs. 31000.00 on Kashmiri Silk Carpet',
        auction: 6,
        is_read: false,
        created_at: anyTime,
      },
    };
    expect(await outbid.nextOf('notification')).toEqual(expected);
    expect(await elsewhere.nextOf('notification')).toEqual(expected);
    winner.send({ type: 'place_bid', amount: 32_000 });
    await winner.nextThat(({ data }) => data?.['amount'] === '32000.00');
    await winner.settle();
    expect(winner.frames.filter(({ type }) => type === 'notification')).toEqual([]);
  });

  it('[CO7] leaves no hole and tells nothing twice between snapshot and stream, while bids rain', async () => {
    const bidder = await server.watch(4, 'buyer1');
    const price = await priceOf(4);
    const bids = 300;
    const watchers: TestClient[] = [];
    for (let step = 1; step <= bids; step += 1) {
      bidder.send({ type: 'place_bid', amount: price + step });
      if (step % 10 === 0)
        watchers.push(await server.connect(`/ws/auction/4/?token=${await server.token('buyer2')}`));
    }
    const last = `${price + bids}.00`;
    for (const watcher of watchers) {
      const status = await watcher.next();
      if (status.data?.['current_price'] !== last)
        await watcher.nextThat(({ data }) => data?.['amount'] === last);
      const seqs = watcher.frames.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => (status.seq ?? 0) + index));
    }
  });
});
