import { afterEach, describe, expect, it } from 'vitest';
import { AYESHA, type CallServer, JANE, startCallServer } from '../support/callClients.ts';
import { until } from '../support/processes.ts';
import { SocketIoClient } from '../support/socketIoClient.ts';
import { rawWrite } from '../support/store.ts';

const anyText: unknown = expect.any(String);
const anyNumber: unknown = expect.any(Number);

describe('Socket.IO clients that call', () => {
  let server: CallServer;
  let user: SocketIoClient;
  let jane: SocketIoClient;
  afterEach(() => server.stop());

  const connect = async (namespace: string, username: string) =>
    SocketIoClient.connect(`${server.http}${namespace}`, { auth: { token: await server.token(username) } });
  const start = async (settings: Record<string, string> = {}) => {
    server = await startCallServer(settings);
    user = await connect('/user', 'buyer1');
    jane = await connect('/telecaller', 'jane_smith');
    const [data] = await user.next('telecaller:presence-changed');
    expect(data).toMatchObject({ telecallerId: '15', presence: 'ONLINE', telecaller: JANE });
  };
  const ring = async () => {
    user.socket.emit('call:initiate', { telecallerId: '15', callType: 'AUDIO' });
    const [incoming] = await jane.next('call:incoming');
    const { callId } = incoming as { readonly callId: string };
    expect(incoming).toEqual({ callId, callType: 'AUDIO', caller: AYESHA });
    expect(await user.next('call:ringing')).toEqual([{ callId, telecaller: JANE }]);
    return callId;
  };

  it('[IO14] [CA22] go through a whole call as the document draws it', async () => {
    await start();
    const callId = await ring();
    expect(await jane.ask('call:accept', { callId })).toEqual({ ok: true });
    const livekit = { token: anyText, url: anyText, roomName: callId };
    expect(await user.next('call:accepted')).toEqual([{ callId, livekit }]);
    expect(await jane.next('call:accepted')).toEqual([
      { callId, callType: 'AUDIO', caller: AYESHA, livekit },
    ]);
    const cost = { duration: anyNumber, coins: 10 };
    expect(await user.ask('call:end', { callId })).toEqual({ ok: true, ...cost });
    expect(await jane.next('call:ended')).toEqual([{ callId, ...cost }]);
  });

  it('[IO14] reject, cancel and disconnect as the document says', async () => {
    await start();
    const rejected = await ring();
    jane.socket.emit('call:reject', { callId: rejected });
    expect(await user.next('call:rejected')).toEqual([{ callId: rejected }]);
    const cancelled = await ring();
    user.socket.emit('call:cancel', { callId: cancelled });
    expect(await jane.next('call:cancelled')).toEqual([{ callId: cancelled }]);
    const left = await ring();
    user.socket.disconnect();
    expect(await jane.next('call:missed')).toEqual([{ callId: left }]);
  });

  it('[IO14] are told that nobody has answered', async () => {
    await start({ LIMIT_CALL_RING_MS: '50' });
    const callId = await ring();
    for (const side of [user, jane]) expect(await side.next('call:missed')).toEqual([{ callId }]);
  });

  it('[IO14] [IO4] are refused by call:error, and by the callback', async () => {
    await start();
    const message = 'Invalid call type';
    const initiate = { telecallerId: '15', callType: 'SMS' };
    expect(await user.ask('call:initiate', initiate)).toMatchObject({ ok: false, error: message });
    expect((await user.next('call:error'))[0]).toMatchObject({ message });
  });

  it('[IO12] do not connect when they may not, and are told the document’s reason', async () => {
    server = await startCallServer({ LIMIT_CALL_CONNECTIONS_PER_MINUTE: '10' });
    await rawWrite(server.databaseUrl, 'UPDATE users SET is_blocked = 1 WHERE id = 16');
    const token = (username: string, ttlMs?: number) => server.token(username, ttlMs);
    const cases = [
      ['/user', undefined, 'Authentication token required', 'token_missing'],
      ['/telecaller', undefined, 'Authentication token required', 'token_missing'],
      ['/user', 'nonsense', 'Invalid or expired token', 'token_invalid'],
      ['/user', await token('buyer1', -1_000), 'Invalid or expired token', 'token_expired'],
      ['/user', await token('jane_smith'), 'Access denied', 'access_denied'],
      ['/telecaller', await token('buyer1'), 'Access denied', 'access_denied'],
      [
        '/telecaller',
        await token('sana_noor'),
        'Account suspended. Please contact support.',
        'account_suspended',
      ],
    ] as const;
    for (const [namespace, given, message, code] of cases) {
      const auth = given === undefined ? {} : { token: given };
      const client = new SocketIoClient(`${server.http}${namespace}`, { auth, reconnection: true });
      await expect(client.connected()).rejects.toMatchObject({ message, data: { code } });
      expect([client.told, client.socket.active]).toEqual([[], false]);
    }
    for (let connected = 0; connected < 3; connected += 1) await connect('/user', 'buyer1');
    await expect(connect('/user', 'buyer1')).rejects.toMatchObject({
      message: 'Too many connection attempts. Please wait.',
      data: { code: 'too_many_connections' },
    });
    await until(async () => {
      const { body } = await server.engines.metrics.page();
      expect(body).toContain('ringside_connections{route="socket.io /user"} 3');
      expect(body).toContain('ringside_connections{route="socket.io /telecaller"} 0');
    });
  });

  it('[IO12] may be in several namespaces by one connection', async () => {
    await start();
    const gateway = user.socket.io.socket('/', { auth: { token: await server.token('buyer1') } });
    await new Promise<void>((resolve) => gateway.once('connect', resolve));
    expect(await gateway.emitWithAck('joinAuction', { auctionId: 9999 })).toMatchObject({ ok: false });
    gateway.disconnect();
    await ring();
  });
});
