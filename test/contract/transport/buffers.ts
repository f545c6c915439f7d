import { describe, expect, it } from 'vitest';
import { until } from '../../support/processes.ts';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { HANDSHAKE } from '../../support/socketIoClient.ts';
import { join, poll } from './socketIo.ts';
import {
  type CreateTransport,
  frame,
  type Peer,
  startTransport,
  type TransportHarness,
} from './transportHarness.ts';

/** What is told about the bytes that are on their way. */
export function bufferContract(create: CreateTransport): void {
  describe('what waits to be sent to a socket', () => waitingContract(create));
  describe('what was handed to sockets', () => publishedContract(create));
}

/** A client that reads nothing any more, by how it connects; its peer is the newest. */
const STALLED: readonly {
  readonly kind: string;
  readonly connect: (harness: TransportHarness) => Promise<RawSocket>;
}[] = [
  { kind: 'raw', connect: ({ port }) => RawSocket.upgrade(port) },
  {
    kind: 'Socket.IO by WebSocket',
    connect: async ({ port }) => {
      const client = await RawSocket.upgrade(port, HANDSHAKE.websocket);
      client.write(clientFrame('text', '40'));
      await client.receive('40{"sid"');
      return client;
    },
  },
];

const MESSAGE_BYTES = 500_000;

function newest({ peers }: TransportHarness): Peer {
  const peer = peers.at(-1);
  if (peer === undefined) throw new Error('The server knows of no socket');
  return peer;
}

function waitingContract(create: CreateTransport): void {
  it.each(
    STALLED.flatMap(({ kind, connect }) =>
      (['send', 'publish'] as const).map((how) => ({ kind, connect, how })),
    ),
  )(
    '[SA14] is what the system does not take ($kind, $how), and nothing once it is read',
    async ({ connect, how }) => {
      const harness = await startTransport(create, { limits: { maxBufferedBytes: 0 } });
      const client = await connect(harness);
      const { socket } = newest(harness);
      socket.subscribe('hall');
      expect(socket.bufferedBytes()).toBe(0);
      client.stall();
      const text = 'x'.repeat(MESSAGE_BYTES);
      const message = frame(text);
      let sent = 0;
      await until(() => {
        if (how === 'send') socket.send(message);
        else harness.transport.publish('hall', message);
        sent += 1;
        expect(socket.bufferedBytes()).toBeGreaterThan(4 * MESSAGE_BYTES);
      });
      // From now on all that is sent waits.
      const before = socket.bufferedBytes();
      if (how === 'send') socket.send(message);
      else harness.transport.publish('hall', message);
      const growth = socket.bufferedBytes() - before;
      expect(growth).toBeGreaterThanOrEqual(MESSAGE_BYTES);
      expect(growth).toBeLessThan(MESSAGE_BYTES + 100);
      expect(before).toBeLessThan((sent + 1) * (MESSAGE_BYTES + 100));
      client.socket.resume();
      await until(() => expect(socket.bufferedBytes()).toBe(0));
      client.destroy();
    },
  );

  it('[SA14] is what the next request of a client that polls will get, in bytes', async () => {
    const harness = await startTransport(create);
    const { sid } = await poll(harness);
    const url = `${HANDSHAKE.polling}&sid=${sid}`;
    await harness.fetch(url, { method: 'POST', body: '40' });
    await until(() => expect(harness.peers).toHaveLength(1));
    const { socket } = newest(harness);
    expect(await (await harness.fetch(url)).text()).toMatch(/^40\{"sid"/);
    expect(socket.bufferedBytes()).toBe(0);
    socket.subscribe('hall');
    const packetBytes = Buffer.byteLength('2["said","ä€😀"]');
    socket.send(frame('ä€😀'));
    expect(socket.bufferedBytes()).toBe(packetBytes);
    harness.transport.publish('hall', frame('ä€😀'));
    expect(socket.bufferedBytes()).toBe(2 * packetBytes);
    await (await harness.fetch(url)).text();
    await until(() => expect(socket.bufferedBytes()).toBe(0));
  });

  it('[SA14] is what is kept for a client that is still connecting', async () => {
    const harness = await startTransport(create);
    harness.prepare = (peer) => {
      peer.onOpened = (socket) => socket.send(frame('ä'));
    };
    const client = await RawSocket.upgrade(harness.port, HANDSHAKE.websocket);
    client.write(clientFrame('text', '40/refusing,'));
    await until(() => expect(harness.peers).toHaveLength(1));
    const { socket } = newest(harness);
    expect(socket.bufferedBytes()).toBe(Buffer.byteLength('42/refusing,["said","ä"]'));
    socket.admitted();
    await client.receive('said');
    await until(() => expect(socket.bufferedBytes()).toBe(0));
    client.destroy();
  });

  it.each(STALLED)('[SA14] is nothing once the socket is over ($kind)', async ({ connect }) => {
    const harness = await startTransport(create, { limits: { maxBufferedBytes: 0 } });
    const client = await connect(harness);
    const peer = newest(harness);
    client.stall();
    await until(() => {
      peer.socket.send(frame('x'.repeat(MESSAGE_BYTES)));
      expect(peer.socket.bufferedBytes()).toBeGreaterThan(0);
    });
    peer.socket.terminate();
    expect(peer.socket.bufferedBytes()).toBe(0);
    client.destroy();
  });
}

function publishedContract(create: CreateTransport): void {
  it('[SA14] is counted in bytes for each receiver, as their kind carries it', async () => {
    const harness = await startTransport(create);
    expect(harness.transport.publish('hall', frame('ä€😀'))).toBe(0);
    const kinds = [
      { client: await harness.connect(), bytes: Buffer.byteLength('ä€😀') },
      { client: await join(harness), bytes: Buffer.byteLength('42["said","ä€😀"]') },
      {
        client: await join(harness, { transports: ['polling'] }),
        bytes: Buffer.byteLength('42["said","ä€😀"]'),
      },
      {
        client: await join(harness, {}, '/refusing'),
        bytes: Buffer.byteLength('42/refusing,["said","ä€😀"]'),
      },
    ];
    let bytes = 0;
    for (const kind of kinds) {
      kind.client.peer.socket.subscribe('hall');
      bytes += kind.bytes;
      expect(harness.transport.publish('hall', frame('ä€😀'))).toBe(bytes);
    }
    const second = await harness.connect();
    second.peer.socket.subscribe('hall');
    expect(harness.transport.publish('hall', frame('ä€😀'))).toBe(bytes + Buffer.byteLength('ä€😀'));
    expect(harness.transport.publish('elsewhere', frame('unheard'))).toBe(0);
  });
}
