import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverMessage } from '../../shared/contracts/ringSocket.ts';
import { breaches } from '../support/contracts.ts';
import { NO_RATES } from '../support/limits.ts';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { SocketIoClient, type Told } from '../support/socketIoClient.ts';
import { TRANSPORTS } from '../support/transports.ts';

type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** The frame of a raw socket that an event is: what stands next to `data` there is inside the payload here. */
function asFrame({ name: type, values: [payload] }: Told): unknown {
  if (type === 'error') return { type, ...(payload as object) };
  const { seq, server_time, ...data } = payload as Record<string, unknown>;
  return {
    type,
    ...(seq === undefined ? {} : { seq }),
    ...(server_time === undefined ? {} : { server_time }),
    data,
  };
}

describe.each(TRANSPORTS)('rings for Socket.IO clients over %s', (transport) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      TRANSPORT: transport,
      ...NO_RATES,
      LIMIT_RING_PAUSE_AFTER_MS: '400',
      LIMIT_RING_CLOSE_AFTER_MS: '3600000',
      LIMIT_AUCTIONEER_IDLE_MS: '3000',
    });
  });
  afterAll(() => server.stop());

  /** A session of that ring; `null`: the public. */
  const enter = async (ringId: number, username: string | null, options: ClientOptions = {}) => {
    const auth = username === null ? {} : { auth: { token: await server.token(username) } };
    return SocketIoClient.connect(`${server.http}/ring`, { query: { ring_id: ringId }, ...auth, ...options });
  };
  const firstOf = async (client: SocketIoClient, name: string) => (await client.next(name))[0];

  it('[IO15] [RG16] serve the auctioneer, bidders and the public with the messages of raw sockets', async () => {
    const guest = await enter(7, null);
    expect(await firstOf(guest, 'ring_status')).toMatchObject({
      ring_id: 7,
      status: 'scheduled',
      role: 'public',
      session_id: guest.socket.id,
    });
    const auctioneer = await enter(7, 'baraka_host', { transports: ['polling'] });
    expect(await firstOf(auctioneer, 'ring_status')).toMatchObject({
      role: 'auctioneer',
      session_id: auctioneer.socket.id,
    });
    expect(await firstOf(guest, 'ring_live')).toMatchObject({ ring_id: 7, is_live: true });
    const bidder = await enter(7, 'buyer1');
    expect(await firstOf(bidder, 'ring_status')).toMatchObject({ role: 'bidder', user_count: 3 });
    const raw = await server.connect('/ws/ring/7/');
    const { data } = await raw.nextOf('ring_status');
    expect(data).toMatchObject({ role: 'public', session_id: expect.stringMatching(/./) as unknown });

    expect(await guest.ask('place_bid', { amount: 900_000 })).toMatchObject({ code: 'sign_in_required' });
    expect(await bidder.ask('place_bid', { amount: 900_000 })).toMatchObject({ ok: true });
    const [told] = await guest.next('new_bid');
    const { seq, ...bid } = told as { readonly seq: number };
    expect(await raw.nextOf('new_bid')).toMatchObject({ seq, data: bid });
    expect(await bidder.ask('leave')).toEqual({ ok: true });
    expect(await bidder.ask('comment', { comment: 'Hello' })).toMatchObject({ code: 'not_joined' });

    auctioneer.socket.disconnect();
    expect(await firstOf(guest, 'ring_paused')).toMatchObject({ is_auctioneer_disconnected: true });
    await raw.nextOf('ring_paused');
    const frames = [guest, auctioneer, bidder].flatMap(({ told }) => told).map(asFrame);
    expect(breaches(serverMessage, frames)).toEqual([]);
  });

  it('[IO15] turn away a bad token and a ring that is not there, and take the ring from auth too', async () => {
    const token = await server.token('buyer1');
    const refused = new SocketIoClient(`${server.http}/ring`, {
      query: { ring_id: 7 },
      auth: { token: 'nonsense' },
    });
    expect(await firstOf(refused, 'error')).toMatchObject({ code: 'token_invalid' });
    await until(() => expect(refused.disconnects).toEqual(['io server disconnect']));
    for (const query of [{ ring_id: '999' }, { ring_id: 'x' }, {}]) {
      const lost = new SocketIoClient(`${server.http}/ring`, { query, auth: { token } });
      expect(await firstOf(lost, 'error')).toMatchObject({ code: 'auction_not_found' });
      await until(() => expect(lost.disconnects).toEqual(['io server disconnect']));
    }
    const named = await SocketIoClient.connect(`${server.http}/ring`, { auth: { token, ring_id: 7 } });
    expect(await firstOf(named, 'ring_status')).toMatchObject({ ring_id: 7, role: 'bidder' });
  });

  it('[RG15] [IO15] find out an auctioneer who is silent, and keep one who answers', async () => {
    const watcher = await enter(8, null);
    const alive = await enter(8, 'baraka_host');
    await watcher.next('ring_live');
    const frozen = await enter(8, 'baraka_host');
    await frozen.next('ring_status');
    // Its heartbeats are not answered any more, as on a machine that sleeps.
    Object.assign(frozen.socket.io.engine, { _sendPacket: () => undefined });
    await until(() => expect(frozen.disconnects).toHaveLength(1));
    expect(await alive.ask('pause_ring')).toMatchObject({ ok: true });
    expect(alive.disconnects).toEqual([]);
  });
});
