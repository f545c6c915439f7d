import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../server/ports/transport.ts';
import { until } from '../../support/processes.ts';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { HANDSHAKE, SocketIoClient } from '../../support/socketIoClient.ts';
import { join, joinAlso, poll, textsOf } from './socketIo.ts';
import {
  type CreateTransport,
  frame,
  type Peer,
  startTransport,
  type TransportHarness,
} from './transportHarness.ts';

/** How clients of Socket.IO are let in and how their sockets end. */
export function socketIoEndContract(create: CreateTransport): void {
  describe('a namespace that refuses', () => refusalContract(create));
  describe('a socket of Socket.IO that ends', () => endContract(create));
  describe('a client of Socket.IO that does not read', () => bufferContract(create));
  describe('connections of Socket.IO', () => connectionContract(create));
}

const TOO_MANY = { code: 'too_many', message: 'Too many connection attempts. Please wait.' };

/** A client that is still connecting, and its peer, not let in yet. */
async function knock(
  harness: TransportHarness,
  options = {},
): Promise<{ client: SocketIoClient; peer: Peer }> {
  harness.prepare = (peer) => {
    peer.onOpened = () => undefined;
  };
  const client = new SocketIoClient(`http://127.0.0.1:${harness.port}/refusing`, options);
  const peer = await until(() => {
    const last = harness.peers.at(-1);
    if (last === undefined) throw new Error('nobody has come');
    return last;
  });
  return { client, peer };
}

function refusalContract(create: CreateTransport): void {
  it.each(['websocket', 'polling'])('[IO12] tells why, and its handlers once (%s)', async (carrier) => {
    const harness = await startTransport(create);
    const { client, peer } = await knock(harness, { transports: [carrier] });
    const refused = client.connected();
    peer.socket.send(frame('unheard'));
    peer.socket.close(4429, 'too many', TOO_MANY);
    peer.socket.admitted();
    await expect(refused).rejects.toMatchObject({ message: TOO_MANY.message, data: { code: 'too_many' } });
    await until(() => expect(peer.closes).toEqual([4429]));
    expect(client.told).toEqual([]);
  });

  it('[IO12] keeps what is sent and published until the client is let in, and then misses nothing', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await knock(harness);
    peer.socket.send(frame('1'));
    peer.socket.subscribe('hall');
    peer.socket.subscribe('left');
    harness.transport.publish('hall', frame('2'));
    peer.socket.unsubscribe('left');
    harness.transport.publish('left', frame('not this'));
    await nextTurn();
    peer.socket.admitted();
    harness.transport.publish('hall', frame('3'));
    peer.socket.send(frame('4'));
    await client.connected();
    harness.transport.publish('hall', frame('5'));
    await until(() => expect(textsOf(client)).toEqual(['1', '2', '3', '4', '5']));
  });

  it('hears of a client that goes while it connects', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await knock(harness);
    client.socket.io.engine.close();
    await until(() => expect(peer.closes).toEqual([1006]));
    peer.socket.admitted();
    peer.socket.close(4403, 'forbidden', TOO_MANY);
    peer.socket.send(frame('unheard'));
    await harness.transport.close();
    expect(peer.closes).toEqual([1006]);
  });

  it('lets nobody in who has gone by then', async () => {
    const harness = await startTransport(create);
    const { sid } = await poll(harness);
    const body = ['40/refusing,', '1'].join('\u001e');
    await harness.fetch(`${HANDSHAKE.polling}&sid=${sid}`, { method: 'POST', body });
    const { client } = await knock(harness);
    expect(harness.arrivals).toHaveLength(1);
    client.socket.close();
    await until(() => expect(harness.peers.map(({ closes }) => closes)).toEqual([[1006]]));
  });

  it('[IO6] has a client once that connects twice', async () => {
    const harness = await startTransport(create);
    harness.prepare = (peer) => {
      peer.onOpened = (socket) => socket.subscribe('hall');
    };
    const raw = harness.dial(HANDSHAKE.websocket);
    await raw.receive(1);
    raw.send('40/refusing,');
    raw.send('40/refusing,');
    await until(() => expect(harness.peers.map(({ closes }) => closes)).toEqual([[1006], []]));
    harness.peers[1]?.socket.admitted();
    await raw.receive(3);
    harness.transport.publish('hall', frame('once'));
    raw.send('42/refusing,["heard"]');
    await until(() => expect(harness.peers.map(({ events }) => events.length)).toEqual([0, 1]));
    expect(raw.messages.slice(3)).toEqual(['42/refusing,["said","once"]']);
  });

  it('closes without a cause so that the client comes back', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await knock(harness, { reconnection: true, reconnectionDelay: 1 });
    harness.prepare = () => undefined;
    peer.socket.close(1012, 'server is restarting');
    await client.connected();
    expect(peer.closes).toEqual([1012]);
    expect(harness.peers).toHaveLength(2);
  });
}

