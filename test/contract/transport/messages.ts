import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { until } from '../../support/processes.ts';
import { type CreateTransport, frame, startTransport } from './transportHarness.ts';

/** What travels over an open socket. */
export function messageContract(create: CreateTransport): void {
  describe('messages', () => frameContract(create));
  describe('topics', () => topicContract(create));
  describe('topics within one turn', () => orderContract(create));
}

function frameContract(create: CreateTransport): void {
  it('arrive whole and in order, both ways', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    const texts = ['', '{"a":1}', 'ä€😀\u0000', 'x'.repeat(126), 'y'.repeat(16_000)];
    for (const text of texts) client.send(text);
    await until(() => expect(peer.messages).toHaveLength(texts.length));
    expect(peer.messages).toEqual(texts);
    const replies = [...texts, 'z'.repeat(300_000), 'last'];
    for (const text of replies) peer.socket.send(frame(text));
    expect(await client.receive(replies.length)).toEqual(replies);
  });

  it('that are binary are told as such, without their content', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    client.send(Buffer.from('{"type":"place_bid"}'));
    client.send('text');
    await until(() => expect(peer.messages).toEqual([null, 'text']));
  });

  it('that come in fragments, with a ping between them, are put together', async () => {
    const harness = await startTransport(create);
    const client = await RawSocket.upgrade(harness.port);
    client.write(clientFrame('text', '{"a', false));
    client.write(clientFrame('ping', 'p'));
    client.write(clientFrame('continuation', '":', false));
    client.write(clientFrame('continuation', '1}'));
    await until(() => expect(harness.peers[0]?.messages).toEqual(['{"a":1}']));
    client.destroy();
  });

  it('that are not UTF-8 end the connection and are told to nobody', async () => {
    const harness = await startTransport(create);
    const [{ client, peer }, other] = [await harness.connect(), await harness.connect()];
    client.socket.send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { binary: false });
    expect([1006, 1007]).toContain((await client.ended).code);
    await until(() => expect(peer.closes).toHaveLength(1));
    expect(peer.messages).toEqual([]);
    other.peer.socket.send(frame('still here'));
    expect(await other.client.receive(1)).toEqual(['still here']);
  });

  it('that are no frames at all end the connection', async () => {
    const harness = await startTransport(create);
    const client = await RawSocket.upgrade(harness.port);
    client.write(Buffer.alloc(64, 0xff));
    await until(() => expect(harness.peers[0]?.closes).toHaveLength(1));
    client.destroy();
    expect(harness.peers[0]?.messages).toEqual([]);
  });

  it('hold replacement characters where a text has lone surrogates', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    peer.socket.send(frame('a\ud800b'));
    harness.transport.publish('hall', frame('a\ud800b'));
    expect(await client.receive(2)).toEqual(['a\ufffdb', 'a\ufffdb']);
  });

  it('include pings, answered on both sides', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.ping();
    await until(() => expect(peer.pongs).toBe(1));
    client.socket.ping('are you there');
    const [data] = (await once(client.socket, 'pong')) as [Buffer];
    expect(data.toString()).toBe('are you there');
    expect(peer.messages).toEqual([]);
  });
}

function topicContract(create: CreateTransport): void {
  it('reach exactly their subscribers, the one who acts among them', async () => {
    const harness = await startTransport(create);
    const [one, two, three] = [await harness.connect(), await harness.connect(), await harness.connect()];
    one.peer.socket.subscribe('hall');
    two.peer.socket.subscribe('hall');
    three.peer.socket.subscribe('hall.2');
    one.peer.onReceived = (text) => harness.transport.publish('hall', frame(`said ${String(text)}`));
    one.client.send('hello');
    expect(await one.client.receive(1)).toEqual(['said hello']);
    expect(await two.client.receive(1)).toEqual(['said hello']);
    harness.transport.publish('hall.2', frame('elsewhere'));
    harness.transport.publish('nowhere', frame('unheard'));
    for (const { peer } of [one, two, three]) peer.socket.send(frame('end'));
    expect(await three.client.receive(2)).toEqual(['elsewhere', 'end']);
    expect(await one.client.receive(2)).toEqual(['said hello', 'end']);
    expect(await two.client.receive(2)).toEqual(['said hello', 'end']);
  });

  it('are heard once by who subscribed twice, and no more after leaving', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    peer.socket.subscribe('hall');
    harness.transport.publish('hall', frame('once'));
    await client.receive(1);
    peer.socket.unsubscribe('hall');
    peer.socket.unsubscribe('hall');
    peer.socket.unsubscribe('never joined');
    harness.transport.publish('hall', frame('gone'));
    peer.socket.subscribe('hall');
    harness.transport.publish('hall', frame('back'));
    expect(await client.receive(2)).toEqual(['once', 'back']);
  });

  it('keep the order of publishing for each of many sockets', async () => {
    const harness = await startTransport(create);
    const all = [await harness.connect(), await harness.connect(), await harness.connect()];
    for (const { peer } of all) peer.socket.subscribe('hall');
    const texts = Array.from({ length: 2_000 }, (_, index) => `${index} ${'x'.repeat(index % 300)}`);
    for (const text of texts) harness.transport.publish('hall', frame(text));
    for (const { client } of all) expect(await client.receive(texts.length)).toEqual(texts);
  });

  it('arrive whatever the server is doing when they are published', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    setTimeout(() => harness.transport.publish('hall', frame('from a timer')), 1);
    await client.receive(1);
    setImmediate(() => harness.transport.publish('hall', frame('from an immediate')));
    await client.receive(2);
    void Promise.resolve().then(() => harness.transport.publish('hall', frame('from a promise')));
    await client.receive(3);
    harness.transport.publish('hall', frame('x'.repeat(300_000)));
    expect((await client.receive(4)).map((text) => text.length)).toEqual([12, 17, 14, 300_000]);
  });
}

function orderContract(create: CreateTransport): void {
  it('and messages to one socket keep the order of their calls', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    const texts = Array.from(
      { length: 300 },
      (_, index) => `${index} ${index % 50 === 0 ? 'x'.repeat(40_000) : ''}`,
    );
    texts.forEach((text, index) => {
      if (index % 3 === 0) peer.socket.send(frame(text));
      else harness.transport.publish('hall', frame(text));
    });
    expect(await client.receive(texts.length)).toEqual(texts);
  });

  it('are heard from subscribing to unsubscribing, exactly', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    harness.transport.publish('hall', frame('too early'));
    peer.socket.subscribe('hall');
    harness.transport.publish('hall', frame('in time'));
    peer.socket.unsubscribe('hall');
    harness.transport.publish('hall', frame('too late'));
    peer.socket.send(frame('end'));
    expect(await client.receive(2)).toEqual(['in time', 'end']);
  });

  it('are still heard when the socket is closed right after', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    peer.socket.send(frame('first'));
    harness.transport.publish('hall', frame('second'));
    peer.socket.close(1012, 'server is restarting');
    harness.transport.publish('hall', frame('too late'));
    expect(await client.ended).toEqual({ code: 1012, reason: 'server is restarting' });
    expect(client.messages).toEqual(['first', 'second']);
  });
}
