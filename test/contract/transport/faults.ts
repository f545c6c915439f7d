import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../support/processes.ts';
import { RawSocket, upgradeRequest } from '../../support/rawSocket.ts';
import { HANDSHAKE, SocketIoClient } from '../../support/socketIoClient.ts';
import { join } from './socketIo.ts';
import {
  type CreateTransport,
  frame,
  type Peer,
  startTransport,
  type TransportHarness,
  type TransportHarnessOptions,
} from './transportHarness.ts';

/** What becomes of exceptions: they end one connection. */
export function faultContract(create: CreateTransport): void {
  describe('a fault of a handler of a raw socket', () => rawContract(create));
  describe('a fault of a handler of Socket.IO', () => socketIoContract(create));
  describe('a fault of the application', () => applicationContract(create));
}

const FAULT = new Error('a fault of the test');

const fail = () => {
  throw FAULT;
};

/** Starts a transport whose harness logs one fault for each that a test makes, and lets none of them reach the process. */
async function startFaultyTransport(
  create: CreateTransport,
  options: TransportHarnessOptions = {},
): Promise<TransportHarness> {
  const uncaught: unknown[] = [];
  const catchIt = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', catchIt);
  process.on('unhandledRejection', catchIt);
  onTestFinished(() => {
    process.off('uncaughtException', catchIt);
    process.off('unhandledRejection', catchIt);
    expect(uncaught).toEqual([]);
  });
  return startTransport(create, options);
}

async function expectLogged(harness: TransportHarness, times = 1): Promise<void> {
  const line = { level: 'error', message: 'a handler of a connection failed', fields: { error: FAULT } };
  await until(() => expect(harness.log.lines).toEqual(Array.from({ length: times }, () => line)));
}

/** Opens another connection and talks over it. */
async function expectServing(harness: TransportHarness): Promise<void> {
  harness.prepare = () => undefined;
  const { client, peer } = await harness.connect();
  client.send('question');
  await until(() => expect(peer.messages).toEqual(['question']));
  peer.socket.send(frame('answer'));
  expect(await client.receive(1)).toEqual(['answer']);
}

/** Makes the next peer fail when it is told that, and again whenever it is told anything afterwards but the end. */
function failAt(
  harness: TransportHarness,
  what: keyof Pick<Peer, 'onOpened' | 'onReceived' | 'onEvent' | 'onPong'>,
): void {
  harness.prepare = (peer) => {
    peer[what] = fail;
    if (what !== 'onOpened') return;
    peer.onReceived = fail;
    peer.onEvent = fail;
    peer.onPong = fail;
  };
}

function rawContract(create: CreateTransport): void {
  it('[SA1] in opened closes it with 1011, and nothing else is told than the end', async () => {
    const harness = await startFaultyTransport(create);
    failAt(harness, 'onOpened');
    const client = harness.dial();
    client.socket.once('open', () => client.send('unheard'));
    expect(await client.ended).toEqual({ code: 1011, reason: 'internal error' });
    const [peer] = harness.peers;
    await until(() => expect(peer?.closes).toEqual([1011]));
    expect([peer?.messages, peer?.pongs]).toEqual([[], 0]);
    await expectLogged(harness);
    await expectServing(harness);
  });

  it('[SA1] in received closes it with 1011, and the next message is not read', async () => {
    const harness = await startFaultyTransport(create);
    failAt(harness, 'onReceived');
    const { client, peer } = await harness.connect();
    client.send('one');
    client.send('two');
    expect((await client.ended).code).toBe(1011);
    await until(() => expect(peer.closes).toEqual([1011]));
    expect(peer.messages).toEqual(['one']);
    await expectLogged(harness);
    await expectServing(harness);
  });

  it('[SA1] in pong closes it with 1011', async () => {
    const harness = await startFaultyTransport(create);
    failAt(harness, 'onPong');
    const { client, peer } = await harness.connect();
    peer.socket.ping();
    expect((await client.ended).code).toBe(1011);
    await until(() => expect(peer.closes).toEqual([1011]));
    await expectLogged(harness);
    await expectServing(harness);
  });

  it('[SA1] in closed is logged, and that is all', async () => {
    const harness = await startFaultyTransport(create);
    harness.prepare = (peer) => {
      peer.onClosed = fail;
    };
    const [one, two] = [await harness.connect(), await harness.connect()];
    one.client.socket.close(1000);
    two.peer.socket.close(4403, 'forbidden');
    await until(() => expect(harness.peers.map(({ closes }) => closes)).toEqual([[1000], [4403]]));
    await expectLogged(harness, 2);
    await expectServing(harness);
  });

  it('[SA1] that comes after its own close leaves that code', async () => {
    const harness = await startFaultyTransport(create);
    harness.prepare = (peer) => {
      peer.onReceived = () => {
        peer.socket.close(4400, 'bad request');
        fail();
      };
    };
    const { client, peer } = await harness.connect();
    client.send('one');
    expect((await client.ended).code).toBe(4400);
    await until(() => expect(peer.closes).toEqual([4400]));
    await expectLogged(harness);
  });
}

