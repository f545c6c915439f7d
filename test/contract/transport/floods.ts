import { describe, expect, it } from 'vitest';
import { until } from '../../support/processes.ts';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { HANDSHAKE } from '../../support/socketIoClient.ts';
import { join, joinAlso, poll } from './socketIo.ts';
import {
  type Client,
  type CreateTransport,
  frame,
  startTransport,
  type TransportHarness,
} from './transportHarness.ts';
import { ManualClock } from '../../support/manualClock.ts';

/** What a client of Socket.IO may send that costs much more than it is long. */
export function floodContract(create: CreateTransport): void {
  describe('a packet of Socket.IO that nests too deep', () => depthContract(create));
  describe('packets of Socket.IO that are no events', () => packetContract(create));
}

/** Nests deeper than any program could walk. */
const DEEP = `${'['.repeat(7_000)}${']'.repeat(7_000)}`;

/** Ends the text of one packet and begins the next in the body of a polling request. */
const SEPARATOR = '\u001e';

/** A client without the library that has joined `/`, and its packets. */
async function joined(harness: TransportHarness): Promise<Client> {
  const client = harness.dial(HANDSHAKE.websocket);
  await client.receive(1);
  client.send('40');
  await client.receive(2);
  return client;
}

async function expectOthersServed(harness: TransportHarness): Promise<void> {
  const { client, peer } = await join(harness);
  client.socket.emit('still here');
  await until(() => expect(peer.events).toHaveLength(1));
}

