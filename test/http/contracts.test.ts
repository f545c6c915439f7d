import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientMessage, serverMessage } from '../../shared/contracts/auctionSocket.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('the contract of the auction socket', () => {
  it('says of every message of the server what it is', async () => {
    const buyer1 = await server.watch(1, 'buyer1');
    const buyer2 = await server.watch(1, 'buyer2');
    buyer1.send({ type: 'place_bid', amount: 2600, id: 'first' });
    await buyer1.nextOf('bid_accepted');
    buyer2.send({ type: 'place_bid', amount: '2700.50', id: 2 });
    await buyer1.nextOf('notification');
    buyer1.send({ type: 'place_bid', amount: 1 });
    buyer1.send({ type: 'place_bid', amount: 1, id: 'low' });
    buyer1.send('not JSON');
    await buyer1.settle();
    const end = await fetch(`${server.http}/api/auctions/1/end/`, {
      method: 'POST',
      headers: { Authorization: `Token ${await server.token('kashmiri_crafts')}` },
    });
    expect(end.status).toBe(200);
    await buyer1.nextOf('auction_ended');
    const late = await server.watch(1, 'buyer3');

    const frames = [...buyer1.frames, ...buyer2.frames, ...late.frames];
    for (const frame of frames) expect(serverMessage.parse(frame)).toEqual(frame);
    expect(new Set(frames.map(({ type }) => type))).toEqual(
      new Set(['auction_status', 'bid_accepted', 'new_bid', 'notification', 'error', 'auction_ended']),
    );
  });

  it('knows the start of an auction', () => {
    const started = {
      type: 'auction_started',
      seq: 2,
      data: {
        auction_id: 5,
        status: 'active',
        current_price: '1200.00',
        start_time: '2025-10-27T10:00:00Z',
        end_time: '2025-10-29T23:27:00Z',
      },
    };
    expect(serverMessage.parse(started)).toEqual(started);
  });

  it.each([
    { type: 'new_bid', data: { bidder: 'buyer1', amount: '3000.00', time: '2025-10-27T18:45:00Z' } },
    { type: 'error', message: 'Auction not found' },
    {
      type: 'auction_ended',
      seq: 5,
      data: { auction_id: 1, winner: 'a', final_price: 3000, status: 'ended' },
    },
    { type: 'newBid' },
  ])('takes no message for what it is not: %j', (message) => {
    expect(serverMessage.safeParse(message).success).toBe(false);
  });

  it('reads a bid as the document writes it', () => {
    expect(clientMessage.parse({ type: 'place_bid', amount: 3000.0 })).toEqual({
      type: 'place_bid',
      amount: 300_000,
    });
    expect(clientMessage.parse({ type: 'place_bid', amount: '3000.50', id: 7 })).toMatchObject({ id: 7 });
    for (const message of [{ type: 'place_bid' }, { type: 'place_bid', amount: 1.234 }, { type: 'bid' }]) {
      expect(clientMessage.safeParse(message).success).toBe(false);
    }
  });
});