const CARRIERS = ['websocket', 'polling'];
const WAYS = CARRIERS.flatMap((carrier) => ['/', '/refusing'].map((namespace) => ({ carrier, namespace })));

/** A client that begins to connect. */
function knock(harness: TransportHarness, carrier: string, namespace = '/'): SocketIoClient {
  return new SocketIoClient(`http://127.0.0.1:${harness.port}${namespace}`, { transports: [carrier] });
}

function socketIoContract(create: CreateTransport): void {
  it.each(WAYS)(
    '[SA1] in opened ends the connection ($carrier, $namespace)',
    async ({ carrier, namespace }) => {
      const harness = await startFaultyTransport(create);
      failAt(harness, 'onOpened');
      const client = knock(harness, carrier, namespace);
      await until(() => expect(harness.peers[0]?.closes).toEqual([1011]));
      await until(() => expect(client.socket.io.engine.readyState).toBe('closed'));
      expect(harness.peers[0]?.events).toEqual([]);
      await expectLogged(harness);
      await expectServing(harness);
    },
  );

  it.each(CARRIERS)('[SA1] in receivedEvent ends the connection (%s)', async (carrier) => {
    const harness = await startFaultyTransport(create);
    failAt(harness, 'onEvent');
    const { client, peer } = await join(harness, { transports: [carrier] });
    client.socket.emit('one');
    client.socket.emit('two');
    await until(() => expect(peer.closes).toEqual([1011]));
    await until(() => expect(client.disconnects).toEqual(['transport close']));
    expect(peer.events.map(({ name }) => name)).toEqual(['one']);
    await expectLogged(harness);
    await expectServing(harness);
  });

  it('[SA1] in pong ends the connection', async () => {
    const harness = await startFaultyTransport(create, { limits: { pingEveryMs: 20 } });
    failAt(harness, 'onPong');
    const { peer } = await join(harness);
    await until(() => expect(peer.closes).toEqual([1011]));
    await expectLogged(harness);
    await expectServing(harness);
  });

  it.each(CARRIERS)('[SA1] in closed is logged, and that is all (%s)', async (carrier) => {
    const harness = await startFaultyTransport(create);
    harness.prepare = (peer) => {
      peer.onClosed = fail;
    };
    const { client, peer } = await join(harness, { transports: [carrier] });
    client.socket.disconnect();
    await until(() => expect(peer.closes).toEqual([1000]));
    await expectLogged(harness);
    await expectServing(harness);
  });

  it('[SA1] in an acknowledgement, whose answer cannot be written, ends the connection', async () => {
    const harness = await startFaultyTransport(create);
    const { client, peer } = await join(harness);
    const unwritable = {
      ok: true as const,
      toJSON: fail,
    };
    peer.onEvent = ({ acknowledge }) => acknowledge?.(unwritable);
    client.socket.emit('one', () => undefined);
    await until(() => expect(peer.closes).toEqual([1011]));
    await expectLogged(harness);
    await expectServing(harness);
  });

  it.each(WAYS)(
    '[SA1] in connect ends the connection ($carrier, $namespace)',
    async ({ carrier, namespace }) => {
      const harness = await startFaultyTransport(create, { socketIo: { connect: fail } });
      const client = knock(harness, carrier, namespace);
      await expectLogged(harness);
      await until(() => expect(client.socket.io.engine.readyState).toBe('closed'));
      await expectServing(harness);
    },
  );
}

function applicationContract(create: CreateTransport): void {
  it('[SA1] in upgrade is answered 500', async () => {
    const harness = await startFaultyTransport(create, {
      upgrade: fail,
      http: () => Promise.resolve(new Response('here')),
    });
    const client = await RawSocket.connect(harness.port);
    client.write(upgradeRequest('/'));
    await client.closed;
    expect(client.received.toString()).toMatch(/^HTTP\/1.1 500 .*\{"detail":"Internal server error"\}$/s);
    await expectLogged(harness);
    expect(await (await harness.fetch('/')).text()).toBe('here');
  });

  it.each([
    { how: 'throws', http: fail },
    { how: 'rejects', http: () => Promise.reject(FAULT) },
  ])('[SA1] in http, which $how, is answered 500 and logged', async ({ http }) => {
    const harness = await startFaultyTransport(create, { http });
    expect((await harness.fetch('/')).status).toBe(500);
    await expectLogged(harness);
    await expectServing(harness);
  });

  it.each(CARRIERS)('[SA1] in turnDown is answered 500 (%s)', async (carrier) => {
    const harness = await startFaultyTransport(create, { socketIo: { turnDown: fail } });
    const client = await RawSocket.connect(harness.port);
    if (carrier === 'websocket') client.write(upgradeRequest(HANDSHAKE.websocket));
    else client.write(`GET ${HANDSHAKE.polling} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await client.receive('Internal server error')).toMatch(/^HTTP\/1.1 500 /);
    client.destroy();
    await expectLogged(harness);
    await expectServing(harness);
  });
}