function depthContract(create: CreateTransport): void {
  it.each([
    { packet: `42["x",${DEEP}]`, what: 'the payload' },
    { packet: `42["x",{"a":{"b":${DEEP}}},{}]`, what: 'a field' },
    { packet: `42["x",{},${DEEP}]`, what: 'a further argument' },
  ])('[SA2] tells its handlers so without the payload: $what', async ({ packet }) => {
    const harness = await startTransport(create);
    const client = await joined(harness);
    client.send(packet);
    client.send('42["next",{"a":1}]');
    const [peer] = harness.peers;
    await until(() => expect(peer?.events).toHaveLength(2));
    expect(peer?.events).toEqual([
      { name: 'x', payload: undefined, sizeBytes: packet.length - 1, isTooDeep: true, acknowledge: null },
      { name: 'next', payload: { a: 1 }, sizeBytes: 17, isTooDeep: false, acknowledge: null },
    ]);
    expect(peer?.closes).toEqual([]);
  });

  it('[SA2] can be acknowledged', async () => {
    const harness = await startTransport(create);
    harness.prepare = (peer) => {
      peer.onEvent = ({ isTooDeep, acknowledge }) => {
        acknowledge?.({ ok: false, error: String(isTooDeep), code: 'x' });
      };
    };
    const client = await joined(harness);
    client.send(`4217["x",${DEEP}]`);
    expect((await client.receive(3))[2]).toBe('4317[{"ok":false,"error":"true","code":"x"}]');
  });

  it('[SA2] may be 32 deep, brackets in its texts not counted', async () => {
    const harness = await startTransport(create);
    const client = await joined(harness);
    // The packet is a list itself.
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    client.send(`42["x",${nested(31)}]`);
    client.send(`42["x",${nested(32)}]`);
    client.send(`42["x",{"text":"${'['.repeat(100)}"}]`);
    const [peer] = harness.peers;
    await until(() => expect(peer?.events).toHaveLength(3));
    expect(peer?.events.map(({ isTooDeep }) => isTooDeep)).toEqual([false, true, false]);
  });

  it('[SA2] with attachments is told once they have come, and counts them', async () => {
    const harness = await startTransport(create);
    const client = await joined(harness);
    const deep = `51-["x",{"_placeholder":true,"num":0},${DEEP}]`;
    const flat = '452-["y",{"a":{"_placeholder":true,"num":1}}]';
    client.send(`4${deep}`);
    client.send(Buffer.alloc(100));
    client.send(flat);
    client.send(Buffer.alloc(10));
    client.send(Buffer.alloc(20, 7));
    const [peer] = harness.peers;
    await until(() => expect(peer?.events).toHaveLength(2));
    expect(peer?.events).toMatchObject([
      { name: 'x', payload: undefined, sizeBytes: deep.length + 100, isTooDeep: true },
      { name: 'y', payload: { a: Buffer.alloc(20, 7) }, sizeBytes: flat.length - 1 + 30, isTooDeep: false },
    ]);
  });

  it('[SA2] is found behind other packets of one polling request, each measured for itself', async () => {
    const harness = await startTransport(create);
    const { sid } = await poll(harness);
    const url = `${HANDSHAKE.polling}&sid=${sid}`;
    await harness.fetch(url, { method: 'POST', body: '40' });
    await until(() => expect(harness.peers).toHaveLength(1));
    const packets = ['42["a",{}]', `42["b",${DEEP}]`, '42["c",{"ä":1}]'];
    await harness.fetch(url, { method: 'POST', body: packets.join(SEPARATOR) });
    const [peer] = harness.peers;
    await until(() => expect(peer?.events).toHaveLength(3));
    expect(peer?.events.map(({ name, sizeBytes, isTooDeep }) => [name, sizeBytes, isTooDeep])).toEqual([
      ['a', 9, false],
      ['b', 14_007, true],
      ['c', 15, false],
    ]);
  });

  it.each([
    { what: 'what a client says for itself', packets: [`40{"token":${DEEP}}`] },
    { what: 'what it says for itself in a namespace', packets: [`40/refusing,{"token":${DEEP}}`] },
    {
      what: 'what it says for itself in a namespace that is not there',
      packets: [`40/a",{"token":${DEEP}}`],
    },
    { what: 'an acknowledgement', packets: ['40', `430[${DEEP}]`] },
    { what: 'an acknowledgement with an attachment', packets: ['40', `461-0[${DEEP}]`] },
    { what: 'an error', packets: ['40', `44{"message":${DEEP}}`] },
    { what: 'a farewell', packets: ['40', `41[${DEEP}]`] },
    { what: 'an event without a name', packets: ['40', `42${DEEP}`] },
    { what: 'an event in a namespace that is not there', packets: ['40', `42/a",["x",${DEEP}]`] },
    {
      what: 'an attachment there',
      packets: ['40', `451-/a",["x",{"_placeholder":true,"num":0},${DEEP}]`, ''],
    },
    { what: 'an event that is not JSON', packets: ['40', `42["x",${DEEP}`] },
  ])('[SA2] closes its connection, and no other notices: $what', async ({ packets }) => {
    const harness = await startTransport(create);
    const client = harness.dial(HANDSHAKE.websocket);
    await client.receive(1);
    for (const packet of packets) {
      client.send(packet === '' ? Buffer.alloc(1) : packet);
      if (packet === '40') await client.receive(2);
    }
    await client.ended;
    for (const peer of harness.peers) {
      await until(() => expect(peer.closes).toEqual([1006]));
      expect(peer.events).toEqual([]);
    }
    await expectOthersServed(harness);
  });
}

/** What a client may send that is no event. */
const PACKETS = [
  { what: 'answers to pings', packet: '3' },
  { what: 'namespaces that are not there', packet: '40/nowhere,' },
  { what: 'acknowledgements of nothing', packet: '430["x"]' },
  { what: 'packets of Engine.IO without meaning', packet: '6' },
];

/** Fewer tokens than any flood, and none come back while a clock stands still that only a test moves. */
const SCARCE = { messageBurst: 8, messagesPerSecond: 1 };

