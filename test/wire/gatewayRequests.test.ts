import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.ts';
import { NO_RATES } from '../support/limits.ts';
import { newSale } from '../support/newSale.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const anyTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const PRODUCT = { product: 'Silver Necklace – 925', minBidPrice: 800, bidPrice: 1000, actualPrice: 1400 };

describe('requests of the gateway', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(NO_RATES);
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

  it('[GW19] joins a sale that the same connection has just started, or ended, in that order', async () => {
    for (let round = 0; round < 10; round += 1) {
      const auctionId = await newSale(server);
      const host = await connect('baraka_host');
      emit(host, 'startLiveAuction', { auctionId });
      emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
      emit(host, 'joinAuction', { auctionId });
      const { data } = await host.nextOf('auctionState');
      expect(data?.['auction']).toMatchObject({ isLive: true, current_product: PRODUCT.product });
      emit(host, 'endAuction', { auctionId });
      emit(host, 'joinAuction', { auctionId });
      expect(await host.nextOf('error')).toMatchObject({ code: 'not_started' });
      expect(host.frames.filter(({ type }) => type === 'error')).toHaveLength(1);
      host.close();
    }
  });

  it('[GW19] tells a host who starts a live sale again that it has started, and no one else', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    host.send({ type: 'startLiveAuction', auctionId, id: 'again' });
    const { seq, data } = await host.nextOf('auctionStarted');
    expect(seq).toBe(3);
    expect(data).toMatchObject({ id: auctionId, isLive: true, current_product: PRODUCT.product });
    expect(await host.next()).toEqual({ type: 'ack', id: 'again', data: { ok: true } });
    const message = 'Unauthorized or Auction not found';
    emit(viewer, 'startLiveAuction', { auctionId });
    expect(await viewer.nextOf('error')).toMatchObject({ message });
    const started = viewer.frames.filter(
      (frame) => frame.type === 'auctionStarted' && frame.data?.['id'] === auctionId,
    );
    expect(started).toHaveLength(0);
  });

  it('[GW13] takes leaving a sale that was not joined in silence', async () => {
    const { auctionId } = await liveSale();
    const client = await connect('buyer1');
    emit(client, 'leaveAuction', { auctionId });
    client.send({ type: 'leaveAuction', auctionId, id: 1 });
    expect(await client.next()).toEqual({ type: 'ack', id: 1, data: { ok: true } });
    await client.settle();
    expect(client.frames.map(({ type }) => type)).toEqual(['ack', 'error']);
  });

  it('[GW14] says of a timed auction that it is no live sale', async () => {
    const client = await connect('buyer1');
    emit(client, 'joinAuction', { auctionId: 1 });
    expect(await client.nextOf('error')).toMatchObject({
      message: 'This auction is not a live sale.',
      code: 'not_live_sale',
    });
  });

  it('[GW12] numbers bids and comments by their seq, and tells times with milliseconds', async () => {
    const { auctionId, host, viewers } = await liveSale('buyer1');
    const [viewer] = viewers;
    if (viewer === undefined) throw new Error('no one joined');
    emit(host, 'changeCuurentProduct', { auctionId, ...PRODUCT });
    emit(viewer, 'placeBid', { auctionId, amount: 900 });
    const bid = await host.nextOf('newBid');
    expect(bid.data?.['newBid']).toMatchObject({ id: bid.seq, createdAt: anyTime, updatedAt: anyTime });
    emit(viewer, 'comment', { auctionId, comment: 'Great item!' });
    const comment = await host.nextOf('newComment');
    expect(comment.data?.['newComment']).toMatchObject({
      id: comment.seq,
      createdAt: anyTime,
      updatedAt: anyTime,
    });
    const late = await connect('buyer2');
    emit(late, 'joinAuction', { auctionId });
    const { data } = await late.nextOf('auctionState');
    expect(data).toMatchObject({ auctionBids: [{ id: bid.seq }], comments: [{ id: comment.seq }] });
    expect(data?.['auction']).toMatchObject({ expiryDate: anyTime, createdAt: anyTime, updatedAt: anyTime });
  });

  it('[GW15] takes an award with an empty weight, as with none', async () => {
    const { auctionId, host } = await liveSale();
    host.send({ type: 'awardingAuction', auctionId, product: 'Ring', weight: '', id: 'award' });
    expect(await host.nextOf('ack')).toMatchObject({ id: 'award', data: { ok: true } });
  });
});
