import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { call, type CallServer, emit, startCallServer, toldOfCalls } from '../support/callClients.ts';
import type { TestClient } from '../support/client.ts';
import { until } from '../support/processes.ts';
import { rawWrite } from '../support/store.ts';

const TOO_MANY = 'Too many call attempts. Please wait a moment.';

let server: CallServer;
afterEach(() => server.stop());

const errorOf = async (client: TestClient, type: string, data: object) => {
  emit(client, type, data, 'asked');
  const { type: outcome, message } = await client.nextThat(({ id }) => id === 'asked');
  return outcome === 'call:error' ? message : outcome;
};

describe('connections for calls', () => {
  const turnedAway = async (path: string) => {
    const client = await server.connect(path);
    const error = await client.next();
    return { ...error, close: (await client.closing).code };
  };
  const errorFrame = (message: string, code: string) => ({
    type: 'error',
    message,
    code,
    data: { message, code },
  });

  it.each(['/ws/user/', '/ws/telecaller/'])('[CA1] %s says what is wrong with a token', async (path) => {
    server = await startCallServer();
    expect(await turnedAway(path)).toEqual({
      ...errorFrame('Authentication token required', 'token_missing'),
      close: 4401,
    });
    const { engines } = server;
    const nobody = await engines.tokens.issue({ id: 999, username: 'nobody' }, 60_000);
    const invalid = { ...errorFrame('Invalid or expired token', 'token_invalid'), close: 4401 };
    expect(await turnedAway(`${path}?token=nonsense`)).toEqual(invalid);
    expect(await turnedAway(`${path}?token=${nobody}`)).toEqual(invalid);
    expect(await turnedAway(`${path}?token=${await server.token('buyer1', -1_000)}`)).toEqual({
      ...errorFrame('Invalid or expired token', 'token_expired'),
      close: 4401,
    });
  });

  it('[CA1] turns away who is on the wrong side, and who is blocked', async () => {
    server = await startCallServer();
    const { databaseUrl } = server;
    await rawWrite(databaseUrl, 'UPDATE users SET is_blocked = 1 WHERE id = 16');
    const denied = { ...errorFrame('Access denied', 'access_denied'), close: 4403 };
    const suspended = {
      ...errorFrame('Account suspended. Please contact support.', 'account_suspended'),
      close: 4403,
    };
    const cases = [
      ['/ws/user/', 'jane_smith', denied],
      ['/ws/user/', 'sana_noor', denied],
      ['/ws/user/', 'blocked1', suspended],
      ['/ws/telecaller/', 'buyer1', denied],
      ['/ws/telecaller/', 'blocked1', denied],
      ['/ws/telecaller/', 'sana_noor', suspended],
    ] as const;
    for (const [path, username, expected] of cases) {
      expect(await turnedAway(`${path}?token=${await server.token(username)}`)).toEqual(expected);
    }
    await server.user('kashmiri_crafts');
  });

  it('[CA24] are closed when their user is suspended meanwhile, and a call of theirs is over', async () => {
    server = await startCallServer();
    const [user, other, rival] = [
      await server.user('buyer1'),
      await server.user('buyer1'),
      await server.user('buyer2'),
    ];
    const [jane, sana] = [await server.telecaller('jane_smith'), await server.telecaller('sana_noor')];
    const callId = await call(user, '15');
    emit(jane, 'call:accept', { callId });
    await user.nextOf('call:accepted');
    const ringing = await call(rival, '16');
    for (const userId of [1, 16]) {
      await server.engines.store.accounts.setBlocked(userId, true, Date.now());
    }
    for (const each of [user, other, sana]) {
      expect(await each.nextOf('error')).toEqual(
        errorFrame('Account suspended. Please contact support.', 'account_suspended'),
      );
      expect((await each.closing).code).toBe(4403);
    }
    expect((await jane.nextOf('call:ended')).data).toMatchObject({ callId });
    expect(await rival.nextOf('call:missed')).toMatchObject({ data: { callId: ringing } });
    await rival.settle();
    await jane.settle();
  });

  it('[CA1] takes ten connections for calls a minute from one address, of both sides together', async () => {
    server = await startCallServer({ LIMIT_CALL_CONNECTIONS_PER_MINUTE: '10' });
    for (let opened = 0; opened < 5; opened += 1) {
      await server.connect('/ws/user/');
      await server.connect('/ws/telecaller/');
    }
    expect(await upgradeAnswer(server.port, '/ws/user/')).toEqual({
      status: 429,
      detail: 'Too many connection attempts. Please wait.',
    });
    await server.watch(1, 'buyer1');
  });

  it('[CA1] has no calls in production without a media server', async () => {
    server = await startCallServer({
      NODE_ENV: 'production',
      JWT_SECRET: 'a secret that only tests know',
      ALLOWED_ORIGINS: 'all',
    });
    await expect(server.connect('/ws/user/')).rejects.toThrow('HTTP 404');
  });
});

