import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RawSocket } from '../../support/rawSocket.ts';
import { until } from '../../support/processes.ts';
import { type CreateTransport, frame, startTransport } from './transportHarness.ts';

const LIMIT = 1_000;

/** What happens at the bounds. */
export function limitContract(create: CreateTransport): void {
  describe('the size of a message', () => frameLimitContract(create));
  describe('what waits to be sent', () => bufferLimitContract(create));
}

function frameLimitContract(create: CreateTransport): void {
  it('may be the limit, in bytes', async () => {
    const harness = await startTransport(create, { limits: { maxFrameBytes: LIMIT } });
    const { client, peer } = await harness.connect();
    client.send('x'.repeat(LIMIT));
    client.send('ä'.repeat(LIMIT / 2));
    client.send(Buffer.alloc(LIMIT));
    await until(() => expect(peer.messages).toEqual(['x'.repeat(LIMIT), 'ä'.repeat(LIMIT / 2), null]));
  });

  it.each([
    { what: 'one byte over it', data: 'x'.repeat(LIMIT + 1) },
    { what: 'twice as much', data: 'x'.repeat(2 * LIMIT) },
    { what: 'more bytes than characters', data: 'ä'.repeat(LIMIT / 2 + 1) },
    { what: 'a binary message over it', data: Buffer.alloc(LIMIT + 1) },
  ])('closes with 1009 at $what', async ({ data }) => {
    const harness = await startTransport(create, { limits: { maxFrameBytes: LIMIT } });
    const { client, peer } = await harness.connect();
    client.send(data);
    client.send('after it');
    expect((await client.ended).code).toBe(1009);
    await until(() => expect(peer.closes).toEqual([1009]));
    expect(peer.messages).toEqual([]);
  });

  it('closes with 1009 when only the fragments together are over it', async () => {
    const harness = await startTransport(create, { limits: { maxFrameBytes: LIMIT } });
    const { client, peer } = await harness.connect();
    client.socket.send('x'.repeat(LIMIT), { fin: false });
    client.socket.send('x', { fin: true });
    expect((await client.ended).code).toBe(1009);
    await until(() => expect(peer.closes).toEqual([1009]));
    expect(peer.messages).toEqual([]);
  });

  it.each([
    { what: 'just over twice', fragments: [2 * LIMIT + 1] },
    { what: 'far beyond it', fragments: [100 * LIMIT] },
    { what: 'unfinished fragments that are together over twice', fragments: [LIMIT, LIMIT, 1] },
  ])('[SA13] ends the connection at $what, and no other notices', async ({ fragments }) => {
    const harness = await startTransport(create, { limits: { maxFrameBytes: LIMIT } });
    const [{ client, peer }, other] = [await harness.connect(), await harness.connect()];
    for (const bytes of fragments) client.socket.send('x'.repeat(bytes), { fin: fragments.length === 1 });
    expect([1006, 1009]).toContain((await client.ended).code);
    await until(() => expect(peer.closes).toEqual([1009]));
    expect(peer.messages).toEqual([]);
    other.client.send('still here');
    await until(() => expect(other.peer.messages).toEqual(['still here']));
  });

  it('is not looked at when the limit is 0', async () => {
    const harness = await startTransport(create, { limits: { maxFrameBytes: 0 } });
    const { client, peer } = await harness.connect();
    client.send('x'.repeat(3_000_000));
    await until(() => expect(peer.messages[0]?.length).toBe(3_000_000));
  });
}

function bufferLimitContract(create: CreateTransport): void {
  it.each(['publish', 'send'] as const)(
    'closes a socket that stopped reading (%s), and the others miss nothing',
    async (how) => {
      const harness = await startTransport(create, { limits: { maxBufferedBytes: 100_000 } });
      const healthy = await harness.connect();
      const stalled = await RawSocket.upgrade(harness.port);
      stalled.stall();
      const [healthyPeer, stalledPeer] = harness.peers;
      stalledPeer?.socket.subscribe('hall');
      healthyPeer?.socket.subscribe('hall');
      const sent: string[] = [];
      while (stalledPeer?.closes.length === 0) {
        const text = `${sent.length} ${'x'.repeat(60_000)}`;
        sent.push(text);
        if (how === 'publish') harness.transport.publish('hall', frame(text));
        else for (const peer of harness.peers) peer.socket.send(frame(text));
        await healthy.client.receive(sent.length);
      }
      expect(stalledPeer?.closes).toEqual([1006]);
      expect(sent.length).toBeLessThan(1_000);
      harness.transport.publish('hall', frame('after it'));
      expect(await healthy.client.receive(sent.length + 1)).toEqual([...sent, 'after it']);
      expect(healthy.peer.closes).toEqual([]);
      stalled.destroy();
    },
  );

  it('is lost from the end only when a socket is closed for it: none is skipped', async () => {
    const harness = await startTransport(create, { limits: { maxBufferedBytes: 100_000 } });
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    client.socket.pause();
    const sent: string[] = [];
    while (peer.closes.length === 0) {
      sent.push(`${sent.length} ${'x'.repeat(20_000)}`);
      harness.transport.publish('hall', frame(sent.at(-1) ?? ''));
      await nextTurn();
    }
    client.socket.resume();
    expect((await client.ended).code).toBe(1006);
    expect(client.messages.length).toBeGreaterThan(0);
    expect(client.messages.length).toBeLessThan(sent.length);
    expect(client.messages).toEqual(sent.slice(0, client.messages.length));
  });

  it('is not looked at when the limit is 0', async () => {
    const harness = await startTransport(create, { limits: { maxBufferedBytes: 0 } });
    const { client, peer } = await harness.connect();
    client.socket.pause();
    for (let count = 0; count < 30; count += 1) {
      peer.socket.send(frame('x'.repeat(1_000_000)));
      await nextTurn();
    }
    client.send('still here');
    await until(() => expect(peer.messages).toEqual(['still here']));
    expect(peer.closes).toEqual([]);
    client.socket.resume();
    expect(await client.receive(30)).toHaveLength(30);
  });
}
