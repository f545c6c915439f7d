import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.ts';
import { NO_RATES } from '../support/limits.ts';
import { newSale } from '../support/newSale.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { TRANSPORTS } from '../support/transports.ts';

const anyTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const anyNumber: unknown = expect.any(Number);
const anyText: unknown = expect.any(String);
const PRODUCT = { product: 'Silver Necklace – 925', minBidPrice: 800, bidPrice: 1000, actualPrice: 1400 };

describe.each(TRANSPORTS)('the gateway over %s', (transport) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ TRANSPORT: transport, ...NO_RATES });
  });
  afterAll(() => server.stop());

  const connect = async (username: string) => server.connect(`/ws/?token=${await server.token(username)}`);
  const emit = (client: TestClient, type: string, data: object) => client.send({ type, data });
  /** A live sale's host, connected, with the sale live; and viewers who have joined it. */
  const liveSale = async (...usernames: string[]) => {
    const auctionId = await newSale(server);
    const host = await connect('baraka_host');
    emit(host, 'startLiveAuction', { auctionId });
    await host.nextThat(({ type, data }) => type === 'auctionStarted' && data?.['id'] === auctionId);
    const join = async (client: TestClient) => {
      emit(client, 'joinAuction', { auctionId });
      await client.nextOf('userCountUpdate');
      return client;
    };
    await join(host);
    const viewers: TestClient[] = [];
    for (const username of usernames) viewers.push(await join(await connect(username)));
    return { auctionId, host, viewers };
  };

  it('[GW1] says what is wrong with a token in the document’s words, and disconnects', async () => {
    const cases = [
      ['/ws/', 'No token provided'],
      ['/ws/?token=nonsense', 'Invalid or expired token'],
      [`/ws/?token=${await server.token('buyer1', -1_000)}`, 'Invalid or expired token'],
    ] as const;
    for (const [path, message] of cases) {
      const client = await server.connect(path);
      expect(await client.next()).toMatchObject({ type: 'error', message, data: { message } });
      expect((await client.closing).code).toBe(4401);
    }
  });

  it('[GW2] tells every connection of the gateway that a sale has started, with the whole model', async () => {
    const auctionId = await newSale(server);
    const [host, stranger] = [await connect('baraka_host'), await connect('buyer1')];
    emit(host, 'startLiveAuction', { auctionId });
    const { data } = await stranger.nextThat((frame) => frame.data?.['id'] === auctionId);
    expect(data).toEqual({
      id: auctionId,
      title: 'Evening sale',
      description: 'Rings and necklaces.',
      type: 'Live',
      current_product: 'Brooch',
      product_description: null,
      actualPrice: 700,
      minBidPrice: 500,
      bidPrice: 600,
      quantity: 1,
      expiryDate: anyTime,
      startDate: null,
      isLive: true,
      isExpired: false,
      isCanceled: false,
      isEnded: false,
      image_url: '/media/sale.jpg',
      user_id: anyNumber,
      winning_user_id: null,
      category_id: 1,
      createdAt: anyTime,
      updatedAt: anyTime,
    });
  });

  it('[GW3] tells the room product, bids and comments with their lists, each in the documented shape', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1', 'buyer2');
    const [first, second] = viewers;
    if (first === undefined || second === undefined) throw new Error('no one joined');
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    expect((await second.nextOf('auction_change_product')).data).toEqual({ auctionId, ...PRODUCT });
    emit(first, 'placeBid', { auctionId, amount: 800 });
    await second.nextOf('newBid');
    emit(second, 'placeBid', { auctionId, amount: 1500.5, userId: 1 });
    const user = { id: 2, name: anyText, type: 'Normal', number: anyText };
    const newBid = {
      id: anyNumber,
      auction_id: auctionId,
      user_id: 2,
      bid: 1500.5,
      createdAt: anyTime,
      updatedAt: anyTime,
      user,
    };
    const { data } = await host.nextThat((frame) => JSON.stringify(frame.data).includes('1500.5'));
    expect(data).toEqual({
      newBid,
      auctionBids: [newBid, expect.objectContaining({ bid: 800, user_id: 1 })],
    });

    emit(second, 'comment', { auctionId, comment: ' Great item! ' });
    await host.nextOf('newComment');
    first.send({ type: 'comment', auctionId, userId: 99, comment: 'Starting the bidding.' });
    const comments = await host.nextOf('newComment');
    const newComment = {
      id: anyNumber,
      auction_id: auctionId,
      user_id: 1,
      comment: 'Starting the bidding.',
      createdAt: anyTime,
      updatedAt: anyTime,
      user: { ...user, id: 1 },
    };
    expect(comments.data).toEqual({
      newComment,
      comments: [expect.objectContaining({ comment: 'Great item!', user_id: 2 }), newComment],
    });
  });

  it('[GW4] awards to the highest bidder, clears the lists, and goes on with the next product', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    emit(viewer, 'comment', { auctionId, comment: 'Mine!' });
    await host.nextOf('newComment');
    emit(viewer, 'placeBid', { auctionId, amount: 900 });
    await host.nextOf('newBid');
    host.send({
      type: 'awardingAuction',
      auctionId,
      product: 'Gold Ring – 18K',
      weight: '5.2g',
      id: 'award',
    });
    const { data } = await viewer.nextOf('auctionEnded');
    expect(data).toMatchObject({
      auction: {
        id: auctionId,
        isLive: true,
        current_product: null,
        minBidPrice: 0,
        winning_user_id: 1,
        Auction_bids: [],
        Auction_comments: [],
      },
      winningBid: { bid: 900, user_id: 1 },
      winningUser: { id: 1 },
    });
    expect(await host.nextOf('ack')).toMatchObject({ id: 'award', data: { ok: true, seq: anyNumber } });
    expect(await viewer.nextOf('notification')).toMatchObject({ data: { notification_type: 'auction_won' } });
    const winnings = await server.engines.store.winnings.list(1, { pageSize: 10 });
    expect(winnings.rows.find((row) => row.auctionId === auctionId)).toMatchObject({
      product: 'Gold Ring – 18K',
      price: 90_000,
      weight: '5.2g',
      isSold: false,
    });
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    emit(viewer, 'placeBid', { auctionId, amount: 850 });
    const next = await host.nextThat(({ type }) => type === 'newBid');
    expect(next.data?.['auctionBids']).toHaveLength(1);
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT, product: 'Unloved' });
    host.send({ type: 'awardingAuction', data: { auctionId, product: 'Unloved' } });
    expect((await viewer.nextOf('auctionEnded')).data).toMatchObject({ winningBid: null, winningUser: null });
  });

  it('[GW5] ends and cancels with the documented messages', async () => {
    const ended = await liveSale('buyer1');
    emit(ended.host, 'endAuction', { auctionId: ended.auctionId });
    expect((await ended.viewers[0]?.nextOf('auctionFinished'))?.data).toEqual({
      auctionId: ended.auctionId,
      message: 'The auction has been ended.',
    });
    const cancelled = await liveSale('buyer1');
    emit(cancelled.host, 'cancelAuction', { auctionId: cancelled.auctionId });
    expect((await cancelled.viewers[0]?.nextOf('auctionCanceled'))?.data).toEqual({
      auctionId: cancelled.auctionId,
      message: 'The auction has been canceled.',
    });
    const left = await liveSale('buyer1');
    emit(left.host, 'broadCasterLeave', { auctionId: left.auctionId });
    expect((await left.viewers[0]?.nextOf('broadCasterLeft'))?.data).toEqual({ auctionId: left.auctionId });
  });

  it('[GW6] counts connections on join, leave and disconnect, and tells the room', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1', 'buyer1');
    const [one, two] = viewers;
    if (one === undefined || two === undefined) throw new Error('no one joined');
    const count = async (userCount: number) => {
      const { data } = await host.nextThat(
        ({ type, data: told }) => type === 'userCountUpdate' && told?.['userCount'] === userCount,
      );
      expect(data).toEqual({ auctionId, userCount });
    };
    await count(3);
    emit(one, 'leaveAuction', { auctionId });
    await count(2);
    two.socket.terminate();
    await count(1);
  });

  it('[GW7] provokes every documented error, and nothing changes state', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    const scheduled = await newSale(server);
    const stateOf = () => server.engines.store.ledger.load(auctionId);
    emit(viewer, 'placeBid', { auctionId, amount: 900 });
    await viewer.nextOf('newBid');
    const before = await stateOf();
    const cases: [TestClient, string, object, string][] = [
      [viewer, 'startLiveAuction', { auctionId: scheduled }, 'Unauthorized or Auction not found'],
      [viewer, 'startLiveAuction', { auctionId: 9999 }, 'Unauthorized or Auction not found'],
      [viewer, 'joinAuction', { auctionId: scheduled }, 'Auction has not started yet.'],
      [viewer, 'joinAuction', { auctionId: 9999 }, 'Auction not found!'],
      [viewer, 'joinAuction', { auctionId: 1 }, 'This auction is not a live sale.'],
      [viewer, 'placeBid', { auctionId, amount: 900 }, 'Bid must be higher than the current bid (900)'],
      [viewer, 'placeBid', { auctionId, amount: 899.99 }, 'Bid must be higher than the current bid (900)'],
      [viewer, 'placeBid', { auctionId: 9999, amount: 5 }, 'Auction not found!'],
      [viewer, 'placeBid', { auctionId: scheduled, amount: 5000 }, 'Auction has not started yet.'],
      [host, 'placeBid', { auctionId, amount: 5000 }, 'You cannot bid on your own auction'],
      [host, 'cancelAuction', { auctionId: scheduled }, 'You only cancel live auctions!'],
      [viewer, 'cancelAuction', { auctionId }, 'You are not allowed to cancel this auction!'],
      [viewer, 'endAuction', { auctionId }, 'You are not allowed to end the auction'],
      [viewer, 'awardingAuction', { auctionId, product: 'Ring' }, 'You are not allowed to end the auction'],
      [host, 'awardingAuction', { auctionId: scheduled, product: 'Ring' }, 'Auction could not be ended.'],
      [host, 'changeCuurentProduct', { auctionId: scheduled, ...PRODUCT }, 'Auction could not be ended.'],
      [viewer, 'changeCuurentProduct', { auctionId, ...PRODUCT }, 'Auction could not be ended.'],
      [viewer, 'broadCasterLeave', { auctionId }, 'Unauthorized or Auction not found'],
      [viewer, 'muteUser', { auctionId, userId: 2 }, 'Unauthorized or Auction not found'],
      [viewer, 'comment', { auctionId: scheduled, comment: 'Hello?' }, 'Auction has not started yet.'],
    ];
    for (const [client, event, payload, message] of cases) {
      emit(client, event, payload);
      const answer = await client.nextOf('error');
      expect([event, answer.message]).toEqual([event, message]);
      expect(answer.data).toMatchObject({ message });
    }
    expect(await stateOf()).toEqual(before);

    emit(host, 'endAuction', { auctionId });
    await viewer.nextOf('auctionFinished');
    emit(host, 'endAuction', { auctionId });
    expect(await host.nextOf('error')).toMatchObject({ message: 'Auction is already Ended' });
    emit(viewer, 'placeBid', { auctionId, amount: 5000 });
    expect(await viewer.nextOf('error')).toMatchObject({ message: 'Auction is already Ended' });
    const other = await liveSale();
    emit(other.host, 'cancelAuction', { auctionId: other.auctionId });
    await other.host.nextOf('auctionCanceled');
    emit(other.host, 'cancelAuction', { auctionId: other.auctionId });
    expect(await other.host.nextOf('error')).toMatchObject({ message: 'Auction is already canceled' });
  });

  it('[GW8] names what is wrong with a payload, and nothing changes state', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    const before = await server.engines.store.ledger.load(auctionId);
    const cases: [string, object, string][] = [
      ['placeBid', { amount: 5 }, 'auctionId must be a positive whole number'],
      ['placeBid', { auctionId: 'x', amount: 5 }, 'auctionId must be a positive whole number'],
      ['placeBid', { auctionId: 1.5, amount: 5 }, 'auctionId must be a positive whole number'],
      ['placeBid', { auctionId }, 'amount is required'],
      ['placeBid', { auctionId, amount: -5 }, 'amount must be a positive number with at most two decimals'],
      [
        'placeBid',
        { auctionId, amount: 5.001 },
        'amount must be a positive number with at most two decimals',
      ],
      ['placeBid', { auctionId, amount: 1e15 }, 'amount must be at most 999999999999.99'],
      ['comment', { auctionId }, 'comment is required'],
      ['comment', { auctionId, comment: '   ' }, 'comment is required'],
      ['comment', { auctionId, comment: 7 }, 'comment must be a string'],
      ['comment', { auctionId, comment: 'x'.repeat(501) }, 'comment must have at most 500 characters'],
      [
        'changeCuurentProduct',
        { auctionId, ...PRODUCT, product: 'x'.repeat(201) },
        'product must have at most 200 characters',
      ],
      [
        'changeCuurentProduct',
        { auctionId, ...PRODUCT, bidPrice: 'lots' },
        'bidPrice must be a positive number with at most two decimals',
      ],
      ['awardingAuction', { auctionId }, 'product is required'],
      ['awardingAuction', { auctionId, product: 'Ring', weight: 5 }, 'weight must be a string'],
      ['dance', { auctionId }, 'Unknown message type: dance'],
      ['__proto__', { auctionId }, 'Unknown message type: __proto__'],
    ];
    for (const [event, payload, message] of cases) {
      emit(host, event, payload);
      expect(await host.nextOf('error')).toMatchObject({ message });
    }
    expect(await server.engines.store.ledger.load(auctionId)).toEqual(before);
    emit(viewer, 'placeBid', { auctionId, amount: 499.99 });
    expect(await viewer.nextOf('error')).toMatchObject({
      message: 'Bid must be at least the minimum bid price (500)',
    });
  });

  it('[GW9] shows a sale to both protocols, each in its own words', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    const shopper = await server.watch(auctionId, 'buyer2');
    expect(shopper.frames[0]).toMatchObject({ data: { status: 'active', current_price: '500.00' } });
    emit(viewer, 'placeBid', { auctionId, amount: 700 });
    expect(await shopper.nextOf('new_bid')).toMatchObject({ data: { bidder: 'buyer1', amount: '700.00' } });
    shopper.send({ type: 'place_bid', amount: 750 });
    await viewer.nextThat(({ data }) => JSON.stringify(data?.['newBid'] ?? '').includes('750'));
    expect(await viewer.nextOf('notification')).toMatchObject({ data: { notification_type: 'bid_outbid' } });
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    expect(await shopper.nextOf('product_changed')).toMatchObject({ data: { product: PRODUCT.product } });
    emit(viewer, 'comment', { auctionId, comment: 'Hello' });
    expect(await shopper.nextOf('comment')).toMatchObject({ data: { user: 'buyer1', comment: 'Hello' } });
    emit(host, 'awardingAuction', { auctionId, product: 'Ring' });
    expect(await shopper.nextOf('product_awarded')).toMatchObject({ data: { winner: null } });
    const seqs = shopper.frames.flatMap(({ seq }) => seq ?? []);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  });

  it('[GW10] lets the host mute a user, and limits how fast anybody comments', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1', 'buyer2');
    const [noisy, calm] = viewers;
    if (noisy === undefined || calm === undefined) throw new Error('no one joined');
    emit(host, 'muteUser', { auctionId, userId: 1 });
    expect((await calm.nextOf('userMuted')).data).toEqual({ auctionId, userId: 1, isMuted: true });
    emit(noisy, 'comment', { auctionId, comment: 'Hey' });
    expect(await noisy.nextOf('error')).toMatchObject({ code: 'muted' });
    emit(host, 'muteUser', { auctionId, userId: 1, muted: false });
    await calm.nextOf('userMuted');
    emit(noisy, 'comment', { auctionId, comment: 'Thanks' });
    expect((await calm.nextOf('newComment')).data).toMatchObject({ newComment: { comment: 'Thanks' } });
  });

  it('[GW11] gives whoever joins the current state first, and the stream without a hole', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    const joining: TestClient[] = [];
    for (let step = 0; step < 60; step += 1) {
      emit(viewer, 'placeBid', { auctionId, amount: 800 + step });
      if (step % 6 === 0) {
        const client = await connect('buyer3');
        emit(client, 'joinAuction', { auctionId });
        joining.push(client);
      }
    }
    for (const client of joining) {
      const state = await client.nextOf('auctionState');
      const bids = state.data?.['auctionBids'] as { bid: number }[];
      if (bids[0]?.bid !== 859)
        await client.nextThat(({ data }) => JSON.stringify(data?.['newBid'] ?? '').includes('"bid":859,'));
      const seqs = client.frames.flatMap(({ type, seq }) =>
        type === 'newBid' || type === 'auctionState' ? (seq ?? []) : [],
      );
      expect(seqs).toEqual(seqs.map((_, index) => (state.seq ?? 0) + index));
    }
  });
});
