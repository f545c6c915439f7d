import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../support/processes.ts';
import { RawSocket, upgradeRequest } from '../../support/rawSocket.ts';
import { HANDSHAKE, SocketIoClient } from '../../support/socketIoClient.ts';
import { join } from './socketIo.ts';
import { type CreateTransport, frame, type Peer, setStage, type Stage, type StageOptions } from './stage.ts';

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

/** Sets a stage that logs one fault for each that a test makes, and lets none of them reach the process. */
async function setFaultyStage(create: CreateTransport, options: StageOptions = {}): Promise<Stage> {
  const uncaught: unknown[] = [];
  const catchIt = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', catchIt);
  process.on('unhandledRejection', catchIt);
  onTestFinished(() => {
    process.off('uncaughtException', catchIt);
    process.off('unhandledRejection', catchIt);
    expect(uncaught).toEqual([]);
  });
  return setStage(create, options);
}

async function expectLogged(stage: Stage, times = 1): Promise<void> {
  const line = { level: 'error', message: 'a handler of a connection failed', fields: { error: FAULT } };
  await until(() => expect(stage.log.lines).toEqual(Array.from({ length: times }, () => line)));
}

/** Opens another connection and talks over it. */
async function expectServing(stage: Stage): Promise<void> {
  stage.prepare = () => undefined;
  const { client, peer } = await stage.connect();
  client.send('question');
  await until(() => expect(peer.messages).toEqual(['question']));
  peer.socket.send(frame('answer'));
  expect(await client.receive(1)).toEqual(['answer']);
}

/** Makes the next peer fail when it is told that, and again whenever it is told anything afterwards but the end. */
function failAt(
  stage: Stage,
  what: keyof Pick<Peer, 'onOpened' | 'onReceived' | 'onEvent' | 'onPong'>,
): void {
  stage.prepare = (peer) => {
    peer[what] = fail;
    if (what !== 'onOpened') return;
    peer.onReceived = fail;
    peer.onEvent = fail;
    peer.onPong = fail;
  };
}

function rawContract(create: CreateTransport): void {
  it('[SA1] in opened closes it with 1011, and nothing else is told than the end', async () => {
    const stage = await setFaultyStage(create);
    failAt(stage, 'onOpened');
    const client = stage.dial();
    client.socket.once('open', () => client.send('unheard'));
    expect(await client.ended).toEqual({ code: 1011, reason: 'internal error' });
    const [peer] = stage.peers;
    await until(() => expect(peer?.closes).toEqual([1011]));
    expect([peer?.messages, peer?.pongs]).toEqual([[], 0]);
    await expectLogged(stage);
    await expectServing(stage);
  });

  it('[SA1] in received closes it with 1011, and the next message is not read', async () => {
    const stage = await setFaultyStage(create);
    failAt(stage, 'onReceived');
    const { client, peer } = await stage.connect();
    client.send('one');
    client.send('two');
    expect((await client.ended).code).toBe(1011);
    await until(() => expect(peer.closes).toEqual([1011]));
    expect(peer.messages).toEqual(['one']);
    await expectLogged(stage);
    await expectServing(stage);
  });

  it('[SA1] in pong closes it with 1011', async () => {
    const stage = await setFaultyStage(create);
    failAt(stage, 'onPong');
    const { client, peer } = await stage.connect();
    peer.socket.ping();
    expect((await client.ended).code).toBe(1011);
    await until(() => expect(peer.closes).toEqual([1011]));
    await expectLogged(stage);
    await expectServing(stage);
  });

  it('[SA1] in closed is logged, and that is all', async () => {
    const stage = await setFaultyStage(create);
    stage.prepare = (peer) => {
      peer.onClosed = fail;
    };
    const [one, two] = [await stage.connect(), await stage.connect()];
    one.client.socket.close(1000);
    two.peer.socket.close(4403, 'forbidden');
    await until(() => expect(stage.peers.map(({ closes }) => closes)).toEqual([[1000], [4403]]));
    await expectLogged(stage, 2);
    await expectServing(stage);
  });

  it('[SA1] that comes after its own close leaves that code', async () => {
    const stage = await setFaultyStage(create);
    stage.prepare = (peer) => {
      peer.onReceived = () => {
        peer.socket.close(4400, 'bad request');
        fail();
      };
    };
    const { client, peer } = await stage.connect();
    client.send('one');
    expect((await client.ended).code).toBe(4400);
    await until(() => expect(peer.closes).toEqual([4400]));
    await expectLogged(stage);
  });
}

const CARRIERS = ['websocket', 'polling'];
const WAYS = CARRIERS.flatMap((carrier) => ['/', '/refusing'].map((namespace) => ({ carrier, namespace })));

