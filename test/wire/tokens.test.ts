import { afterEach, describe, expect, it } from 'vitest';
import { call, type CallServer, emit, startCallServer } from '../support/callClients.ts';
import type { TestClient } from '../support/client.ts';
import { until } from '../support/processes.ts';
import { SocketIoClient } from '../support/socketIoClient.ts';
import { TRANSPORTS } from '../support/transports.ts';

const anyTime: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
/** A path of each protocol, with a user who may connect to it. */
const PATHS = [
  ['/ws/auction/1/', 'buyer1'],
  ['/ws/ring/8/', 'buyer1'],
  ['/ws/', 'buyer1'],
  ['/ws/user/', 'buyer1'],
  ['/ws/telecaller/', 'jane_smith'],
] as const;
const NAMESPACES = [
  ['/ring', 'buyer1'],
  ['/', 'buyer1'],
  ['/user', 'buyer1'],
  ['/telecaller', 'jane_smith'],
] as const;

describe.each(TRANSPORTS)('tokens over %s', (transport) => {
  let server: CallServer;
  afterEach(() => server.stop());

  const start = async (settings: Record<string, string> = {}) => {
    server = await startCallServer({ TRANSPORT: transport, ...settings });
  };
  const connect = async (path: string, username: string, ttlMs: number): Promise<TestClient> => {
    const client = await server.connect(`${path}?token=${await server.token(username, ttlMs)}`);
    await client.settle();
    return client;
  };

  it('[TK2] are renewed on the raw sockets of every protocol, which a bad token does not close', async () => {
    await start();
    for (const [path, username] of PATHS) {
      const client = await connect(path, username, 60_000);
      client.send({ type: 'authenticate', token: await server.token(username), id: 1 });
      expect(await client.nextOf('authenticated'), path).toEqual({
        type: 'authenticated',
        id: 1,
        data: { expires_at: anyTime },
      });
      client.send({ type: 'authenticate', data: { token: 'nonsense' }, id: 2 });
      expect(await client.nextOf('error'), path).toMatchObject({ code: 'token_invalid', id: 2 });
      client.send({ type: 'authenticate', token: await server.token('buyer2'), id: 3 });
      expect(await client.nextOf('error'), path).toMatchObject({ code: 'wrong_user', id: 3 });
      await client.settle();
    }
  });

  it('[TK2] are renewed over Socket.IO by an event of that name', async () => {
    await start();
    for (const [namespace, username] of NAMESPACES) {
      const token = await server.token(username);
      const client = await SocketIoClient.connect(server.http + namespace, { auth: { token, ring_id: 8 } });
      expect(await client.ask('authenticate', { token }), namespace).toEqual({ ok: true });
      expect(await client.next('authenticated'), namespace).toEqual([{ expires_at: anyTime }]);
      expect(await client.ask('authenticate', { token: await server.token('buyer2') })).toMatchObject({
        ok: false,
        code: 'wrong_user',
      });
      expect(client.disconnects).toEqual([]);
    }
  });

  it('[TK3] [CO5] are told to end, and end their connections, in every protocol where that is set', async () => {
    await start({ TOKEN_EXPIRY: 'while-connected' });
    for (const [path, username] of PATHS) {
      const client = await server.connect(`${path}?token=${await server.token(username, 1_000)}`);
      expect(await client.nextOf('token_expiring'), path).toEqual({
        type: 'token_expiring',
        data: { expires_at: anyTime },
      });
      expect(await client.nextOf('error')).toMatchObject({ code: 'token_expired' });
      expect((await client.closing).code).toBe(4401);
    }
    const auth = { token: await server.token('buyer1', 1_000) };
    const client = await SocketIoClient.connect(server.http, { auth });
    expect(await client.next('token_expiring')).toEqual([{ expires_at: anyTime }]);
    await until(() => expect(client.disconnects).toEqual(['io server disconnect']));
  });

  it('[TK1] [TK5] may run out during a call, which goes on and is ended by its user', async () => {
    for (const expiry of ['on-connect', 'while-connected']) {
      await start({ TOKEN_EXPIRY: expiry });
      const users = [
        await connect('/ws/user/', 'buyer1', 2_000),
        await connect('/ws/telecaller/', 'jane_smith', 2_000),
      ] as const;
      const [user, jane] = users;
      const callId = await call(user, '15');
      emit(jane, 'call:accept', { callId });
      await user.nextOf('call:accepted');
      const token = await server.token('buyer1', 2_000);
      const other = await server.connect(`/ws/auction/1/?token=${token}`);
      if (expiry === 'while-connected') await other.closing;
      else await until(async () => expect((await tryToken(token)).status).toBe(401));
      await Promise.all(users.map((each) => each.settle()));
      emit(user, 'call:end', { callId }, 'bye');
      expect((await jane.nextOf('call:ended')).data).toMatchObject({ callId });
      await server.stop();
    }
    await start();
  });

  const tryToken = (token: string) =>
    fetch(`${server.http}/api/notifications/`, { headers: { Authorization: `Bearer ${token}` } });

  it('[TK4] has sockets come back: an old one is closed with 1012, over Socket.IO by its connection', async () => {
    await start({ LIMIT_CONNECTION_AGE_MS: '500' });
    const client = await server.connect(`/ws/?token=${await server.token('buyer1')}`);
    expect(await client.closing).toMatchObject({ code: 1012 });
    const auth = { token: await server.token('buyer1') };
    const viewer = new SocketIoClient(server.http, { auth, reconnection: true, reconnectionDelay: 10 });
    await until(() => expect(viewer.disconnects).toEqual(['transport close']));
    await until(() => expect(viewer.socket.connected).toBe(true));
  });
});
