import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe.each(['sqlite', 'mysql'])('the life of an auction on %s', (kind) => {
  const mariadbUrl = inject('mariadbUrl');
  const suite = kind === 'mysql' && mariadbUrl === null ? it.skip : it;
  let server: TestServer;
  beforeAll(async () => {
    if (kind === 'mysql' && mariadbUrl === null) return;
    const database = kind === 'mysql' && mariadbUrl !== null ? await createDatabase(mariadbUrl) : '';
    server = await startTestServer({ DATABASE_URL: database });
  });
  afterAll(() => server.stop());

  const auctionEndingIn = async (startsInMs: number, endsInMs: number) => {
    const { store, clock } = server.engines;
    const seller = await store.accounts.byUsername('kashmiri_crafts');
    const nowMs = clock.nowMs();
    const request = {
      name: 'Brass Lamp',
      description: 'A lamp of brass.',
      condition: 'good',
      category: 'Home',
      images: [],
      starting_price: '10.00',
      start_time: new Date(nowMs + startsInMs).toISOString(),
      end_time: new Date(nowMs + endsInMs).toISOString(),
    };
    expect(seller?.role).toBe('seller');
    const response = await fetch(`${server.http}/api/auctions/`, {
      method: 'POST',
      headers: {
        authorization: `Token ${await server.token('kashmiri_crafts')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(request),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { auction_id: number }).auction_id;
  };
  const notificationsOf = async (username: string, auctionId: number) => {
    const response = await fetch(`${server.http}/api/notifications/`, {
      headers: { authorization: `Bearer ${await server.token(username)}` },
    });
    const { results } = (await response.json()) as {
      results: { notification_type: string; auction: { id: number } }[];
    };
    return results.filter(({ auction }) => auction.id === auctionId).map((row) => row.notification_type);
  };

  suite('[EN3] [EN1] starts by itself, tells its watchers, takes bids, and ends by itself', async () => {
    const auctionId = await auctionEndingIn(1_000, 2_800);
    const client = await server.watch(auctionId, 'buyer1');
    expect(client.frames[0]?.data).toMatchObject({ status: 'scheduled', is_active: false });
    client.send({ type: 'place_bid', amount: 11 });
    expect(await client.nextOf('error')).toMatchObject({ message: 'Auction is not active' });
    expect(await client.nextOf('auction_started')).toMatchObject({ data: { status: 'active' } });
    client.send({ type: 'place_bid', amount: 11 });
    await client.nextOf('new_bid');
    expect(await client.nextOf('auction_ended')).toMatchObject({
      data: { auction_id: auctionId, winner: 'buyer1', final_price: '11.00', status: 'ended' },
    });
    client.send({ type: 'place_bid', amount: 12 });
    expect(await client.nextOf('error')).toMatchObject({ message: 'Auction is not active' });

    const late = await server.watch(auctionId, 'buyer2');
    const winner = await server.engines.store.accounts.byUsername('buyer1');
    expect(late.frames[0]?.data).toMatchObject({
      status: 'ended',
      is_active: false,
      winner: { id: winner?.id, username: 'buyer1' },
    });
    expect(await notificationsOf('buyer1', auctionId)).toEqual(['auction_won']);
    expect(await notificationsOf('kashmiri_crafts', auctionId)).toEqual(['auction_sold']);
  });

  suite('[EN2] ends when its seller says so, once, and nobody else may', async () => {
    const auctionId = await auctionEndingIn(-1_000, 60_000);
    const client = await server.watch(auctionId, 'buyer1');
    if (client.frames[0]?.data?.['status'] === 'scheduled') await client.nextOf('auction_started');
    const end = async (username: string) => {
      const authorization = `Token ${await server.token(username)}`;
      const url = `${server.http}/api/auctions/${auctionId}/end/`;
      return (await fetch(url, { method: 'POST', headers: { authorization } })).status;
    };
    expect(await end('buyer1')).toBe(403);
    const answers = await Promise.all([end('kashmiri_crafts'), end('kashmiri_crafts')]);
    expect(answers.sort()).toEqual([200, 400]);
    await client.nextOf('auction_ended');
    await client.settle();
    expect(client.frames.filter(({ type }) => type === 'auction_ended')).toHaveLength(1);
    expect(await notificationsOf('kashmiri_crafts', auctionId)).toEqual(['auction_unsold']);
  });

  suite(
    '[EN5] tells those who bid and did not win that it has ended, wherever they are connected',
    async () => {
      const auctionId = await auctionEndingIn(-1_000, 60_000);
      const [loser, winner] = [
        await server.watch(auctionId, 'buyer4'),
        await server.watch(auctionId, 'buyer5'),
      ];
      if (loser.frames[0]?.data?.['status'] === 'scheduled') await loser.nextOf('auction_started');
      loser.send({ type: 'place_bid', amount: 11 });
      await winner.nextOf('new_bid');
      winner.send({ type: 'place_bid', amount: 12 });
      await loser.nextOf('notification');
      const authorization = `Token ${await server.token('kashmiri_crafts')}`;
      await fetch(`${server.http}/api/auctions/${auctionId}/end/`, {
        method: 'POST',
        headers: { authorization },
      });
      expect(await loser.nextOf('notification')).toMatchObject({
        data: {
          notification_type: 'auction_lost',
          title: 'The auction has ended',
          message: 'Brass Lamp went to another bidder for Rs. 12.00',
          auction: auctionId,
        },
      });
      expect(await notificationsOf('buyer4', auctionId)).toEqual(['auction_lost', 'bid_outbid']);
      expect(await notificationsOf('buyer5', auctionId)).toEqual(['auction_won']);
      const letter = await until(async () => {
        const found = (await server.engines.mailbox?.list())?.find(
          ({ to, subject }) =>
            to === 'buyer4@example.com' && subject === 'The auction for Brass Lamp has ended',
        );
        return found ?? expect.unreachable('the letter did not come');
      });
      expect(letter.text).toContain(`Final price: Rs. 12.00`);
      expect(letter.text).toContain(`/?auction=${auctionId}`);
    },
  );

  suite('[OU5] sends the outbid letter: the first at once', async () => {
    const { mailbox, store } = server.engines;
    const [first, second] = [await server.watch(1, 'buyer7'), await server.watch(1, 'buyer8')];
    first.send({ type: 'place_bid', amount: 2600 });
    await second.nextOf('new_bid');
    second.send({ type: 'place_bid', amount: 3000 });
    const buyer = await store.accounts.byUsername('buyer7');
    const letter = await until(async () => {
      const found = (await mailbox?.list())?.find(({ to }) => to === buyer?.email);
      if (found === undefined) throw new Error('the letter did not come');
      return found;
    });
    expect(letter.subject).toBe('You have been outbid on Handwoven Pashmina Shawl');
    expect(letter.text).toContain('Dear buyer7,');
    expect(letter.text).toContain('New highest bid: Rs. 3000.00');
    expect(letter.html).toContain('3000.00');
  });
});
