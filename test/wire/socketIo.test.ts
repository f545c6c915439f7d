import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Frame, TestClient } from '../support/client.ts';
import { NO_RATES } from '../support/limits.ts';
import { newSale } from '../support/newSale.ts';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { SocketIoClient, type Told } from '../support/socketIoClient.ts';
import { TRANSPORTS } from '../support/transports.ts';

const PRODUCT = { product: 'Silver Necklace – 925', minBidPrice: 800, bidPrice: 1000, actualPrice: 1400 };
const POLLING = { transports: ['polling'] };

type ClientOptions = Partial<ManagerOptions & SocketOptions>;

describe.each(TRANSPORTS)('Socket.IO clients of the gateway over %s', (transport) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ TRANSPORT: transport, ...NO_RATES });
  });
  afterAll(() => server.stop());

  const connect = async (username: string, options: ClientOptions = {}) =>
    SocketIoClient.connect(server.http, { auth: { token: await server.token(username) }, ...options });
  /** A sale that is live, its host in the room. */
  const liveSale = async () => {
    const auctionId = await newSale(server);
    const host = await connect('baraka_host');
    expect(await host.ask('startLiveAuction', { auctionId })).toMatchObject({ ok: true });
    expect(await host.ask('joinAuction', { auctionId })).toEqual({ ok: true });
    return { auctionId, host };
  };
  const closesOf = async (route: string) => {
    const { body } = await server.engines.metrics.page();
    return [...body.matchAll(/^ringside_closes_total\{route="([^"]+)",code="(\w+)"\}/gm)]
      .filter(([, label]) => label === route)
      .map(([, , code]) => code);
  };

  it('[IO1] connect by WebSocket, by polling and from one to the other, with a token in each place', async () => {
    const { auctionId } = await liveSale();
    const token = await server.token('buyer1');
    const carriers = [['websocket'], ['polling'], ['polling', 'websocket']];
    const places: ClientOptions[] = [
      { auth: { token } },
      { extraHeaders: { authorization: `Bearer ${token}` } },
      { query: { token } },
    ];
    let amount = 1_000;
    for (const transports of carriers) {
      for (const place of places) {
        const client = await SocketIoClient.connect(server.http, { transports, ...place });
        await until(() => expect(client.carrier).toBe(transports.at(-1)));
        amount += 1;
        await client.ask('joinAuction', { auctionId });
        client.socket.emit('placeBid', { auctionId, amount });
        const [data] = await client.next('newBid');
        expect(data).toMatchObject({ newBid: { bid: amount, user_id: 1 } });
      }
    }
  });

  it('[IO2] are told what is wrong with a token, and disconnected for good', async () => {
    const cases = [
      [{}, 'No token provided'],
      [{ token: 7 }, 'No token provided'],
      [{ token: 'nonsense' }, 'Invalid or expired token'],
      [{ token: await server.token('buyer1', -1_000) }, 'Invalid or expired token'],
    ] as const;
    for (const [auth, message] of cases) {
      for (const options of [{}, POLLING]) {
        const client = new SocketIoClient(server.http, { auth, reconnection: true, ...options });
        expect((await client.next('error'))[0]).toMatchObject({ message });
        await until(() => expect(client.disconnects).toEqual(['io server disconnect']));
        expect(client.socket.active).toBe(false);
      }
    }
    expect(await closesOf('socket.io /')).toContain('unauthenticated');
  });

  it('[IO3] [IO4] run a sale by the document’s events, each acknowledged, with its payload', async () => {
    const { auctionId, host } = await liveSale();
    const viewer = await connect('buyer1', POLLING);
    expect(await viewer.ask('joinAuction', { auctionId })).toEqual({ ok: true });
    expect(await viewer.next('auctionState')).toMatchObject([{ auctionId, userCount: 2, seq: 2 }]);
    expect(await viewer.next('userCountUpdate')).toEqual([{ auctionId, userCount: 2 }]);

    expect(await host.ask('changeCuurentProduct', { auctionId, ...PRODUCT })).toEqual({ ok: true, seq: 3 });
    expect(await viewer.next('auction_change_product')).toEqual([{ auctionId, ...PRODUCT, seq: 3 }]);
    expect(await viewer.ask('comment', { auctionId, comment: 'Great item!' })).toEqual({ ok: true, seq: 4 });
    expect(await host.next('newComment')).toMatchObject([
      { newComment: { comment: 'Great item!', user_id: 1 }, comments: [{ user: { id: 1 } }], seq: 4 },
    ]);
    expect(await viewer.ask('placeBid', { auctionId, amount: 1500, userId: 9 })).toEqual({
      ok: true,
      seq: 5,
    });
    expect(await host.next('newBid')).toMatchObject([
      { newBid: { bid: 1500, user_id: 1 }, auctionBids: [{ bid: 1500 }], seq: 5 },
    ]);
    expect(await host.ask('broadCasterLeave', { auctionId })).toEqual({ ok: true });
    expect(await viewer.next('broadCasterLeft')).toEqual([{ auctionId }]);
    const award = { auctionId, product: 'Gold Ring – 18K', weight: '5.2g' };
    expect(await host.ask('awardingAuction', award)).toEqual({ ok: true, seq: 6 });
    expect(await viewer.next('auctionEnded')).toMatchObject([
      {
        auction: { Auction_bids: [], isLive: true },
        winningBid: { bid: 1500 },
        winningUser: { id: 1 },
        seq: 6,
      },
    ]);
    expect(await viewer.next('notification')).toMatchObject([{ notification_type: 'auction_won' }]);
    expect(await viewer.ask('leaveAuction', { auctionId })).toEqual({ ok: true });
    expect(await viewer.ask('joinAuction', { auctionId })).toEqual({ ok: true });
    expect(await host.ask('endAuction', { auctionId })).toEqual({ ok: true, seq: 7 });
    const message = 'The auction has been ended.';
    expect(await viewer.next('auctionFinished')).toEqual([{ auctionId, message, seq: 7 }]);

    const other = await liveSale();
    await viewer.ask('joinAuction', { auctionId: other.auctionId });
    expect(await other.host.ask('cancelAuction', { auctionId: other.auctionId })).toEqual({
      ok: true,
      seq: 3,
    });
    expect(await viewer.next('auctionCanceled')).toEqual([
      { auctionId: other.auctionId, message: 'The auction has been canceled.', seq: 3 },
    ]);
  });

  it('[IO3] hand every event to its handler with one argument', async () => {
    const { auctionId, host } = await liveSale();
    const viewer = await connect('buyer1');
    const rival = await connect('buyer2');
    for (const client of [viewer, rival]) await client.ask('joinAuction', { auctionId });
    await host.ask('changeCuurentProduct', { auctionId, ...PRODUCT });
    await viewer.ask('comment', { auctionId, comment: 'Great item!', id: 'c' });
    await viewer.ask('placeBid', { auctionId, amount: 900, id: 1 });
    await rival.ask('placeBid', { auctionId, amount: 1000 });
    await viewer.ask('placeBid', { auctionId, amount: 5, id: 2 });
    await host.ask('awardingAuction', { auctionId, product: 'Ring', weight: '5 g' });
    await host.ask('endAuction', { auctionId });
    for (const name of ['notification', 'auctionFinished']) await rival.next(name);
    const events = [host, viewer, rival].flatMap(({ told }) => told);
    expect(events.filter(({ values }) => values.length !== 1)).toEqual([]);
    const payloads = viewer.told.map(({ name, values: [payload] }) => ({ name, payload }));
    expect(payloads).toContainEqual({ name: 'ack', payload: { id: 'c', ok: true, seq: 4 } });
    expect(payloads).toContainEqual({
      name: 'error',
      payload: { message: 'Bid must be higher than the current bid (1000)', code: 'bid_too_low', id: 2 },
    });
    expect(payloads.find(({ name }) => name === 'newBid')?.payload).toMatchObject({ seq: 5 });
    expect(events.find(({ name }) => name === 'auctionStarted')?.values).toMatchObject([
      { id: auctionId, seq: 2 },
    ]);
  });

  it('[IO4] are told of a refusal by an error, and by the callback where there is one', async () => {
    const { auctionId, host } = await liveSale();
    const viewer = await connect('buyer1');
    await viewer.ask('placeBid', { auctionId, amount: 900 });
    const tooLow = 'Bid must be higher than the current bid (900)';
    const cases: [SocketIoClient, string, object | undefined, string, string][] = [
      [viewer, 'placeBid', { auctionId, amount: 900 }, tooLow, 'bid_too_low'],
      [viewer, 'placeBid', undefined, 'auctionId must be a positive whole number', 'invalid_message'],
      [viewer, 'joinAuction', { auctionId: 9999 }, 'Auction not found!', 'auction_not_found'],
      [viewer, 'startLiveAuction', { auctionId }, 'Unauthorized or Auction not found', 'not_seller'],
      [viewer, 'joinAuction', { auctionId: 1 }, 'This auction is not a live sale.', 'not_live_sale'],
      [
        host,
        'startLiveAuction',
        { auctionId: 9999 },
        'Unauthorized or Auction not found',
        'auction_not_found',
      ],
      [host, 'dance', {}, 'Unknown message type: dance', 'unknown_type'],
      [host, 'comment', [1], 'The payload must be an object', 'invalid_message'],
    ];
    for (const [client, name, payload, message, code] of cases) {
      expect(await client.ask(name, payload)).toEqual({ ok: false, error: message, code });
      expect((await client.next('error'))[0]).toEqual({ message, code });
      client.socket.emit(name, payload);
      expect((await client.next('error'))[0]).toEqual({ message, code });
    }
  });

  it('[IO5] [IO6] see what raw sockets see, in the same order', async () => {
    const { auctionId, host } = await liveSale();
    const viewers = [
      await connect('buyer1'),
      await connect('buyer1', POLLING),
      await connect('buyer1', { transports: ['polling', 'websocket'] }),
    ];
    for (const viewer of viewers) await viewer.ask('joinAuction', { auctionId });
    const raw = await server.connect(`/ws/?token=${await server.token('buyer2')}`);
    raw.send({ type: 'joinAuction', auctionId });
    await raw.nextOf('auctionState');
    const shopper = await server.watch(auctionId, 'buyer3');
    await host.ask('changeCuurentProduct', { auctionId, ...PRODUCT });
    const doings = Array.from({ length: 40 }, async (_, step) => {
      const actor = viewers[step % 3];
      if (step % 4 === 3) await actor?.ask('comment', { auctionId, comment: `${step}` });
      else await actor?.ask('placeBid', { auctionId, amount: 1_000 + step });
    });
    await Promise.all(doings);
    await host.ask('endAuction', { auctionId });
    await raw.nextOf('auctionFinished');
    const expected = eventsOf(raw);
    expect(expected.length).toBeGreaterThan(12);
    for (const viewer of viewers) {
      await viewer.next('auctionFinished');
      expect(eventsOf({ frames: viewer.told.map(frameOf) })).toEqual(expected);
    }
    await shopper.nextThat(({ seq }) => seq === expected.at(-1)?.seq);
    const seqs = (frames: readonly Frame[]) => frames.flatMap(({ seq }) => seq ?? []);
    expect(seqs(shopper.frames).slice(1)).toEqual(seqs(expected));
  });

  it('[IO3] are counted with the others in a room, and gone from it however they go', async () => {
    const { auctionId, host } = await liveSale();
    const raw = await server.connect(`/ws/?token=${await server.token('buyer2')}`);
    raw.send({ type: 'joinAuction', auctionId });
    const [one, two] = [await connect('buyer1'), await connect('buyer1', POLLING)];
    for (const viewer of [one, two]) await viewer.ask('joinAuction', { auctionId });
    const counts = () => host.told.flatMap(({ name, values }) => (name === 'userCountUpdate' ? values : []));
    await until(() => expect(counts().at(-1)).toEqual({ auctionId, userCount: 4 }));
    one.socket.disconnect();
    two.socket.io.engine.close();
    await until(() => expect(counts().at(-1)).toEqual({ auctionId, userCount: 2 }));
    expect(await closesOf('socket.io /')).toEqual(expect.arrayContaining(['normal', 'abnormal']));
    const { body } = await server.engines.metrics.page();
    expect(body).toMatch(/^ringside_connections\{route="socket.io \/"\} \d/m);
  });
});