function useEveryMethod(socket: Socket): void {
  socket.send(frame('after the end'));
  socket.subscribe('hall');
  socket.unsubscribe('hall');
  socket.subscribe('hall');
  socket.ping();
  socket.admitted();
  socket.close(1000, 'again');
  socket.terminate();
}

const ENDS = ['websocket', 'polling'].flatMap((carrier) => [
  { carrier, code: 4401, reason: 'io server disconnect', comesBack: false },
  { carrier, code: 4404, reason: 'io server disconnect', comesBack: false },
  { carrier, code: 1012, reason: 'transport close', comesBack: true },
  { carrier, code: 4429, reason: 'transport close', comesBack: true },
]);

function endContract(create: CreateTransport): void {
  it.each(ENDS)(
    '[IO11] by $code over $carrier is told the last words first; it comes back: $comesBack',
    async ({ carrier, code, reason, comesBack }) => {
      const harness = await startTransport(create);
      const options = { transports: [carrier], reconnection: true, reconnectionDelay: 1 };
      const { client, peer } = await join(harness, options);
      peer.socket.subscribe('hall');
      peer.socket.send(frame('first'));
      harness.transport.publish('hall', frame('second'));
      peer.socket.close(code, 'the end');
      expect(peer.closes).toEqual([]);
      useEveryMethod(peer.socket);
      harness.transport.publish('hall', frame('too late'));
      await until(() => expect(client.disconnects).toEqual([reason]));
      expect(textsOf(client)).toEqual(['first', 'second']);
      expect(client.socket.active).toBe(comesBack);
      if (comesBack) await client.connected();
      else await until(() => expect(client.socket.io.engine.readyState).toBe('closed'));
      useEveryMethod(peer.socket);
      expect(peer.closes).toEqual([code]);
      expect(harness.peers).toHaveLength(comesBack ? 2 : 1);
    },
  );

  it('reads nothing more, and acknowledges nothing', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness);
    peer.onEvent = ({ acknowledge }) => {
      peer.socket.close(4400, 'bad request');
      acknowledge?.({ ok: true });
    };
    const answers: unknown[] = [];
    client.socket.emit('one', (answer: unknown) => answers.push(answer));
    client.socket.emit('two');
    await until(() => expect(client.disconnects).toHaveLength(1));
    expect(peer.events.map(({ name }) => name)).toEqual(['one']);
    expect([answers, peer.closes]).toEqual([[], [4400]]);
  });

  it('[IO11] closes nothing but itself when its client is told to leave', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness);
    const other = await joinAlso(client, '/refusing');
    peer.socket.close(4401, 'unauthenticated');
    await until(() => expect(client.disconnects).toEqual(['io server disconnect']));
    other.emit('still here');
    await until(() => expect(harness.peers[1]?.events).toHaveLength(1));
    expect(harness.peers.map(({ closes }) => closes)).toEqual([[4401], []]);
  });

  it.each([
    { how: 'disconnects', end: ({ socket }: SocketIoClient) => socket.disconnect(), code: 1000 },
    { how: 'goes without a word', end: ({ socket }: SocketIoClient) => socket.io.engine.close(), code: 1006 },
  ])('tells its handlers once when its client $how', async ({ end, code }) => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness);
    client.socket.emit('last words');
    await until(() => expect(peer.events).toHaveLength(1));
    end(client);
    await until(() => expect(peer.closes).toEqual([code]));
    useEveryMethod(peer.socket);
    await harness.transport.close();
    expect(peer.closes).toEqual([code]);
  });

  it('by terminate is gone at once', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await join(harness);
    peer.socket.terminate();
    useEveryMethod(peer.socket);
    await until(() => expect(client.disconnects).toHaveLength(1));
    expect(peer.closes).toEqual([1006]);
  });
}

