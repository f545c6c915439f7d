import { afterEach, describe, expect, it } from 'vitest';
import { Outgoing } from '../../server/channels/message.ts';
import { auctionTopic } from '../../server/consumers/auction/messages.ts';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts';
import { NO_RATES } from '../support/limits.ts';
import { TRANSPORTS } from '../support/transports.ts';

describe.each(TRANSPORTS)('the limits over %s', (transport) => {
  let server: TestServer;
  afterEach(() => server.stop());

  const start = async (settings: Record<string, string> = {}) => {
    server = await startTestServer({ TRANSPORT: transport, ...settings });
    return server;
  };

  it('[LI1] takes a frame of 16 KiB and closes with 1009 at one byte more', async () => {
    await start();
    const client = await server.watch(1, 'buyer1');
    const frameOf = (bytes: number) => {
      const empty = JSON.stringify({ type: 'x', pad: '' });
      return JSON.stringify({ type: 'x', pad: 'p'.repeat(bytes - empty.length) });
    };
    client.send(frameOf(16 * 1024));
    expect(await client.next()).toMatchObject({ code: 'unknown_type' });
    client.send(frameOf(16 * 1024 + 1));
    expect((await client.closing).code).toBe(1009);
  });

  it('[LI2] closes a client that stops reading, while the others get everything', async () => {
    await start({ LIMIT_MAX_BUFFERED_BYTES: '65536' });
    const stalled = await server.watch(1, 'buyer1');
    const reader = await server.watch(1, 'buyer2');
    stalled.socket.pause();
    const frames = 400;
    const data = { user: 'buyer3', comment: 'x'.repeat(40_000), time: '2026-01-01T10:00:00Z' };
    for (let sent = 1; sent <= frames; sent += 1) {
      const load = new Outgoing({ type: 'comment', seq: sent, data });
      server.engines.transport.publish(auctionTopic(1), load);
      await reader.nextThat(({ type, seq }) => type === 'comment' && seq === sent);
    }
    expect(reader.frames.filter(({ type }) => type === 'comment')).toHaveLength(frames);
    const { body } = await until(async () => {
      const page = await server.engines.metrics.page();
      if (!/ringside_connections\{[^}]*\} 1$/m.test(page.body))
        throw new Error('the stalled socket is still there');
      return page;
    });
    expect(body).toMatch(/ringside_closes_total\{route="\/ws\/auction\/:id\/",code="\w+"\} 1/);
    stalled.socket.resume();
    expect((await stalled.closing).code).toBe(1006);
    expect(stalled.frames.filter(({ type }) => type === 'comment').length).toBeLessThan(frames);
    await reader.settle();
  });

  it('[LI3] says rate_limited to a client that speaks too fast, and closes with 4429 where it goes on', async () => {
    await start({ LIMIT_MESSAGE_BURST: '5', LIMIT_MESSAGES_PER_SECOND: '1', LIMIT_RATE_STRIKES: '3' });
    const client = await server.watch(1, 'buyer1');
    for (let sent = 0; sent < 8; sent += 1) client.send({ type: 'x', id: sent });
    expect((await client.closing).code).toBe(4429);
    expect(client.frames.filter(({ code }) => code === 'rate_limited').map(({ id }) => id)).toEqual([
      5, 6, 7,
    ]);
  });

  it('[LI3] answers each of 25 bids that come at once, and keeps the connection', async () => {
    await start({});
    const client = await server.watch(1, 'buyer1');
    for (let step = 0; step < 25; step += 1) {
      client.send({ type: 'place_bid', amount: step % 5 === 4 ? 1 : 3_000 + step, id: step });
    }
    const answered = new Set<unknown>();
    while (answered.size < 25) {
      const { id } = await client.nextThat(({ type }) => type === 'bid_accepted' || type === 'error');
      answered.add(id);
    }
    expect(answered).toEqual(new Set(Array.from({ length: 25 }, (_, step) => step)));
    await client.settle();
  });

  it('[LI4] answers HTTP 429 to an address that opens too many sockets', async () => {
    await start({ LIMIT_CONNECTIONS_PER_MINUTE: '3', TRUST_PROXY_HOPS: '1' });
    const token = await server.token('buyer1');
    const connectFrom = (address: string) =>
      server.connect(`/ws/auction/1/?token=${token}`, [], { headers: { 'x-forwarded-for': address } });
    for (let opened = 0; opened < 3; opened += 1) await connectFrom('forged, 192.0.2.1');
    await expect(connectFrom('192.0.2.1')).rejects.toThrow('HTTP 429');
    expect((await (await connectFrom('192.0.2.2')).next()).type).toBe('auction_status');
  });

  const neverIdentified: TestServerOptions = {
    identity: () => ({ identify: () => new Promise(() => undefined) }),
  };

  it('[LI5] closes with 4408 when the token is not verified in time', async () => {
    server = await startTestServer({ TRANSPORT: transport, LIMIT_IDENTITY_WAIT_MS: '200' }, neverIdentified);
    const patient = await server.connect('/ws/auction/1/?token=T');
    expect(await patient.next()).toMatchObject({ code: 'identity_timeout' });
    expect((await patient.closing).code).toBe(4408);
  });

  it('[LI5] closes with 4408 when too much is sent before the token is verified', async () => {
    server = await startTestServer(
      { TRANSPORT: transport, LIMIT_IDENTITY_WAIT_MS: '3600000' },
      neverIdentified,
    );
    const eager = await server.connect('/ws/auction/1/?token=T');
    for (let sent = 0; sent < 3; sent += 1) eager.send({ type: 'x', pad: 'x'.repeat(12_000) });
    expect(await eager.next()).toMatchObject({ code: 'too_early' });
    expect((await eager.closing).code).toBe(4408);
  });

  it('[LI6] pings a silent client and closes with 4408 one that does not answer', async () => {
    await start({ LIMIT_PING_EVERY_MS: '500', LIMIT_IDLE_MS: '2500' });
    const path = `/ws/auction/1/?token=${await server.token('buyer1')}`;
    const deaf = await server.connect(path, [], { autoPong: false });
    const alive = await server.connect(path);
    expect((await deaf.closing).code).toBe(4408);
    alive.send({ type: 'x' });
    expect(await alive.nextOf('error')).toMatchObject({ code: 'unknown_type' });
  });

  it('[LI7] refuses busy when too many commands wait for one auction, and answers every one', async () => {
    await start({ ...NO_RATES, LIMIT_LANE_COMMANDS: '3' });
    const client = await server.watch(1, 'buyer1');
    const bids = 200;
    for (let sent = 0; sent < bids; sent += 1)
      client.send({ type: 'place_bid', amount: 3000 + sent, id: sent });
    const answers = new Map<unknown, string | undefined>();
    while (answers.size < bids) {
      const frame = await client.nextThat(({ id }) => id !== undefined);
      expect(answers.has(frame.id)).toBe(false);
      answers.set(frame.id, frame.code ?? 'accepted');
    }
    expect(new Set(answers.values())).toEqual(new Set(['accepted', 'busy']));
  });

  it('[LI8] switches a limit off with 0', async () => {
    await start({ ...NO_RATES, LIMIT_MAX_FRAME_BYTES: '0' });
    const client = await server.watch(1, 'buyer1');
    for (let sent = 0; sent < 60; sent += 1) client.send({ type: 'x', id: sent });
    client.send({ type: 'y', pad: 'p'.repeat(100_000) });
    expect(await client.nextThat(({ message }) => message === 'Unknown message type: y')).toBeDefined();
    expect(client.frames.filter(({ code }) => code === 'rate_limited')).toEqual([]);
  });

  it('[CO8] turns down pages of other origins where origins are bounded, and unknown paths', async () => {
    await start({ ALLOWED_ORIGINS: 'https://shop.example, same.example' });
    const path = `/ws/auction/1/?token=${await server.token('buyer1')}`;
    await expect(server.connect(path, [], { origin: 'https://evil.example' })).rejects.toThrow('HTTP 403');
    await expect(server.connect('/ws/nothing/')).rejects.toThrow('HTTP 404');
    expect((await (await server.connect(path, [], { origin: 'https://shop.example' })).next()).type).toBe(
      'auction_status',
    );
    expect((await (await server.connect(path)).next()).type).toBe('auction_status');
  });

  it('[CO8] lets pages of the same host in, and of no other, by default in production', async () => {
    await start({ ALLOWED_ORIGINS: 'same-host' });
    const path = `/ws/auction/1/?token=${await server.token('buyer1')}`;
    const own = await server.connect(path, [], { origin: `http://127.0.0.1:${server.port}` });
    expect((await own.next()).type).toBe('auction_status');
    await expect(server.connect(path, [], { origin: 'http://127.0.0.1:1' })).rejects.toThrow('HTTP 403');
    await expect(server.connect(path, [], { origin: 'null' })).rejects.toThrow('HTTP 403');
  });
});