/** An event as a raw socket has it. */
function frameOf({ name: type, values: [payload] }: Told): Frame {
  const { seq, firstSeq, ...data } = payload as Record<string, unknown> & Pick<Frame, 'seq' | 'firstSeq'>;
  return {
    type,
    data,
    ...(seq === undefined ? {} : { seq }),
    ...(firstSeq === undefined ? {} : { firstSeq }),
  };
}

/** What a viewer was told of the auction's events. */
function eventsOf({ frames }: Pick<TestClient, 'frames'>): Frame[] {
  return frames.filter(
    ({ type, seq }) => seq !== undefined && type !== 'auctionState' && type !== 'auctionStarted',
  );
}

describe('the limits of Socket.IO', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it('[IO8] hold for connections and messages, and are told', async () => {
    server = await startTestServer({
      LIMIT_CONNECTIONS_PER_MINUTE: '2',
      LIMIT_MESSAGE_BURST: '2',
      LIMIT_RATE_STRIKES: '3',
      TRUST_PROXY_HOPS: '1',
    });
    const auth = { token: await server.token('buyer1') };
    const from = (address: string) => ({ auth, extraHeaders: { 'x-forwarded-for': address } });
    const fast = await SocketIoClient.connect(server.http, from('192.0.2.1'));
    for (let sent = 0; sent < 20; sent += 1) fast.socket.emit('x');
    await until(() => expect(fast.disconnects).toEqual(['transport close']));
    expect(fast.told.filter(({ values }) => JSON.stringify(values).includes('rate_limited'))).toHaveLength(3);

    const beside = { headers: { 'x-forwarded-for': '192.0.2.1' } };
    await server.connect(`/ws/?token=${auth.token}`, [], beside);
    const told = new SocketIoClient(server.http, from('192.0.2.1'));
    const TOO_MANY = 'Too many connections. Please wait.';
    expect((await told.next('error'))[0]).toEqual({ message: TOO_MANY, code: 'too_many_connections' });
    await until(() => expect(told.disconnects).toEqual(['transport close']));
    await expect(SocketIoClient.connect(server.http, from('192.0.2.1'))).rejects.toThrow('websocket error');
    const answer = await fetch(`${server.http}/socket.io/?EIO=4&transport=polling`, beside);
    expect([answer.status, await answer.json()]).toEqual([429, { detail: TOO_MANY }]);
    await SocketIoClient.connect(server.http, from('192.0.2.2'));
  });

  it('[IO9] let in the pages that raw sockets let in', async () => {
    server = await startTestServer({ ALLOWED_ORIGINS: 'https://shop.example' });
    const ask = (origin: string) =>
      fetch(`${server.http}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
    expect((await ask('https://evil.example')).status).toBe(403);
    const allowed = await ask('https://shop.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });

  it('[IO11] a shutdown closes them so that they come back', async () => {
    server = await startTestServer();
    const auth = { token: await server.token('buyer1') };
    const clients: SocketIoClient[] = [];
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      clients.push(await SocketIoClient.connect(server.http, { auth, transports, reconnection: true }));
    }
    await server.stop();
    for (const { disconnects, socket } of clients) {
      await until(() => expect(disconnects).toHaveLength(1));
      expect(disconnects[0]).toMatch(/^transport /);
      expect(socket.active).toBe(true);
    }
    const { body } = await server.engines.metrics.page();
    expect(body).toContain('ringside_closes_total{route="socket.io /",code="restart"} 3');
  });
});