/** A client that begins to connect. */
function knock(stage: Stage, carrier: string, namespace = '/'): SocketIoClient {
  return new SocketIoClient(`http://127.0.0.1:${stage.port}${namespace}`, { transports: [carrier] });
}

function socketIoContract(create: CreateTransport): void {
  it.each(WAYS)(
    '[SA1] in opened ends the connection ($carrier, $namespace)',
    async ({ carrier, namespace }) => {
      const stage = await setFaultyStage(create);
      failAt(stage, 'onOpened');
      const client = knock(stage, carrier, namespace);
      await until(() => expect(stage.peers[0]?.closes).toEqual([1011]));
      await until(() => expect(client.socket.io.engine.readyState).toBe('closed'));
      expect(stage.peers[0]?.events).toEqual([]);
      await expectLogged(stage);
      await expectServing(stage);
    },
  );

  it.each(CARRIERS)('[SA1] in receivedEvent ends the connection (%s)', async (carrier) => {
    const stage = await setFaultyStage(create);
    failAt(stage, 'onEvent');
    const { client, peer } = await join(stage, { transports: [carrier] });
    client.socket.emit('one');
    client.socket.emit('two');
    await until(() => expect(peer.closes).toEqual([1011]));
    await until(() => expect(client.disconnects).toEqual(['transport close']));
    expect(peer.events.map(({ name }) => name)).toEqual(['one']);
    await expectLogged(stage);
    await expectServing(stage);
  });

  it('[SA1] in pong ends the connection', async () => {
    const stage = await setFaultyStage(create, { limits: { pingEveryMs: 20 } });
    failAt(stage, 'onPong');
    const { peer } = await join(stage);
    await until(() => expect(peer.closes).toEqual([1011]));
    await expectLogged(stage);
    await expectServing(stage);
  });

  it.each(CARRIERS)('[SA1] in closed is logged, and that is all (%s)', async (carrier) => {
    const stage = await setFaultyStage(create);
    stage.prepare = (peer) => {
      peer.onClosed = fail;
    };
    const { client, peer } = await join(stage, { transports: [carrier] });
    client.socket.disconnect();
    await until(() => expect(peer.closes).toEqual([1000]));
    await expectLogged(stage);
    await expectServing(stage);
  });

  it('[SA1] in an acknowledgement, whose answer cannot be written, ends the connection', async () => {
    const stage = await setFaultyStage(create);
    const { client, peer } = await join(stage);
    const unwritable = {
      ok: true as const,
      toJSON: fail,
    };
    peer.onEvent = ({ acknowledge }) => acknowledge?.(unwritable);
    client.socket.emit('one', () => undefined);
    await until(() => expect(peer.closes).toEqual([1011]));
    await expectLogged(stage);
    await expectServing(stage);
  });

  it.each(WAYS)(
    '[SA1] in connect ends the connection ($carrier, $namespace)',
    async ({ carrier, namespace }) => {
      const stage = await setFaultyStage(create, { socketIo: { connect: fail } });
      const client = knock(stage, carrier, namespace);
      await expectLogged(stage);
      await until(() => expect(client.socket.io.engine.readyState).toBe('closed'));
      await expectServing(stage);
    },
  );
}

function applicationContract(create: CreateTransport): void {
  it('[SA1] in upgrade is answered 500', async () => {
    const stage = await setFaultyStage(create, {
      upgrade: fail,
      http: () => Promise.resolve(new Response('here')),
    });
    const client = await RawSocket.connect(stage.port);
    client.write(upgradeRequest('/'));
    await client.closed;
    expect(client.received.toString()).toMatch(/^HTTP\/1.1 500 .*\{"detail":"Internal server error"\}$/s);
    await expectLogged(stage);
    expect(await (await stage.fetch('/')).text()).toBe('here');
  });

  it.each([
    { how: 'throws', http: fail },
    { how: 'rejects', http: () => Promise.reject(FAULT) },
  ])('[SA1] in http, which $how, is answered 500 and logged', async ({ http }) => {
    const stage = await setFaultyStage(create, { http });
    expect((await stage.fetch('/')).status).toBe(500);
    await expectLogged(stage);
    await expectServing(stage);
  });

  it.each(CARRIERS)('[SA1] in turnDown is answered 500 (%s)', async (carrier) => {
    const stage = await setFaultyStage(create, { socketIo: { turnDown: fail } });
    const client = await RawSocket.connect(stage.port);
    if (carrier === 'websocket') client.write(upgradeRequest(HANDSHAKE.websocket));
    else client.write(`GET ${HANDSHAKE.polling} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await client.receive('Internal server error')).toMatch(/^HTTP\/1.1 500 /);
    client.destroy();
    await expectLogged(stage);
    await expectServing(stage);
  });
}
