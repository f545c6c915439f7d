import { afterEach, describe, expect, it } from 'vitest';
import { isoSeconds } from '../../shared/time.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const SALE = {
  type: 'Live',
  title: 'A Night of Gold',
  description: 'Rings and chains.',
  actualPrice: 1400,
  minBidPrice: 800,
  bidPrice: 1000,
  image_url: '/media/auctions/gold.jpg',
  category_id: 4,
};

describe('an auction that was asked for before it was made', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it('[SA4] is there for its host at once', async () => {
    server = await startTestServer();
    const token = await server.token('baraka_host');
    const post = async () => {
      const response = await fetch(`${server.http}/api/auctions/`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...SALE, expiryDate: isoSeconds(server.engines.clock.nowMs() + 3_600_000) }),
      });
      expect(response.status).toBe(201);
      return ((await response.json()) as { readonly id: number }).id;
    };
    const next = (await post()) + 1;
    const host = await server.connect(`/ws/?token=${token}`);
    for (const type of ['startLiveAuction', 'joinAuction']) host.send({ type, data: { auctionId: next } });
    for (let refused = 0; refused < 2; refused += 1) {
      expect(await host.nextOf('error')).toMatchObject({ code: 'auction_not_found' });
    }
    expect(await post()).toBe(next);
    host.send({ type: 'startLiveAuction', id: 1, data: { auctionId: next } });
    expect(await host.nextOf('ack')).toMatchObject({ id: 1, data: { ok: true } });
  });
});
