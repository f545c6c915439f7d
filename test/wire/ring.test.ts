import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Frame, TestClient } from '../support/client.ts';
import { NO_RATES } from '../support/limits.ts';
import { startMainBackend } from '../support/mainBackend.ts';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { TRANSPORTS } from '../support/transports.ts';

const RING = 7;
const anyTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const LIVE = { status: 'active', is_live: true, paused: false, is_auctioneer_disconnected: false };
const LOST = { status: 'active', is_live: false, paused: true, is_auctioneer_disconnected: true };

describe.each(TRANSPORTS)('the sale ring over %s', (transport) => {
  let server: TestServer;
  afterEach(() => server.stop());

  const start = async (settings: Record<string, string> = {}) => {
    server = await startTestServer({
      TRANSPORT: transport,
      ...NO_RATES,
      LIMIT_RING_PAUSE_AFTER_MS: '400',
      LIMIT_RING_CLOSE_AFTER_MS: '3600000',
      ...settings,
    });
  };
  /** A session of the ring, with its `ring_status` read; `null`: the public. */
  const enter = async (username: string | null): Promise<{ client: TestClient; status: Frame }> => {
    const query = username === null ? '' : `?token=${await server.token(username)}`;
    const client = await server.connect(`/ws/ring/${RING}/${query}`);
    return { client, status: await client.nextOf('ring_status') };
  };

  it('[RG1] the auctioneer makes the ring live; bidders take part; the public watches only', async () => {
    await start();
    const { client: guest, status } = await enter(null);
    expect(status).toMatchObject({
      data: {
        ring_id: RING,
        status: 'scheduled',
        is_live: false,
        paused: false,
        is_auctioneer_disconnected: false,
        auctioneer: { username: 'baraka_host' },
        latest_bids: [],
        latest_comments: [],
        user_count: 1,
      },
    });
    const { client: auctioneer } = await enter('baraka_host');
    expect(await guest.nextOf('ring_live')).toMatchObject({ data: { ring_id: RING, ...LIVE } });
    const { client: bidder, status: live } = await enter('buyer1');
    expect(live).toMatchObject({ data: { ...LIVE, user_count: 3 } });

    auctioneer.send({
      type: 'change_product',
      product: 'Silver Necklace',
      min_bid_price: 800,
      bid_price: '1000.00',
      actual_price: 1400,
      id: 'p',
    });
    expect(await guest.nextOf('product_changed')).toMatchObject({
      data: {
        product: 'Silver Necklace',
        min_bid_price: '800.00',
        bid_price: '1000.00',
        actual_price: '1400.00',
      },
    });
    expect(await auctioneer.nextOf('ack')).toMatchObject({ id: 'p', data: { ok: true } });
    bidder.send({ type: 'place_bid', amount: 900 });
    expect((await guest.nextOf('new_bid')).data).toEqual({
      bidder: 'buyer1',
      amount: '900.00',
      time: anyTime,
      current_price: '900.00',
    });
    bidder.send({ type: 'comment', comment: 'Mine!' });
    expect((await guest.nextOf('new_comment')).data).toEqual({
      user: 'buyer1',
      comment: 'Mine!',
      time: anyTime,
    });
    auctioneer.send({ type: 'award', product: 'Silver Necklace', weight: '9 g' });
    expect((await guest.nextOf('product_awarded')).data).toMatchObject({
      product: 'Silver Necklace',
      weight: '9 g',
      winning_bid: { bidder: 'buyer1', amount: '900.00' },
    });

    for (const message of [
      { type: 'place_bid', amount: 5000, id: 1 },
      { type: 'stop_ring', id: 1 },
    ]) {
      guest.send(message);
      expect(await guest.nextOf('error')).toMatchObject({ message: 'Sign in to take part', id: 1 });
    }
    bidder.send({ type: 'stop_ring' });
    expect(await bidder.nextOf('error')).toMatchObject({ code: 'not_seller' });
    bidder.send({ type: 'change_product', product: 'x' });
    expect(await bidder.nextOf('error')).toMatchObject({
      message: 'min_bid_price is required',
      code: 'invalid_message',
    });
  });

  it('[RG1] refuses a bad token and does not make a guest of it; an unknown ring is not found', async () => {
    await start();
    const refused = await server.connect(`/ws/ring/${RING}/?token=nonsense`);
    expect(await refused.next()).toMatchObject({ type: 'error', code: 'token_invalid' });
    expect((await refused.closing).code).toBe(4401);
    for (const id of ['999', '1', 'abc']) {
      const lost = await server.connect(`/ws/ring/${id}/`);
      expect(await lost.next()).toMatchObject({ type: 'error', message: 'Auction not found' });
      expect((await lost.closing).code).toBe(4404);
    }
  });

  it('[RG8] counts every join, leave and disconnect', async () => {
    await start();
    const { client: watcher } = await enter(null);
    const { client: bidder } = await enter('buyer1');
    const count = async (user_count: number) =>
      expect(
        (
          await watcher.nextThat(
            ({ type, data }) => type === 'user_count' && data?.['user_count'] === user_count,
          )
        ).data,
      ).toEqual({ ring_id: RING, user_count });
    await count(2);
    bidder.send({ type: 'leave', id: 'l' });
    await count(1);
    expect(await bidder.nextOf('ack')).toMatchObject({ id: 'l' });
    bidder.send({ type: 'join' });
    await count(2);
    expect((await bidder.nextOf('ring_status')).data).toMatchObject({ user_count: 2 });
    bidder.socket.terminate();
    await count(1);
  });

  it('[RG15] an auctioneer whose connection is dead and not closed is found out', async () => {
    await start({ LIMIT_AUCTIONEER_IDLE_MS: '3000' });
    const { client: watcher } = await enter(null);
    const path = `/ws/ring/${RING}/?token=`;
    const frozen = await server.connect(path + (await server.token('baraka_host')), [], { autoPong: false });
    await watcher.nextOf('ring_live');
    const bidder = await server.connect(path + (await server.token('buyer1')), [], { autoPong: false });
    expect((await frozen.closing).code).toBe(4408);
    expect((await watcher.nextOf('ring_paused')).data).toMatchObject(LOST);

    const { client: alive } = await enter('baraka_host');
    await watcher.nextOf('ring_resumed');
    const dead = await server.connect(path + (await server.token('baraka_host')), [], { autoPong: false });
    expect((await dead.closing).code).toBe(4408);
    alive.send({ type: 'pause_ring', id: 'p' });
    expect(await alive.nextOf('ack')).toMatchObject({ id: 'p' });
    bidder.send({ type: 'leave', id: 'l' });
    expect(await bidder.nextOf('ack')).toMatchObject({ id: 'l' });
  });

  it('[RG9] a session that has left the ring bids, comments and directs no more until it joins again', async () => {
    await start();
    const { client: watcher } = await enter(null);
    const { client: auctioneer } = await enter('baraka_host');
    const { client: bidder } = await enter('buyer1');
    const refusalOf = async (client: TestClient, message: object) => {
      client.send({ ...message, id: 'r' });
      return (await client.nextOf('error'))['code'];
    };
    bidder.send({ type: 'leave' });
    expect(await refusalOf(bidder, { type: 'place_bid', amount: 900_000 })).toBe('not_joined');
    expect(await refusalOf(bidder, { type: 'comment', comment: 'Hello' })).toBe('not_joined');

    auctioneer.send({ type: 'leave' });
    await watcher.nextOf('ring_paused');
    for (const type of ['resume_ring', 'pause_ring', 'stop_ring', 'end_auction', 'cancel_auction']) {
      expect(await refusalOf(auctioneer, { type })).toBe('not_joined');
    }
    expect(await refusalOf(auctioneer, { type: 'award', product: 'x' })).toBe('not_joined');
    const { status } = await enter(null);
    expect(status.data).toMatchObject(LOST);

    auctioneer.send({ type: 'join' });
    expect((await watcher.nextOf('ring_resumed')).data).toMatchObject(LIVE);
    auctioneer.send({ type: 'pause_ring', id: 'p' });
    expect(await auctioneer.nextOf('ack')).toMatchObject({ id: 'p' });
  });

  it('[RG2] a tab that is reloaded leaves no trace but the counts', async () => {
    await start({ LIMIT_RING_PAUSE_AFTER_MS: '1800000' });
    const { client: watcher } = await enter(null);
    const first = await enter('baraka_host');
    await watcher.nextOf('ring_live');
    first.client.socket.terminate();
    await watcher.nextThat(({ type, data }) => type === 'user_count' && data?.['user_count'] === 1);
    const second = await enter('baraka_host');
    await second.client.settle();
    await watcher.settle();
    const names = watcher.frames.map(({ type }) => type);
    expect(names.filter((name) => name !== 'user_count')).toEqual([
      'ring_status',
      'auction_started',
      'ring_live',
      'error',
    ]);
  });

  it('[RG3] tells everyone, in every protocol, that the auctioneer is lost, and that they are back', async () => {
    await start();
    const { client: watcher } = await enter(null);
    const { client: bidder } = await enter('buyer1');
    const first = await enter('baraka_host');
    await watcher.nextOf('ring_live');
    const shopper = await server.watch(RING, 'buyer2');
    first.client.socket.terminate();
    expect((await watcher.nextOf('ring_paused')).data).toMatchObject({
      ...LOST,
      reason: 'auctioneer_disconnected',
    });
    expect(await shopper.nextOf('auction_paused')).toMatchObject({
      data: { reason: 'auctioneer_disconnected' },
    });
    bidder.send({ type: 'place_bid', amount: 5000 });
    expect(await bidder.nextOf('error')).toMatchObject({ message: 'Auction is paused' });

    const second = await enter('baraka_host');
    expect(second.status.data).toMatchObject(LOST);
    expect((await watcher.nextOf('ring_resumed')).data).toMatchObject(LIVE);
    await shopper.nextOf('auction_resumed');
  });

  it('[RG3] [RG4] [RG14] tells everyone, in every protocol, that the auctioneer is lost for good', async () => {
    await start({ LIMIT_RING_CLOSE_AFTER_MS: '1000' });
    const { client: watcher } = await enter(null);
    const { client: auctioneer } = await enter('baraka_host');
    await watcher.nextOf('ring_live');
    const shopper = await server.watch(RING, 'buyer2');
    const { client: leader } = await enter('buyer1');
    leader.send({ type: 'place_bid', amount: 999_999 });
    await watcher.nextOf('new_bid');
    auctioneer.send({ type: 'leave' });
    expect((await watcher.nextOf('ring_paused')).data).toMatchObject(LOST);
    expect((await watcher.nextOf('ring_closed')).data).toMatchObject({
      reason: 'auctioneer_disconnected',
      is_closed: true,
      is_live: false,
    });
    expect((await watcher.nextOf('auction_ended')).data).toMatchObject({ status: 'ended' });
    expect(await shopper.nextOf('auction_ended')).toMatchObject({ data: { status: 'ended' } });
    expect((await leader.nextOf('notification')).data).toMatchObject({
      notification_type: 'lot_not_awarded',
      auction: RING,
    });
    const third = await enter('baraka_host');
    expect(third.status.data).toMatchObject({ is_closed: true });
    expect(await third.client.nextOf('error')).toMatchObject({ code: 'already_ended' });
  });

  it.each([
    ['cancel_auction', 'cancelled', 'cancelled'],
    ['end_auction', 'ended', 'stopped'],
    ['stop_ring', 'ended', 'stopped'],
  ])(
    '[RG10] %s tells the ring closed with the status and the flags that are then true',
    async (type, status, reason) => {
      const backend = await startMainBackend();
      onTestFinished(() => backend.stop());
      await start({ RING_CLOSED_WEBHOOK_URL: backend.url });
      const { client: auctioneer } = await enter('baraka_host');
      const { client: watcher } = await enter(null);
      auctioneer.send({ type });
      const flags = {
        status,
        is_live: false,
        paused: false,
        is_auctioneer_disconnected: false,
        is_closed: true,
      };
      expect((await watcher.nextOf('ring_closed')).data).toEqual({ ring_id: RING, ...flags, reason });
      expect((await watcher.nextOf(`auction_${status}`)).data).toEqual({ ring_id: RING, ...flags });
      await until(() => expect(backend.received).toHaveLength(1));
      expect(JSON.parse(backend.received[0]?.body ?? '')).toMatchObject({
        ring_id: RING,
        status,
        cause: reason,
      });
    },
  );

  it('[RG1] the auctioneer pauses, resumes and stops the ring', async () => {
    await start();
    const { client: auctioneer } = await enter('baraka_host');
    const { client: bidder } = await enter('buyer1');
    auctioneer.send({ type: 'pause_ring' });
    expect((await bidder.nextOf('ring_paused')).data).toMatchObject({
      paused: true,
      is_live: true,
      reason: 'host',
    });
    bidder.send({ type: 'place_bid', amount: 5000 });
    expect(await bidder.nextOf('error')).toMatchObject({ message: 'Auction is paused' });
    auctioneer.send({ type: 'resume_ring' });
    await bidder.nextOf('ring_resumed');
    auctioneer.send({ type: 'stop_ring' });
    expect((await bidder.nextOf('ring_closed')).data).toMatchObject({ reason: 'stopped', is_closed: true });
  });
});