function packetContract(create: CreateTransport): void {
  it.each(PACKETS)('[SA19] end the connection when there are too many: $what', async ({ packet }) => {
    const clock = new ManualClock();
    const harness = await startTransport(create, { limits: SCARCE, clock });
    const client = await joined(harness);
    for (let count = 0; count < 7; count += 1) client.send(packet);
    client.send('42["heard"]');
    const [peer] = harness.peers;
    await until(() => expect(peer?.events).toHaveLength(1));
    client.send(packet);
    await client.ended;
    await until(() => expect(peer?.closes).toEqual([4429]));
    await expectOthersServed(harness);
  });

  it('[SA19] end it when they are attachments', async () => {
    const harness = await startTransport(create, { limits: SCARCE, clock: new ManualClock() });
    const client = await joined(harness);
    for (let count = 0; count < 8; count += 1) {
      client.send('451-["x",{"_placeholder":true,"num":0}]');
      client.send(Buffer.alloc(1));
    }
    await client.ended;
    const [peer] = harness.peers;
    await until(() => expect(peer?.closes).toEqual([4429]));
    expect(peer?.events.length).toBeLessThan(8);
  });

  it('[SA19] end it also by polling, many in one request', async () => {
    const harness = await startTransport(create, { limits: SCARCE, clock: new ManualClock() });
    const { sid } = await poll(harness);
    const url = `${HANDSHAKE.polling}&sid=${sid}`;
    await harness.fetch(url, { method: 'POST', body: '40' });
    await until(() => expect(harness.peers).toHaveLength(1));
    const body = Array.from({ length: 100 }, () => '40/nowhere,').join(SEPARATOR);
    await harness.fetch(url, { method: 'POST', body }).catch(() => null);
    await until(() => expect(harness.peers[0]?.closes).toEqual([4429]));
    expect((await harness.fetch(url)).status).toBe(400);
  });

  it('[SA19] end it also before it has joined a namespace', async () => {
    const harness = await startTransport(create, { limits: SCARCE, clock: new ManualClock() });
    const client = harness.dial(HANDSHAKE.websocket);
    await client.receive(1);
    for (let count = 0; count < 9; count += 1) client.send('40/nowhere,');
    await client.ended;
    expect(client.messages.filter((text) => text.startsWith('44/nowhere,')).length).toBeLessThan(9);
  });

  it('[SA19] end it also as probes of a WebSocket to go over to', async () => {
    const harness = await startTransport(create, { limits: SCARCE, clock: new ManualClock() });
    const { sid } = await poll(harness);
    const probing = harness.dial(`${HANDSHAKE.websocket}&sid=${sid}`);
    await new Promise((resolve) => probing.socket.once('open', resolve));
    for (let count = 0; count < 9; count += 1) probing.send('2probe');
    await probing.ended;
    expect(probing.messages.length).toBeLessThanOrEqual(9);
    expect((await harness.fetch(`${HANDSHAKE.polling}&sid=${sid}`)).status).toBe(400);
  });

  it('[SA19] come back with time', async () => {
    const clock = new ManualClock();
    const harness = await startTransport(create, { limits: SCARCE, clock });
    const client = await joined(harness);
    for (let round = 0; round < 4; round += 1) {
      for (let count = 0; count < 5; count += 1) client.send('3');
      client.send('42["heard"]');
      await until(() => expect(harness.peers[0]?.events).toHaveLength(round + 1));
      await clock.advance(5_000);
    }
    expect(harness.peers[0]?.closes).toEqual([]);
  });

  it('[SA19] are never too many of a client that joins, goes over to a WebSocket and answers pings', async () => {
    const harness = await startTransport(create, { limits: SCARCE, clock: new ManualClock() });
    const { client, peer } = await join(harness, { transports: ['polling', 'websocket'] });
    await until(() => expect(client.carrier).toBe('websocket'));
    await joinAlso(client, '/refusing');
    for (let count = 0; count < 100; count += 1) client.socket.emit('event', {}, () => undefined);
    await until(() => expect(peer.events).toHaveLength(100));
    peer.socket.send(frame('still here'));
    await client.next('said');
    expect(harness.peers.map(({ closes }) => closes)).toEqual([[], []]);
  });

  it('[SA19] are not counted when the limit is 0', async () => {
    const harness = await startTransport(create, { limits: { messageBurst: 0 }, clock: new ManualClock() });
    const raw = await RawSocket.upgrade(harness.port, HANDSHAKE.websocket);
    raw.write(clientFrame('text', '40'));
    await raw.receive('40{"sid"');
    raw.write(Buffer.concat(Array.from({ length: 1_000 }, () => clientFrame('text', '3'))));
    raw.write(clientFrame('text', '42["heard"]'));
    await until(() => expect(harness.peers[0]?.events).toHaveLength(1));
    raw.destroy();
  });
}