describe('refused calls', () => {
  it('[CA3] are told why, the first reason of the table first, and nobody else hears of them', async () => {
    server = await startCallServer();
    const [user, rival] = [await server.user('buyer1'), await server.user('buyer2')];
    const [jane, sana] = [await server.telecaller('jane_smith'), await server.telecaller('sana_noor')];
    await server.telecaller('new_telecaller');
    const initiate = (telecallerId: unknown, callType: unknown = 'AUDIO') =>
      errorOf(user, 'call:initiate', { telecallerId, callType });
    const heard = () => [rival, jane, sana].flatMap((each) => toldOfCalls(each));

    for (const malformed of [undefined, null, '', 1.5, true, ['15'], { _id: '15' }]) {
      expect(await initiate(malformed, 'SMS')).toBe('Invalid call request');
    }
    for (const absent of [undefined, null]) {
      emit(user, 'call:initiate', { telecallerId: '999', callType: absent }, 'asked');
      expect(await user.nextOf('call:error')).toEqual({
        type: 'call:error',
        id: 'asked',
        message: 'Invalid call request',
        code: 'invalid_call_request',
        data: { message: 'Invalid call request', code: 'invalid_call_request' },
      });
    }
    for (const unknown of ['SMS', 'audio', '', 7, {}]) {
      expect(await initiate('999', unknown)).toBe('Invalid call type');
    }
    const nobodys = [
      '999',
      '507f1f77bcf86cd799439031',
      'jane_smith',
      '0',
      -15,
      '17',
      17,
      '1',
      '9'.repeat(40),
    ];
    for (const nobody of nobodys) {
      expect(await initiate(nobody)).toBe('This person is no longer available for calls.');
    }
    await jane.settle();
    await sana.settle();
    await rival.settle();
    expect(heard()).toEqual([]);

    const callId = await call(rival, '15');
    expect(await initiate('15')).toBe('Jane Smith is busy on another call. Please try again later.');
    emit(jane, 'call:accept', { callId });
    await rival.nextOf('call:accepted');
    expect(await initiate('15')).toBe('Jane Smith is busy on another call. Please try again later.');
    await call(user, '16');
    expect(await initiate('15')).toBe('Jane Smith is busy on another call. Please try again later.');
    emit(rival, 'call:end', { callId });
    await jane.nextOf('call:ended');
    expect(await initiate('15')).toBe('You already have an active call.');

    jane.close();
    await until(async () =>
      expect((await server.engines.store.calls.telecaller(15))?.presence).toBe('OFFLINE'),
    );
    expect(await initiate('15')).toBe('Jane Smith is currently offline. Please try again later.');
    await rawWrite(server.databaseUrl, "UPDATE telecallers SET presence = 'ONLINE' WHERE user_id = 15");
    expect(await initiate('15')).toBe('Jane Smith is currently unavailable. Please try again later.');
    await sana.settle();
    await rival.settle();
    expect(heard()).toEqual([
      ...['call:ringing', 'call:accepted'],
      ...['call:incoming', 'call:accepted', 'call:ended'],
      'call:incoming',
    ]);
  });

  it('[CA5] nobody touches the calls of others, or takes a side that is not theirs', async () => {
    server = await startCallServer();
    const [user, rival] = [await server.user('buyer1'), await server.user('buyer2')];
    const [jane, sana] = [await server.telecaller('jane_smith'), await server.telecaller('sana_noor')];
    const callId = await call(user, '15');
    expect(await errorOf(rival, 'call:cancel', { callId })).toBe('Call not found.');
    expect(await errorOf(sana, 'call:accept', { callId })).toBe('Call not found.');
    expect(await errorOf(sana, 'call:reject', { callId })).toBe('Call not found.');
    expect(await errorOf(user, 'call:cancel', { callId: callId.toUpperCase() + ' ' })).toBe(
      'Call not found.',
    );
    for (const odd of ['\ud800', '\u0000', 'x'.repeat(9_000), "' OR 1=1 --"]) {
      expect(await errorOf(user, 'call:cancel', { callId: odd })).toBe('Call not found.');
    }
    expect(await errorOf(user, 'call:accept', { callId })).toBe('error');
    expect(await errorOf(jane, 'call:cancel', { callId })).toBe('error');
    for (const side of [user, jane]) {
      expect(await errorOf(side, 'call:end', { callId })).toBe('This call is not active.');
      for (const wrong of [{}, { callId: 7 }, { callId: '' }, { callId: null }]) {
        expect(await errorOf(side, 'call:end', wrong)).toBe('Invalid call request');
      }
    }
    emit(jane, 'call:accept', { callId });
    await user.nextOf('call:accepted');
    expect(await errorOf(user, 'call:cancel', { callId })).toBe('This call is no longer ringing.');
    expect(await errorOf(jane, 'call:reject', { callId })).toBe('This call is no longer ringing.');
    expect(await errorOf(rival, 'call:end', { callId })).toBe('Call not found.');
    expect(await errorOf(user, 'call:end', { callId })).toBe('ack');
    expect(await errorOf(jane, 'call:end', { callId })).toBe('This call is not active.');
  });

  it('[CA12] beginning, cancelling and ending have limits of their own, over all connections of a user', async () => {
    server = await startCallServer({
      LIMIT_CALL_INITIATES_PER_MINUTE: '5',
      LIMIT_CALL_CANCELS_PER_MINUTE: '2',
      LIMIT_CALL_ENDS_PER_MINUTE: '2',
    });
    const [user, other, rival] = [
      await server.user('buyer1'),
      await server.user('buyer1'),
      await server.user('buyer2'),
    ];
    const jane = await server.telecaller('jane_smith');
    const nobody = { telecallerId: '999', callType: 'AUDIO' };
    for (let asked = 0; asked < 8; asked += 1) {
      expect(await errorOf(user, 'call:initiate', {})).toBe('Invalid call request');
    }
    for (const each of [user, other, user, other, user]) {
      expect(await errorOf(each, 'call:initiate', nobody)).toBe(
        'This person is no longer available for calls.',
      );
    }
    for (const each of [user, other]) expect(await errorOf(each, 'call:initiate', nobody)).toBe(TOO_MANY);
    expect(await errorOf(user, 'call:initiate', { ...nobody, callType: 'SMS' })).toBe('Invalid call type');
    for (const type of ['call:cancel', 'call:end']) {
      for (const each of [user, other]) {
        expect(await errorOf(each, type, { callId: 'none' })).toBe('Call not found.');
      }
      expect(await errorOf(other, type, { callId: 'none' })).toBe(TOO_MANY);
    }
    for (const expected of ['Call not found.', 'Call not found.', TOO_MANY]) {
      expect(await errorOf(jane, 'call:end', { callId: 'none' })).toBe(expected);
    }
    await call(rival, '15');
  });
});

/** How a path answers the wish to become a WebSocket, where it does not. */
async function upgradeAnswer(port: number, path: string) {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const asked = request({ port, host: '127.0.0.1', path, headers }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { detail } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly detail: string };
  return { status: answer.statusCode, detail };
}
