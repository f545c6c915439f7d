import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/processes.ts';
import { RawSocket, upgradeRequest } from '../../support/rawSocket.ts';
import { HANDSHAKE, SocketIoClient } from '../../support/socketIoClient.ts';
import {
  type CreateTransport,
  frame,
  type Peer,
  startTransport,
  type TransportHarness,
} from './transportHarness.ts';

/** The ways to talk that a client may be told to use. */
const CARRIERS = ['websocket', 'polling'];

type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** A client of Socket.IO, seen from both sides. */
export async function join(
  harness: TransportHarness,
  options: ClientOptions = {},
  namespace = '/',
): Promise<{ client: SocketIoClient; peer: Peer }> {
  const client = await SocketIoClient.connect(`http://127.0.0.1:${harness.port}${namespace}`, options);
  const peer = harness.peers.at(-1);
  if (peer === undefined) throw new Error('The server knows of no socket');
  return { client, peer };
}

/** The same client in another namespace, on the same connection. */
export async function joinAlso({ socket: { io } }: SocketIoClient, namespace: string): Promise<Socket> {
  const socket = io.socket(namespace);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Opens a connection by polling, without the library; joins nothing. */
export async function poll(harness: TransportHarness): Promise<{ readonly sid: string }> {
  const text = await (await harness.fetch(HANDSHAKE.polling)).text();
  return JSON.parse(text.slice(1)) as { readonly sid: string };
}

/** The texts that a client was told, in order. */
export function textsOf(client: SocketIoClient): unknown[] {
  return client.told.map(({ values }) => values[0]);
}

/** Socket.IO next to the raw sockets. */
export function socketIoContract(create: CreateTransport): void {
  describe('an event of Socket.IO', () => eventContract(create));
  describe('a topic with clients of Socket.IO', () => topicContract(create));
  describe('a handshake of Socket.IO', () => handshakeContract(create));
}

function eventContract(create: CreateTransport): void {
  it.each(CARRIERS)('[IO3] travels both ways with its one argument, in order (%s)', async (carrier) => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness, { transports: [carrier] });
    const names = Array.from({ length: 50 }, (_, index) => `event ${index}`);
    for (const [index, name] of names.entries()) client.socket.emit(name, { index, text: 'ä€😀' });
    await until(() => expect(peer.events).toHaveLength(50));
    expect(peer.events.map(({ name }) => name)).toEqual(names);
    expect(peer.events[7]).toEqual({
      name: 'event 7',
      payload: { index: 7, text: 'ä€😀' },
      sizeBytes: Buffer.byteLength('2["event 7",{"index":7,"text":"ä€😀"}]'),
      isTooDeep: false,
      acknowledge: null,
    });
    for (const name of names) peer.socket.send({ text: '', name, values: [{ name, seq: 1 }] });
    peer.socket.send({ text: '', name: 'error', values: [{ message: 'a\ud800b' }] });
    expect(await client.next('error')).toEqual([{ message: 'a\ud800b' }]);
    expect(client.told.slice(0, 50)).toEqual(names.map((name) => ({ name, values: [{ name, seq: 1 }] })));
  });

  it.each(CARRIERS)('[IO4] is acknowledged where its client wants to know (%s)', async (carrier) => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness, { transports: [carrier] });
    peer.onEvent = ({ payload, acknowledge }) => {
      acknowledge?.(payload === undefined ? { ok: false, error: 'No', code: 'no' } : { ok: true, seq: 7 });
    };
    expect(await client.ask('bid', { amount: 1 })).toEqual({ ok: true, seq: 7 });
    expect(await client.ask('bid')).toEqual({ ok: false, error: 'No', code: 'no' });
  });

  it.each([
    { what: 'a number for a name', packet: '42[5,{}]', name: '5' },
    { what: 'the name of an event of its own', packet: '42["error",{}]', name: 'error' },
    { what: 'no payload', packet: '42["__proto__"]', name: '__proto__' },
  ])('may have $what', async ({ packet, name }) => {
    const harness = await startTransport(create);
    const raw = harness.dial(HANDSHAKE.websocket);
    await raw.receive(1);
    raw.send('40');
    await raw.receive(2);
    raw.send(packet);
    await until(() => expect(harness.peers[0]?.events).toMatchObject([{ name }]));
    expect(harness.peers[0]?.closes).toEqual([]);
  });

  it.each(['', '9', '40{', '42', '42{}', '43', '451-["x"]', '42/nowhere,["x"]', 'x', '44[]'])(
    'that is none (%j) costs nobody else anything',
    async (packet) => {
      const harness = await startTransport(create);
      const { client, peer } = await join(harness);
      const raw = harness.dial(HANDSHAKE.websocket);
      await raw.receive(1);
      raw.send(packet);
      client.socket.emit('still here');
      await until(() => expect(peer.events).toHaveLength(1));
    },
  );
}

