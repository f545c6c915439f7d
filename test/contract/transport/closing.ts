import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../server/ports/transport.ts';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { until } from '../../support/processes.ts';
import { type CreateTransport, frame, startTransport } from './transportHarness.ts';

/** How a socket ends. */
export function closingContract(create: CreateTransport): void {
  describe('a socket that the server closes', () => serverCloseContract(create));
  describe('a socket that the client closes', () => clientCloseContract(create));
  describe('a socket that is over', () => afterCloseContract(create));
}

function serverCloseContract(create: CreateTransport): void {
  it('tells the client code and reason, and its handlers once, not inside the call', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.close(4404, 'not found');
    expect(peer.closes).toEqual([]);
    expect(await client.ended).toEqual({ code: 4404, reason: 'not found' });
    await until(() => expect(peer.closes).toEqual([4404]));
    await harness.transport.close();
    expect(peer.closes).toEqual([4404]);
  });

  it('may have no reason', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.close(1000, '');
    expect(await client.ended).toEqual({ code: 1000, reason: '' });
    await until(() => expect(peer.closes).toEqual([1000]));
  });

  it('is over for its handlers at once, whatever the client does', async () => {
    const harness = await startTransport(create);
    const silent = await RawSocket.upgrade(harness.port);
    const [peer] = harness.peers;
    peer?.socket.close(4408, 'timeout');
    await until(() => expect(peer?.closes).toEqual([4408]));
    await silent.receive('timeout');
    silent.write(clientFrame('text', 'too late'));
    silent.destroy();
    await harness.transport.close();
    expect(peer?.messages).toEqual([]);
    expect(peer?.closes).toEqual([4408]);
  });

  it('reads nothing more, not even what came in the same packet', async () => {
    const harness = await startTransport(create);
    const client = await RawSocket.upgrade(harness.port);
    const [peer] = harness.peers;
    if (peer !== undefined) peer.onReceived = () => peer.socket.close(4400, 'bad request');
    const frames = [clientFrame('text', 'one'), clientFrame('text', 'two'), clientFrame('pong', '')];
    client.write(Buffer.concat(frames));
    await client.receive('bad request');
    client.destroy();
    await until(() => expect(peer?.closes).toEqual([4400]));
    expect(peer?.messages).toEqual(['one']);
    expect(peer?.pongs).toBe(0);
  });

  it('is cut without a close frame when it is terminated', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.terminate();
    expect(peer.closes).toEqual([]);
    expect((await client.ended).code).toBe(1006);
    await until(() => expect(peer.closes).toEqual([1006]));
  });
}

function clientCloseContract(create: CreateTransport): void {
  it.each([
    { how: 'with a code', code: 4000, reason: 'done', told: 4000 },
    { how: 'as browsers do', code: 1000, reason: '', told: 1000 },
    { how: 'without a code', code: undefined, reason: undefined, told: 1005 },
  ])('$how tells the handlers once', async ({ code, reason, told }) => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    client.socket.close(code, reason);
    expect(await client.ended).toEqual({ code: told, reason: reason ?? '' });
    await until(() => expect(peer.closes).toEqual([told]));
    await harness.transport.close();
    expect(peer.closes).toEqual([told]);
  });

  it('without a word tells 1006', async () => {
    const harness = await startTransport(create);
    const reset = await harness.connect();
    const ended = await RawSocket.upgrade(harness.port);
    reset.client.socket.terminate();
    ended.socket.end();
    await until(() => expect(harness.peers.map(({ closes }) => closes)).toEqual([[1006], [1006]]));
  });

  it('right after its last message has that message heard', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    client.send('last words');
    client.socket.close(1000);
    await until(() => expect(peer.closes).toEqual([1000]));
    expect(peer.messages).toEqual(['last words']);
  });

  it('hears nothing of its topics any more, and the others do', async () => {
    const harness = await startTransport(create);
    const [gone, stays] = [await harness.connect(), await harness.connect()];
    for (const { peer } of [gone, stays]) peer.socket.subscribe('hall');
    gone.client.socket.close();
    await until(() => expect(gone.peer.closes).toHaveLength(1));
    harness.transport.publish('hall', frame('who is there'));
    expect(await stays.client.receive(1)).toEqual(['who is there']);
    expect(gone.client.messages).toEqual([]);
  });
}

function useEveryMethod(socket: Socket): void {
  socket.send(frame('after the end'));
  socket.subscribe('hall');
  socket.unsubscribe('hall');
  socket.unsubscribe('hall.2');
  socket.subscribe('hall');
  socket.ping();
  socket.close(1000, 'again');
  socket.terminate();
}

function afterCloseContract(create: CreateTransport): void {
  it.each([
    { who: 'close', end: (socket: Socket) => socket.close(4403, 'forbidden'), code: 4403 },
    { who: 'terminate', end: (socket: Socket) => socket.terminate(), code: 1006 },
  ])('by $who does nothing, whatever is called', async ({ end, code }) => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    const { socket } = peer;
    socket.subscribe('hall');
    end(socket);
    useEveryMethod(socket);
    harness.transport.publish('hall', frame('unheard'));
    expect((await client.ended).code).toBe(code);
    useEveryMethod(socket);
    harness.transport.publish('hall', frame('unheard'));
    await until(() => expect(peer.closes).toEqual([code]));
    useEveryMethod(socket);
    expect(client.messages).toEqual([]);
    await harness.transport.close();
    expect(peer.closes).toEqual([code]);
  });

  it('by its client does nothing, whatever is called', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    const { socket } = peer;
    client.socket.close(1000);
    await until(() => expect(peer.closes).toEqual([1000]));
    useEveryMethod(socket);
    harness.transport.publish('hall', frame('unheard'));
    await harness.transport.close();
    useEveryMethod(socket);
    expect(client.messages).toEqual([]);
    expect(peer.closes).toEqual([1000]);
  });
}
