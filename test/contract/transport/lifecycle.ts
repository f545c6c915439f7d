import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EngineUnavailable } from '../../../server/ports/errors.ts';
import type { TransportApplication } from '../../../server/ports/transport.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { RecordedLog } from '../../support/recordedLog.ts';
import { RawSocket, upgradeRequest } from '../../support/rawSocket.ts';
import { freePort, until } from '../../support/processes.ts';
import {
  type CreateTransport,
  frame,
  startTransport,
  SOCKET_IO,
  HARNESS_LIMITS,
} from './transportHarness.ts';

const here: TransportApplication['http'] = () => Promise.resolve(new Response('here'));

const deaf: TransportApplication = {
  upgrade: () => ({ accept: false, status: 404, detail: 'Not found' }),
  http: here,
  socketIo: SOCKET_IO,
};

/** What a transport says that may not listen on that port; its five seconds of waiting take no time. */
async function refusal(
  create: CreateTransport,
  port: number,
): Promise<{ readonly error: unknown; readonly log: RecordedLog }> {
  const log = new RecordedLog();
  const clock = new ManualClock();
  const transport = await create(HARNESS_LIMITS, log, clock);
  onTestFinished(() => transport.close());
  const outcomes: unknown[] = [];
  transport.listen('127.0.0.1', port, deaf).then(
    (listened) => outcomes.push(listened),
    (error: unknown) => outcomes.push(error),
  );
  await until(async () => {
    await clock.advance(250);
    expect(outcomes).toHaveLength(1);
  });
  return { error: outcomes[0], log };
}

/** From listening to the end. */
export function lifecycleContract(create: CreateTransport): void {
  describe('listening', () => listenContract(create));
  describe('listening again', () => restartContract(create));
  describe('stopping to listen', () => stopContract(create));
  describe('closing', () => closeContract(create));
}

function listenContract(create: CreateTransport): void {
  it('on port 0 takes a free one', async () => {
    const [one, two] = [await startTransport(create), await startTransport(create)];
    expect(one.port).toBeGreaterThan(1_023);
    expect(two.port).not.toBe(one.port);
    await one.connect();
    expect([one.peers.length, two.peers.length]).toEqual([1, 0]);
  });

  it('[SA21] on a port that another program keeps is refused in one line, after waiting for it', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    onTestFinished(() => void server.close());
    const { error, log } = await refusal(create, port);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toBe(
      `EngineUnavailable: Cannot listen on 127.0.0.1:${port}: the address is already in use`,
    );
    expect(log.messages('warn')).toEqual([`waiting for port ${port}: another process listens there`]);
  });

  it('[SA21] waits for a port that another program gives back', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const log = new RecordedLog();
    const transport = await create(HARNESS_LIMITS, log);
    onTestFinished(() => transport.close());
    const listening = transport.listen('127.0.0.1', port, deaf);
    await until(() => {
      expect(log.messages('warn')).toEqual([`waiting for port ${port}: another process listens there`]);
    });
    server.close();
    expect(await listening).toBe(port);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    expect(log.lines).toHaveLength(1);
  });

  it('[SA21] is refused at once where waiting is of no use', async () => {
    const log = new RecordedLog();
    const transport = await create(HARNESS_LIMITS, log);
    onTestFinished(() => transport.close());
    // An address of TEST-NET-1 is no machine's own.
    const listening = transport.listen('192.0.2.1', await freePort(), deaf);
    await expect(listening).rejects.toThrow(/^Cannot listen on 192\.0\.2\.1:\d+: .*EADDRNOTAVAIL/);
    expect(log.lines).toEqual([]);
  });

  it('on a port that a transport of its kind has is refused too', async () => {
    const harness = await startTransport(create, { http: here });
    const { error } = await refusal(create, harness.port);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(await (await harness.fetch('/')).text()).toBe('here');
  });
}

function restartContract(create: CreateTransport): void {
  it('on the port of one that has just closed its connections works at once', async () => {
    const harness = await startTransport(create, { http: here, port: await freePort() });
    expect(await (await harness.fetch('/')).text()).toBe('here');
    const { client } = await harness.connect();
    await harness.transport.close();
    await client.ended;
    const next = await create(HARNESS_LIMITS);
    expect(await next.listen('127.0.0.1', harness.port, deaf)).toBe(harness.port);
    await next.close();
  });
}

function stopContract(create: CreateTransport): void {
  it('turns newcomers away while open sockets talk on', async () => {
    const harness = await startTransport(create);
    const { client, peer } = await harness.connect();
    peer.socket.subscribe('hall');
    harness.transport.stopListening();
    harness.transport.stopListening();
    await expect(RawSocket.connect(harness.port)).rejects.toThrow('ECONNREFUSED');
    client.send('question');
    await until(() => expect(peer.messages).toEqual(['question']));
    peer.socket.send(frame('answer'));
    harness.transport.publish('hall', frame('event'));
    expect(await client.receive(2)).toEqual(['answer', 'event']);
    peer.socket.close(1012, 'server is restarting');
    expect(await client.ended).toEqual({ code: 1012, reason: 'server is restarting' });
  });

  it('turns an upgrade away that comes on an old connection', async () => {
    let answer: () => void = () => undefined;
    const answering = new Promise<void>((resolve) => (answer = resolve));
    const harness = await startTransport(create, {
      http: async () => {
        await answering;
        return new Response('a page');
      },
    });
    const client = await RawSocket.connect(harness.port);
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n');
    client.write(upgradeRequest('/'));
    harness.transport.stopListening();
    answer();
    await client.closed;
    expect(client.received.toString()).not.toContain(' 101 ');
    expect(harness.requests).toEqual([]);
  });
}

function closeContract(create: CreateTransport): void {
  it('ends every socket and request, and their handlers know before it resolves', async () => {
    const waiting: Request[] = [];
    const harness = await startTransport(create, {
      http: (request) => {
        waiting.push(request);
        return new Promise(() => undefined);
      },
    });
    const clients = [await harness.connect(), await harness.connect(), await harness.connect()];
    const [unanswered, silent] = [
      await RawSocket.connect(harness.port),
      await RawSocket.connect(harness.port),
    ];
    unanswered.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => expect(waiting).toHaveLength(1));
    clients[0]?.peer.socket.close(4400, 'bad request');
    await harness.transport.close();
    expect(harness.peers.map(({ closes }) => closes)).toEqual([[4400], [1006], [1006]]);
    await Promise.all(clients.map(({ client }) => client.ended));
    await Promise.all([unanswered.closed, silent.closed]);
    expect(unanswered.received.toString()).toBe('');
    await until(() => expect(waiting[0]?.signal.aborted).toBe(true));
  });

  it('gives the port back and may be done twice', async () => {
    const harness = await startTransport(create, { port: await freePort() });
    await harness.connect();
    await Promise.all([harness.transport.close(), harness.transport.close()]);
    await harness.transport.close();
    harness.transport.stopListening();
    harness.transport.publish('hall', frame('unheard'));
    const next = await create(HARNESS_LIMITS);
    expect(await next.listen('127.0.0.1', harness.port, deaf)).toBe(harness.port);
    await next.close();
  });

  it('may come before listening', async () => {
    const transport = await create(HARNESS_LIMITS);
    transport.publish('hall', frame('unheard'));
    transport.stopListening();
    await transport.close();
  });
}
