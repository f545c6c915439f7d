import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../server/ports/transport.ts';
import { clientFrame, RawSocket } from '../../support/rawSocket.ts';
import { until } from '../../support/processes.ts';
import { type CreateTransport, frame, setStage } from './stage.ts';

/** How a socket ends. */
export function closingContract(create: CreateTransport): void {
  describe('a socket that the server closes', () => serverCloseContract(create));
  describe('a socket that the client closes', () => clientCloseContract(create));
  describe('a socket that is over', () => afterCloseContract(create));
}

function serverCloseContract(create: CreateTransport): void {
  it('tells the client code and reason, and its handlers once, not inside the call', async () => {
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
    peer.socket.close(4404, 'not found');
    expect(peer.closes).toEqual([]);
    expect(await client.ended).toEqual({ code: 4404, reason: 'not found' });
    await until(() => expect(peer.closes).toEqual([4404]));
    await stage.transport.close();
    expect(peer.closes).toEqual([4404]);
  });

  it('may have no reason', async () => {
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
    peer.socket.close(1000, '');
    expect(await client.ended).toEqual({ code: 1000, reason: '' });
    await until(() => expect(peer.closes).toEqual([1000]));
  });

  it('is over for its handlers at once, whatever the client does', async () => {
    const stage = await setStage(create);
    const silent = await RawSocket.upgrade(stage.port);
    const [peer] = stage.peers;
    peer?.socket.close(4408, 'timeout');
    await until(() => expect(peer?.closes).toEqual([4408]));
    await silent.receive('timeout');
    silent.write(clientFrame('text', 'too late'));
    silent.destroy();
    await stage.transport.close();
    expect(peer?.messages).toEqual([]);
    expect(peer?.closes).toEqual([4408]);
  });

  it('reads nothing more, not even what came in the same packet', async () => {
    const stage = await setStage(create);
    const client = await RawSocket.upgrade(stage.port);
    const [peer] = stage.peers;
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
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
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
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
    client.socket.close(code, reason);
    expect(await client.ended).toEqual({ code: told, reason: reason ?? '' });
    await until(() => expect(peer.closes).toEqual([told]));
    await stage.transport.close();
    expect(peer.closes).toEqual([told]);
  });

  it('without a word tells 1006', async () => {
    const stage = await setStage(create);
    const reset = await stage.connect();
    const ended = await RawSocket.upgrade(stage.port);
    reset.client.socket.terminate();
    ended.socket.end();
    await until(() => expect(stage.peers.map(({ closes }) => closes)).toEqual([[1006], [1006]]));
  });

  it('right after its last message has that message heard', async () => {
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
    client.send('last words');
    client.socket.close(1000);
    await until(() => expect(peer.closes).toEqual([1000]));
    expect(peer.messages).toEqual(['last words']);
  });

  it('hears nothing of its topics any more, and the others do', async () => {
    const stage = await setStage(create);
    const [gone, stays] = [await stage.connect(), await stage.connect()];
    for (const { peer } of [gone, stays]) peer.socket.subscribe('hall');
    gone.client.socket.close();
    await until(() => expect(gone.peer.closes).toHaveLength(1));
    stage.transport.publish('hall', frame('who is there'));
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
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
    const { socket } = peer;
    socket.subscribe('hall');
    end(socket);
    useEveryMethod(socket);
    stage.transport.publish('hall', frame('unheard'));
    expect((await client.ended).code).toBe(code);
    useEveryMethod(socket);
    stage.transport.publish('hall', frame('unheard'));
    await until(() => expect(peer.closes).toEqual([code]));
    useEveryMethod(socket);
    expect(client.messages).toEqual([]);
    await stage.transport.close();
    expect(peer.closes).toEqual([code]);
  });

  it('by its client does nothing, whatever is called', async () => {
    const stage = await setStage(create);
    const { client, peer } = await stage.connect();
    const { socket } = peer;
    client.socket.close(1000);
    await until(() => expect(peer.closes).toEqual([1000]));
    useEveryMethod(socket);
    stage.transport.publish('hall', frame('unheard'));
    await stage.transport.close();
    useEveryMethod(socket);
    expect(client.messages).toEqual([]);
    expect(peer.closes).toEqual([1000]);
  });
}