function topicContract(create: CreateTransport): void {
  it('[IO5] reaches raw sockets, WebSockets and those who poll, each as their kind carries it', async () => {
    const harness = await startTransport(create);
    const raw = await harness.connect();
    const one = await join(harness);
    const two = await join(harness, { transports: ['polling'] });
    const three = await join(harness, {}, '/refusing');
    for (const { peer } of [raw, one, two, three]) peer.socket.subscribe('hall');
    const texts = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(index)}`);
    for (const text of texts) harness.transport.publish('hall', frame(text));
    expect(await raw.client.receive(texts.length)).toEqual(texts);
    for (const { client } of [one, two, three]) await until(() => expect(textsOf(client)).toEqual(texts));
  });

  it.each(CARRIERS)(
    '[IO6] and what is sent to one socket keep the order of their calls (%s)',
    async (carrier) => {
      const harness = await startTransport(create);
      const { client, peer } = await join(harness, { transports: [carrier] });
      harness.transport.publish('hall', frame('too early'));
      peer.socket.subscribe('hall');
      peer.socket.subscribe('hall');
      const texts = Array.from({ length: 90 }, (_, index) => `${index} ${'x'.repeat((index % 9) * 1_000)}`);
      texts.forEach((text, index) => {
        if (index % 3 === 0) peer.socket.send(frame(text));
        else harness.transport.publish('hall', frame(text));
      });
      peer.socket.unsubscribe('hall');
      harness.transport.publish('hall', frame('too late'));
      peer.socket.send(frame('end'));
      await until(() => expect(textsOf(client)).toEqual([...texts, 'end']));
    },
  );

  it('[IO6] misses and doubles nothing while a client goes over from polling to a WebSocket', async () => {
    const harness = await startTransport(create);
    harness.prepare = (peer) => {
      peer.onOpened = (socket) => socket.subscribe('hall');
    };
    const { client, peer } = await join(harness, { transports: ['polling', 'websocket'] });
    const sent: string[] = [];
    for (let after = 0; after < 100; after += client.carrier === 'websocket' ? 1 : 0) {
      sent.push(`${sent.length}`);
      if (sent.length % 5 === 0) peer.socket.send(frame(`${sent.length - 1}`));
      else harness.transport.publish('hall', frame(`${sent.length - 1}`));
      await nextTurn();
    }
    await until(() => expect(client.told).toHaveLength(sent.length));
    expect(textsOf(client)).toEqual(sent);
    peer.socket.unsubscribe('hall');
    harness.transport.publish('hall', frame('too late'));
    peer.socket.send(frame('end'));
    await until(() => expect(textsOf(client)).toEqual([...sent, 'end']));
  });

  it('is left with its namespace, though the connection stays, and nothing of it comes later', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness);
    await joinAlso(client, '/refusing');
    const [, other] = harness.peers;
    for (const peer of harness.peers) peer.socket.subscribe('hall');
    client.socket.disconnect();
    await until(() => expect(peer.closes).toEqual([1000]));
    harness.transport.publish('hall', frame('unheard'));
    await new Promise<void>((resolve) => client.socket.connect().once('connect', resolve));
    harness.peers.at(-1)?.socket.send(frame('welcome back'));
    await until(() => expect(textsOf(client)).toEqual(['welcome back']));
    expect(other?.closes).toEqual([]);
  });

  it('[IO10] is its own server’s, whatever others there are in the process', async () => {
    const harnesses = [await startTransport(create), await startTransport(create)];
    const clients: SocketIoClient[] = [];
    for (const harness of harnesses) {
      for (const transports of [['websocket'], ['polling']]) {
        const { client, peer } = await join(harness, { transports });
        peer.socket.subscribe('hall');
        clients.push(client);
      }
    }
    const [one, two] = harnesses;
    one?.transport.publish('hall', frame('one'));
    await one?.transport.close();
    two?.transport.publish('hall', frame('two'));
    two?.peers.forEach(({ socket }) => socket.send(frame('end')));
    await until(() => {
      expect(clients.map(textsOf)).toEqual([['one'], ['one'], ['two', 'end'], ['two', 'end']]);
    });
  });
}

function handshakeContract(create: CreateTransport): void {
  it.each(CARRIERS)('tells whence it comes, and what its client says for itself (%s)', async (carrier) => {
    const harness = await startTransport(create);
    const auth = { token: 'T', more: [1] };
    await join(harness, {
      auth,
      transports: [carrier],
      query: { x: 'y z' },
      extraHeaders: { 'X-Name': 'value' },
    });
    const [arrival] = harness.arrivals;
    expect(arrival?.namespace).toBe('/');
    expect(arrival?.auth).toEqual(auth);
    expect(arrival?.request.path).toBe('/socket.io/');
    expect(arrival?.request.query.get('x')).toBe('y z');
    expect(arrival?.request.header('x-name')).toBe('value');
    expect(arrival?.request.remoteAddress).toBe('127.0.0.1');
    expect(harness.requests).toEqual([]);
  });

  it('[IO8] tells a client the limits', async () => {
    const harness = await startTransport(create, {
      limits: { maxFrameBytes: 5_000, pingEveryMs: 2_000, idleMs: 9_000 },
    });
    const text = await (await harness.fetch(HANDSHAKE.polling)).text();
    expect(JSON.parse(text.slice(1))).toMatchObject({
      pingInterval: 2_000,
      pingTimeout: 7_000,
      maxPayload: 5_000,
      upgrades: ['websocket'],
    });
  });

  it('[IO8] is turned down with its HTTP answer, and asked about once', async () => {
    const asked: string[] = [];
    const harness = await startTransport(create, {
      socketIo: {
        turnDown: (request) => {
          asked.push(request.query.get('transport') ?? '');
          return { accept: false, status: 429, detail: 'Too many' };
        },
      },
    });
    const answer = await harness.fetch(HANDSHAKE.polling);
    expect([answer.status, await answer.json()]).toEqual([429, { detail: 'Too many' }]);
    await expect(join(harness)).rejects.toThrow('websocket error');
    await expect(join(harness, { transports: ['polling'] })).rejects.toThrow('xhr poll error');
    expect(asked).toEqual(['polling', 'websocket', 'polling']);
    expect(harness.arrivals).toEqual([]);
  });

  it.each(['&sid=x&sid=', '#&sid=x', '&sid=', '&transport=polling&sid'])(
    '[IO8] is asked about however its address may be read (%s)',
    async (more) => {
      const harness = await startTransport(create, {
        socketIo: { turnDown: () => ({ accept: false, status: 429, detail: 'Too many' }) },
      });
      for (const [path, request] of [
        [HANDSHAKE.polling, (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
        [HANDSHAKE.websocket, (target: string) => upgradeRequest(target)],
      ] as const) {
        const client = await RawSocket.connect(harness.port);
        client.write(request(`${path}${more}`));
        expect(await client.receive('\r\n\r\n')).toMatch(/^HTTP\/1.1 4/);
        client.destroy();
      }
      expect(harness.arrivals).toEqual([]);
    },
  );

  it('that says polling and wants a WebSocket is turned down, and costs nobody else anything', async () => {
    const harness = await startTransport(create);
    const { sid } = await poll(harness);
    for (const path of [HANDSHAKE.polling, `${HANDSHAKE.polling}&sid=${sid}`, '/socket.io/?EIO=4']) {
      const client = await RawSocket.connect(harness.port);
      client.write(upgradeRequest(path));
      await client.closed;
      expect(client.received.toString()).toMatch(/^HTTP\/1.1 400 /);
    }
    await join(harness);
  });

  it('[IO9] says which pages may read the answer, before it and with it', async () => {
    const headers = { Origin: 'https://shop.example', 'Access-Control-Request-Headers': 'authorization' };
    const [open, picky] = [
      await startTransport(create),
      await startTransport(create, { socketIo: { isOpenToAllOrigins: false } }),
    ];
    const cases = [
      [open, '*'],
      [picky, 'https://shop.example'],
    ] as const;
    for (const [harness, allowed] of cases) {
      const before = await harness.fetch(HANDSHAKE.polling, { method: 'OPTIONS', headers });
      expect(before.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(before.headers.get('access-control-allow-headers')).toBe('authorization');
      const answer = await harness.fetch(HANDSHAKE.polling, { headers });
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    }
  });

  it('[IO13] finds the library for its page next to it', async () => {
    const harness = await startTransport(create);
    const script = await harness.fetch('/socket.io/socket.io.js');
    expect(script.headers.get('content-type')).toContain('application/javascript');
    expect(await script.text()).toContain('Socket.IO');
    for (const path of ['/socket.io/nowhere.js', '/socket.io', '/socket.io/../package.json']) {
      expect((await harness.fetch(path)).status).toBeGreaterThanOrEqual(400);
    }
  });
}
