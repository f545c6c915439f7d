import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manualClock.ts';
import { until } from '../../support/processes.ts';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { HANDSHAKE } from '../../support/socketIoClient.ts';
import { join } from './socketIo.ts';
import { type CreateTransport, startTransport } from './transportHarness.ts';

/** What `ws` bounds in time or in number; uWebSockets.js shows nothing of it, or does the same by itself. */
export function unfinishedContract(create: CreateTransport): void {
  describe('a message that is not finished', () => messageContract(create));
  describe('an HTTP request that is not finished', () => requestContract(create));
}

const IDLE_MS = 60_000;

/** Waits for a close frame with that code and reason. */
async function expectClosed(client: RawSocket, code: number, reason: string): Promise<void> {
  await client.receive(reason);
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  expect(client.received.includes(Buffer.concat([payload, Buffer.from(reason)]))).toBe(true);
  client.destroy();
}

function messageContract(create: CreateTransport): void {
  it('[SA13] closes its socket with 4408 in time, pongs and fragments between notwithstanding', async () => {
    const clock = new ManualClock();
    const harness = await startTransport(create, { limits: { idleMs: IDLE_MS }, clock });
    const client = await RawSocket.upgrade(harness.port);
    const other = await RawSocket.upgrade(harness.port);
    const [peer, otherPeer] = harness.peers;
    client.write(clientFrame('text', 'begun', false));
    for (let second = 0; second < 60; second += 1) {
      client.write(Buffer.concat([clientFrame('pong', ''), clientFrame('continuation', 'x', false)]));
      await until(() => expect(peer?.pongs).toBe(second + 1));
      expect(peer?.closes).toEqual([]);
      await clock.advance(1_000);
    }
    await clock.advance(1_000);
    await until(() => expect(peer?.closes).toEqual([4408]));
    await expectClosed(client, 4408, 'timeout');
    expect(peer?.messages).toEqual([]);
    other.write(clientFrame('text', 'still here'));
    await until(() => expect(otherPeer?.messages).toEqual(['still here']));
    other.destroy();
  });

  it('[SA13] is none when it is finished in time, as often as one likes', async () => {
    const clock = new ManualClock();
    const harness = await startTransport(create, { limits: { idleMs: IDLE_MS }, clock });
    const client = await RawSocket.upgrade(harness.port);
    const [peer] = harness.peers;
    for (let count = 1; count <= 4; count += 1) {
      client.write(clientFrame('text', 'be', false));
      client.write(clientFrame('pong', ''));
      await until(() => expect(peer?.pongs).toBe(count));
      await clock.advance(IDLE_MS - 2_000);
      client.write(clientFrame('continuation', 'gun'));
      await until(() => expect(peer?.messages).toHaveLength(count));
    }
    await clock.advance(10 * IDLE_MS);
    expect(peer?.closes).toEqual([]);
    client.destroy();
  });

  it('[SA13] may take as long as it likes when the limit is 0', async () => {
    const clock = new ManualClock();
    const harness = await startTransport(create, { limits: { idleMs: 0 }, clock });
    const client = await RawSocket.upgrade(harness.port);
    client.write(clientFrame('text', 'be', false));
    client.write(clientFrame('pong', ''));
    await until(() => expect(harness.peers[0]?.pongs).toBe(1));
    await clock.advance(10 * IDLE_MS);
    client.write(clientFrame('continuation', 'gun'));
    await until(() => expect(harness.peers[0]?.messages).toEqual(['begun']));
    client.destroy();
  });

  it('[SA13] ends a connection of Socket.IO', async () => {
    const clock = new ManualClock();
    const harness = await startTransport(create, { limits: { idleMs: IDLE_MS }, clock });
    const client = await RawSocket.upgrade(harness.port, HANDSHAKE.websocket);
    client.write(clientFrame('text', '40'));
    await client.receive('40{"sid"');
    const [peer] = harness.peers;
    client.write(clientFrame('text', '42["begun"', false));
    client.write(clientFrame('pong', ''));
    await until(async () => {
      await clock.advance(IDLE_MS / 10);
      expect(client.received.includes('timeout')).toBe(true);
    });
    client.write(clientFrame('close', Buffer.from([0x03, 0xe8])));
    await until(() => expect(peer?.closes).toEqual([1006]));
    expect(peer?.events).toEqual([]);
    client.destroy();
    const other = await join(harness);
    other.client.socket.emit('still here');
    await until(() => expect(other.peer.events).toHaveLength(1));
  });

  it('[SA13] closes its socket with 1008 when it comes in too many parts', async () => {
    const harness = await startTransport(create);
    const client = await RawSocket.upgrade(harness.port);
    const [peer] = harness.peers;
    const parts = Array.from({ length: 1_000 }, () => clientFrame('continuation', 'x', false));
    client.write(Buffer.concat([clientFrame('text', 'begun', false), ...parts]));
    await until(() => expect(peer?.closes).toEqual([1008]));
    expect(peer?.messages).toEqual([]);
    client.destroy();
  });
}

const POST = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n';

function requestContract(create: CreateTransport): void {
  it.each([
    { what: 'nothing at all', data: '' },
    { what: 'half a line', data: 'GET / HT' },
    { what: 'a head without its end', data: POST },
    { what: 'half a body', data: `${POST}\r\nhello` },
    {
      what: 'a body without its last chunk',
      data: 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    },
  ])('[SA18] ends after its time: $what', async ({ data }) => {
    const harness = await startTransport(create, {
      limits: { requestTimeoutMs: 100 },
      http: async (request) => new Response(await request.text()),
    });
    const client = await RawSocket.connect(harness.port);
    if (data !== '') client.write(data);
    await client.closed;
    expect(client.received.toString()).toMatch(/^(HTTP\/1\.1 408 .*)?$/s);
    expect(harness.log.lines).toEqual([]);
  });

  it('[SA18] is none when it waits for its answer, and no socket is one', async () => {
    let answer: () => void = () => undefined;
    const answering = new Promise<void>((resolve) => (answer = resolve));
    const harness = await startTransport(create, {
      // A request of the client that polls must be through by then, also on a busy machine.
      limits: { requestTimeoutMs: 1_500 },
      http: async () => {
        await answering;
        return new Response('a page');
      },
    });
    const { client, peer } = await harness.connect();
    const polling = await join(harness, { transports: ['polling'] });
    const page = harness.fetch('/');
    const idle = await RawSocket.connect(harness.port);
    // By then every other connection has been looked at as well.
    await idle.closed;
    answer();
    expect(await (await page).text()).toBe('a page');
    client.send('still here');
    await until(() => expect(peer.messages).toEqual(['still here']));
    polling.client.socket.emit('still here');
    await until(() => expect(polling.peer.events).toHaveLength(1));
  });
}