function bufferContract(create: CreateTransport): void {
  it.each(['publish', 'send'] as const)(
    '[IO7] is closed, by WebSocket and by polling, while the others miss nothing (%s)',
    async (how) => {
      const harness = await startTransport(create, { limits: { maxBufferedBytes: 100_000 } });
      const healthy = await join(harness);
      const raw = await RawSocket.upgrade(harness.port, HANDSHAKE.websocket);
      raw.write(clientFrame('text', '40'));
      await raw.receive('40{"sid"');
      raw.stall();
      const { sid } = await poll(harness);
      await harness.fetch(`${HANDSHAKE.polling}&sid=${sid}`, { method: 'POST', body: '40' });
      await until(() => expect(harness.peers).toHaveLength(3));
      for (const { socket } of harness.peers) socket.subscribe('hall');
      const [, stalled, poller] = harness.peers;
      const sent: string[] = [];
      while (stalled?.closes.length === 0 || poller?.closes.length === 0) {
        const text = `${sent.length} ${'x'.repeat(600_000)}`;
        sent.push(text);
        if (how === 'publish') harness.transport.publish('hall', frame(text));
        else for (const { socket } of harness.peers) socket.send(frame(text));
        await until(() => expect(healthy.client.told).toHaveLength(sent.length));
      }
      expect([stalled?.closes, poller?.closes]).toEqual([[1006], [1006]]);
      expect(sent.length).toBeLessThan(1_000);
      expect(textsOf(healthy.client)).toEqual(sent);
      expect(healthy.peer.closes).toEqual([]);
      raw.destroy();
    },
  );

  it('[IO7] has lost only what came last when it is closed', async () => {
    const harness = await startTransport(create, { limits: { maxBufferedBytes: 100_000 } });
    const raw = await RawSocket.upgrade(harness.port, HANDSHAKE.websocket);
    raw.write(clientFrame('text', '40'));
    await raw.receive('40{"sid"');
    raw.stall();
    const [peer] = harness.peers;
    peer?.socket.subscribe('hall');
    let sent = 0;
    while (peer?.closes.length === 0) {
      harness.transport.publish('hall', frame(`<${sent}>${'x'.repeat(20_000)}`));
      sent += 1;
      await nextTurn();
    }
    raw.socket.resume();
    raw.write(clientFrame('close', ''));
    await raw.closed;
    const heard = [...raw.received.toString('latin1').matchAll(/<(\d+)>/g)].map(([, number]) =>
      Number(number),
    );
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.length).toBeLessThan(sent);
    expect(heard).toEqual(heard.map((_, index) => index));
  });

  it('is let be when the limit is 0', async () => {
    const harness = await startTransport(create, { limits: { maxBufferedBytes: 0 } });
    const { client, peer } = await join(harness, { transports: ['polling'] });
    const texts = Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(100_000)}`);
    for (const text of texts) peer.socket.send(frame(text));
    await until(() => expect(textsOf(client)).toEqual(texts));
  });
}

function connectionContract(create: CreateTransport): void {
  it.each(['websocket', 'polling'])('[IO8] end at a message over the limit (%s)', async (carrier) => {
    const harness = await startTransport(create, { limits: { maxFrameBytes: 1_000 } });
    const { client, peer } = await join(harness, { transports: [carrier] });
    const other = await join(harness);
    client.socket.emit('big', 'x'.repeat(2_000));
    await until(() => expect(peer.closes).toEqual([1006]));
    expect(peer.events).toEqual([]);
    other.client.socket.emit('still here');
    await until(() => expect(other.peer.events).toHaveLength(1));
  });

  it('are kept alive by pings, whose answers are told', async () => {
    const harness = await startTransport(create, { limits: { pingEveryMs: 20 } });
    const { peer } = await join(harness);
    await until(() => expect(peer.pongs).toBeGreaterThan(1));
  });

  it('[IO8] in which nobody joins a namespace are closed', async () => {
    const harness = await startTransport(create, { limits: { identityWaitMs: 50 } });
    const stranger = harness.dial(HANDSHAKE.websocket);
    expect((await stranger.ended).code).toBe(1005);
    expect(harness.arrivals).toEqual([]);
  });

  it('[IO8] with no client left are closed', async () => {
    const harness = await startTransport(create);
    const raw = harness.dial(HANDSHAKE.websocket);
    await raw.receive(1);
    raw.send('40');
    await raw.receive(2);
    raw.send('41');
    expect((await raw.ended).code).toBe(1005);
    expect(harness.peers[0]?.closes).toEqual([1000]);
  });

  it('[IO11] talk on when newcomers are turned away', async () => {
    const harness = await startTransport(create);
    const one = await join(harness);
    const old = await RawSocket.connect(harness.port);
    old.write(`GET ${HANDSHAKE.polling} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await old.receive('"sid"');
    harness.transport.stopListening();
    one.client.socket.emit('question');
    await until(() => expect(one.peer.events).toHaveLength(1));
    one.peer.socket.send(frame('answer'));
    await until(() => expect(textsOf(one.client)).toEqual(['answer']));
    old.write(`GET ${HANDSHAKE.polling} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await old.closed;
    expect(old.received.toString().match(/"sid"/g)).toHaveLength(1);
  });

  it('[IO11] end with the transport, and their handlers know before it resolves', async () => {
    const harness = await startTransport(create);
    const ways = [{ transports: ['websocket'] }, { transports: ['polling'] }, {}];
    const clients: SocketIoClient[] = [];
    for (const way of ways) clients.push((await join(harness, way)).client);
    await knock(harness);
    await until(() => expect(harness.peers).toHaveLength(4));
    await harness.transport.close();
    expect(harness.peers.map(({ closes }) => closes)).toEqual([[1006], [1006], [1006], [1006]]);
    await until(() => expect(clients.map(({ disconnects }) => disconnects.length)).toEqual([1, 1, 1]));
    await harness.transport.close();
    harness.transport.publish('hall', frame('unheard'));
  });
}
