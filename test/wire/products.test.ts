import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSale } from '../support/newSale.ts';
import { NO_RATES } from '../support/limits.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const RING = { product: 'Gold Ring', minBidPrice: 800, bidPrice: 1000, actualPrice: 1400 };
const CHAIN = { ...RING, product: 'Chain' };

describe('the product on the block', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(NO_RATES);
  });
  afterAll(() => server.stop());

  const connect = async (path: string, username: string) =>
    server.connect(`${path}?token=${await server.token(username)}`);
  /** A sale that is live, with its host and a viewer in the room. */
  const liveSale = async () => {
    const auctionId = await newSale(server);
    const [host, viewer] = [await connect('/ws/', 'baraka_host'), await connect('/ws/', 'buyer1')];
    host.send({ type: 'startLiveAuction', auctionId });
    await viewer.nextThat(({ type, data }) => type === 'auctionStarted' && data?.['id'] === auctionId);
    for (const client of [host, viewer]) {
      client.send({ type: 'joinAuction', auctionId });
      await client.nextOf('auctionState');
    }
    return { auctionId, host, viewer };
  };

  it('[GW16] is corrected by its own name: bids and comments stay, and the next bid minds the new minimum', async () => {
    const { auctionId, host, viewer } = await liveSale();
    const shopper = await server.watch(auctionId, 'buyer2');
    host.send({ type: 'changeCuurentProduct', auctionId, ...RING });
    viewer.send({ type: 'placeBid', auctionId, amount: 900 });
    viewer.send({ type: 'comment', auctionId, comment: 'Lovely' });
    await host.nextOf('newComment');
    host.send({ type: 'changeCuurentProduct', auctionId, ...RING, minBidPrice: 1200 });
    const corrected = await viewer.nextThat(({ data }) => data?.['minBidPrice'] === 1200);
    expect(corrected).toMatchObject({ type: 'auction_change_product', data: { product: 'Gold Ring' } });
    expect(await shopper.nextThat(({ seq }) => seq === corrected.seq)).toMatchObject({
      type: 'product_changed',
      data: { current_price: '900.00' },
    });
    viewer.send({ type: 'placeBid', auctionId, amount: 1100 });
    expect(await viewer.nextOf('error')).toMatchObject({
      code: 'below_minimum',
      message: 'Bid must be at least the minimum bid price (1200)',
    });
    const late = await connect('/ws/', 'buyer3');
    late.send({ type: 'joinAuction', auctionId });
    const { data: state } = await late.nextOf('auctionState');
    expect(state).toMatchObject({ auctionBids: [{ bid: 900 }], comments: [{ comment: 'Lovely' }] });
    late.send({ type: 'placeBid', auctionId, amount: 1200 });
    const { data } = await host.nextThat(({ type, seq }) => type === 'newBid' && seq !== 4);
    expect(data).toMatchObject({ auctionBids: [{ bid: 1200 }, { bid: 900 }] });
    expect((await server.engines.store.ledger.load(auctionId))?.round).toMatchObject({
      number: 2,
      totalBids: 2,
    });
  });

  it('[GW16] makes way for another in the next round, and the leader is told that the bid has lapsed', async () => {
    const { auctionId, host, viewer } = await liveSale();
    host.send({ type: 'changeCuurentProduct', auctionId, ...RING });
    viewer.send({ type: 'placeBid', auctionId, amount: 900 });
    await host.nextOf('newBid');
    host.send({ type: 'changeCuurentProduct', auctionId, ...CHAIN });
    expect((await viewer.nextOf('notification')).data).toMatchObject({
      notification_type: 'bid_lapsed',
      title: 'Your bid has lapsed',
      message: 'The host went on without awarding Gold Ring: your bid of Rs. 900.00 no longer counts',
      auction: auctionId,
    });
    viewer.send({ type: 'placeBid', auctionId, amount: 800 });
    const { data } = await host.nextThat(({ data: told }) => JSON.stringify(told).includes('"bid":800'));
    expect(data?.['auctionBids']).toHaveLength(1);
  });

  it('[GW17] has a description where its host gives one', async () => {
    const { auctionId, host, viewer } = await liveSale();
    const descriptionOf = async () => {
      const client = await connect('/ws/', 'buyer3');
      client.send({ type: 'joinAuction', auctionId });
      const { data } = await client.nextOf('auctionState');
      return (data?.['auction'] as { product_description: string | null }).product_description;
    };
    const put = async (fields: object) => {
      host.send({ type: 'changeCuurentProduct', auctionId, ...fields });
      return (await viewer.nextOf('auction_change_product')).data;
    };
    const described = { ...RING, product_description: 'A plain band.\nHallmarked.' };
    expect(await put(described)).toEqual({ auctionId, ...described });
    expect(await descriptionOf()).toBe(described.product_description);
    expect(await put({ ...RING, minBidPrice: 900 })).toEqual({ auctionId, ...described, minBidPrice: 900 });
    expect(await put(CHAIN)).toEqual({ auctionId, ...CHAIN });
    expect(await descriptionOf()).toBeNull();
    const ring = await connect(`/ws/ring/${auctionId}/`, 'baraka_host');
    const [minBid, bid, actual] = [1, 1, 1];
    const prices = { min_bid_price: minBid, bid_price: bid, actual_price: actual };
    ring.send({ type: 'change_product', product: 'Cup', product_description: 'Of silver.', ...prices });
    expect(await viewer.nextOf('auction_change_product')).toMatchObject({
      data: { product: 'Cup', product_description: 'Of silver.' },
    });
    expect(await descriptionOf()).toBe('Of silver.');
    const stored = await server.engines.store.catalogue.sales({}, { pageSize: 50 });
    expect(stored.rows.find(({ id }) => id === auctionId)?.productDescription).toBe('Of silver.');
    host.send({ type: 'changeCuurentProduct', auctionId, ...RING, product_description: 'x'.repeat(2_001) });
    expect(await host.nextOf('error')).toMatchObject({
      message: 'product_description must have at most 2000 characters',
    });
  });

  it('[GW18] must be there for a bid: there is none after an award', async () => {
    const { auctionId, host, viewer } = await liveSale();
    host.send({ type: 'awardingAuction', auctionId, product: 'Brooch', weight: '' });
    await viewer.nextOf('auctionEnded');
    viewer.send({ type: 'placeBid', auctionId, amount: 900, id: 1 });
    expect(await viewer.nextOf('error')).toMatchObject({
      message: 'No product is up for auction right now.',
      code: 'nothing_up',
      id: 1,
    });
    const shopper = await server.watch(auctionId, 'buyer2');
    shopper.send({ type: 'place_bid', amount: 900 });
    expect(await shopper.nextOf('error')).toMatchObject({ code: 'nothing_up' });
    host.send({ type: 'changeCuurentProduct', auctionId, ...RING });
    viewer.send({ type: 'placeBid', auctionId, amount: 900 });
    await viewer.nextOf('newBid');
  });
});
