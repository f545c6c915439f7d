import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../server/config.ts';
import { createBackendIdentity, type VerifyingBackend } from '../../server/engines/identity/backend.ts';
import type { IdentityProvider } from '../../server/ports/identity.ts';
import type { AccountStore } from '../../server/domain/account/store.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import {
  type BackendAnswer,
  json,
  type MainBackend,
  startMainBackend,
  status,
} from '../support/mainBackend.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const SECRET = 'known-to-both-of-us';
const TOKEN = 'eyJ.the-token-of-sana.signature';
const SANA = { id: 501, username: 'sana' };

describe('[RG5] the identity of a main backend', () => {
  let database: TestStore;
  let backend: MainBackend;
  let clock: ManualClock;
  let log: RecordedLog;
  let identity: IdentityProvider;
  beforeAll(async () => {
    database = await openTestStore('sqlite', demoSeed(new ManualClock().nowMs()));
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    clock = new ManualClock();
    log = new RecordedLog();
    backend = await startMainBackend(json(SANA));
    identity = open();
  });
  afterEach(async () => {
    expect(JSON.stringify(log.lines)).not.toContain(TOKEN);
    expect(JSON.stringify(log.lines)).not.toContain(SECRET);
    expect(clock.pendingTimers).toBe(0);
    await backend.stop();
  });

  const open = (more: Partial<VerifyingBackend & { store: Pick<AccountStore, 'ensure'> }> = {}) =>
    createBackendIdentity(
      { url: backend.url, secret: SECRET, ...more },
      { store: more.store ?? database.store.accounts, clock, log },
    );
  const kindOf = async (token = TOKEN) => (await identity.identify(token)).kind;
  const exp = () => Math.floor(clock.nowMs() / 1000);

  it('asks with the token as JSON and the secret in a header', async () => {
    expect(await identity.identify(TOKEN)).toEqual({ kind: 'identified', user: SANA, expiresAtMs: null });
    expect(backend.received).toHaveLength(1);
    expect(backend.received[0]).toMatchObject({
      path: '/told?by=ringside',
      headers: { 'content-type': 'application/json', 'x-ringside-secret': SECRET },
      body: JSON.stringify({ token: TOKEN }),
    });
    await open({ secret: null }).identify(TOKEN);
    expect(backend.received[1]?.headers).not.toHaveProperty('x-ringside-secret');
  });

  it('makes its users users of ours, and refreshes them', async () => {
    const details = {
      name: 'Sana Malik',
      email: 'sana@example.com',
      number: '+923009990501',
      role: 'seller',
    };
    backend.answers(json({ id: 502, username: 'sana502', ...details, extra: { key: 1 }, exp: exp() + 60 }));
    expect(await identity.identify(TOKEN)).toMatchObject({ expiresAtMs: (exp() + 60) * 1000 });
    const made = {
      id: 502,
      username: 'sana502',
      ...details,
      type: 'Normal',
      isBlocked: false,
      profile: null,
    };
    expect(await database.store.accounts.byId(502)).toEqual(made);
    backend.answers(json({ id: 502, username: 'sana_m', name: null, type: 'Expert' }));
    await clock.advance(60_000);
    expect(await identity.identify(TOKEN)).toMatchObject({ user: { id: 502, username: 'sana_m' } });
    expect(await database.store.accounts.byId(502)).toEqual({ ...made, username: 'sana_m', type: 'Expert' });
  });

  it('lets a user in whose username belongs to another one here, under another name', async () => {
    backend.answers(json({ id: 503, username: 'buyer1' }));
    expect(await identity.identify(TOKEN)).toMatchObject({ user: { id: 503, username: 'buyer1~503' } });
    expect(log.messages('warn')).toEqual(['a username of the main backend belongs to another user here']);
  });

  it.each([
    [401, '', 'invalid'],
    [401, 'x'.repeat(200_000), 'invalid'],
    [401, '{"error":"expired"}', 'expired'],
    [403, '{"error":"expired"}', 'invalid'],
    [404, '', 'invalid'],
    [410, '', 'expired'],
    [200, '', 'unavailable'],
    [200, '<html>', 'unavailable'],
    [200, '[]', 'unavailable'],
    [200, 'null', 'unavailable'],
    [200, '{"id":"501","username":"sana"}', 'unavailable'],
    [200, '{"id":0,"username":"sana"}', 'unavailable'],
    [200, '{"id":501.5,"username":"sana"}', 'unavailable'],
    [200, '{"id":501,"username":" "}', 'unavailable'],
    [200, '{"id":501}', 'unavailable'],
    [200, '{"id":501,"username":"sana","role":"admin"}', 'unavailable'],
    [200, '{"id":501,"username":"sana","exp":"tomorrow"}', 'unavailable'],
    [200, `{"id":501,"username":"sana","more":"${'x'.repeat(70_000)}"}`, 'unavailable'],
    [204, '', 'unavailable'],
    [400, '', 'unavailable'],
    [429, '', 'unavailable'],
    [500, '{"error":"expired"}', 'unavailable'],
    [503, '', 'unavailable'],
  ])('takes %i %.50s for %s', async (code, body, kind) => {
    backend.answers(status(code, body));
    expect(await kindOf()).toBe(kind);
  });

  it.each<[string, object]>([
    ...['\u0000', '\u0007', '\n', '\u001b[31m', '\u007f', '\u0085'].flatMap((character): [string, object][] =>
      ['username', 'name', 'email', 'number'].map((field) => [
        `a control character in ${field}: ${JSON.stringify(character)}`,
        { [field]: `sa${character}na` },
      ]),
    ),
    ...['\ud800', '\udc00', 'sana\ud83d', '\udc00\ud800'].flatMap((text): [string, object][] =>
      ['username', 'name', 'email', 'number'].map((field) => [
        `half a pair of surrogates in ${field}: ${JSON.stringify(text)}`,
        { [field]: text },
      ]),
    ),
    ...['', ' ', '\t \u00a0\u3000', '\u200b', '\u200b\u2060\ufeff', '\u202e'].flatMap(
      (text): [string, object][] =>
        ['username', 'name'].map((field) => [
          `${field} with nothing to see: ${JSON.stringify(text)}`,
          { [field]: text },
        ]),
    ),
    ...['__proto__', 'constructor', 'prototype', ' __proto__ '].map((username): [string, object] => [
      `the username ${username}`,
      { username },
    ]),
    ['a username that is a list', { username: ['sana'] }],
    ['a username that is too long', { username: 'x'.repeat(151) }],
  ])('[SA27] lets nobody in on %s', async (_title, details) => {
    const answer = { id: 504, username: 'sana504', ...details };
    backend.answers(json(answer));
    expect(await kindOf()).toBe('unavailable');
    expect(await kindOf()).toBe('unavailable');
    expect(log.messages('warn')).toEqual(['the main backend cannot tell whose a token is']);
    expect(await database.store.accounts.byId(504)).toBeNull();
  });

  it.each([
    ['a prototype in place of a user', '{"__proto__":{"id":504,"username":"sana504"}}'],
    [
      'what nests 10,000 deep',
      `{"id":504,"username":"sana504","more":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    ],
    ['what nests deep for a username', `{"id":504,"username":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['what nests 33 deep', `{"id":504,"username":"sana504","more":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['what has 1 MB', JSON.stringify({ id: 504, username: 'sana504', more: 'x'.repeat(1_048_576) })],
  ])('[SA27] lets nobody in on %s', async (_title, body) => {
    backend.answers(status(200, body));
    expect(await kindOf()).toBe('unavailable');
    expect(log.messages('warn')).toEqual(['the main backend cannot tell whose a token is']);
    expect(log.messages('error')).toEqual([]);
    expect(await database.store.accounts.byId(504)).toBeNull();
  });

  it('[SA27] takes names of all scripts, and what is empty for none', async () => {
    backend.answers(json({ id: 505, username: ' ثنا ملک ', name: 'Ana 🎺', email: ' ', number: '' }));
    expect(await identity.identify(TOKEN)).toMatchObject({ user: { id: 505, username: 'ثنا ملک' } });
    expect(await database.store.accounts.byId(505)).toMatchObject({ name: 'Ana 🎺', email: '', number: '' });
  });

  it('takes a user whose exp has come for expired', async () => {
    backend.answers(json({ ...SANA, exp: exp() }));
    expect(await kindOf()).toBe('expired');
  });

  it('does not follow the backend anywhere else', async () => {
    const elsewhere = await startMainBackend(json(SANA));
    backend.answers((response) => response.writeHead(307, { Location: elsewhere.url }).end());
    expect(await kindOf()).toBe('unavailable');
    expect(elsewhere.received).toEqual([]);
    await elsewhere.stop();
  });

  it('waits 3 s, and not a millisecond longer, for an answer to come whole', async () => {
    const dribble: BackendAnswer = (response) => response.writeHead(200).write('{"id":501,');
    for (const silence of [() => undefined, dribble]) {
      backend.answers(silence);
      const before = backend.received.length;
      let kind: string | null = null;
      const asking = kindOf().then((found) => {
        kind = found;
      });
      await until(() => expect(backend.received).toHaveLength(before + 1));
      await clock.advance(2_999);
      expect(kind).toBeNull();
      await clock.advance(1);
      await asking;
      expect(kind).toBe('unavailable');
    }
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'the main backend cannot tell whose a token is',
        fields: { fault: 'no answer within 3000 ms' },
      },
    ]);
  });

  it('lets nobody in while the backend is down, and everybody once it is back', async () => {
    backend.answers((response) => response.destroy());
    expect(await kindOf()).toBe('unavailable');
    expect(await kindOf()).toBe('unavailable');
    expect(log.messages('warn')).toHaveLength(1);
    backend.answers(json(SANA));
    expect(await kindOf()).toBe('identified');
    await backend.stop();
    expect(await kindOf('another')).toBe('unavailable');
    expect(await kindOf()).toBe('identified');
    expect(log.messages('warn')).toHaveLength(2);
  });

  it('lets nobody in whom the store cannot take', async () => {
    identity = open({ store: { ensure: () => Promise.reject(new StoreUnavailable('away')) } });
    expect(await kindOf()).toBe('unavailable');
    expect(log.messages('warn')).toEqual(['a user of the main backend could not be stored']);
    identity = open();
    expect(await kindOf()).toBe('identified');
  });

  it('believes an answer for 60 s, to the millisecond', async () => {
    await kindOf();
    backend.answers(status(401));
    await clock.advance(59_999);
    expect(await kindOf()).toBe('identified');
    expect(backend.received).toHaveLength(1);
    await clock.advance(1);
    expect(await kindOf()).toBe('invalid');
    expect(backend.received).toHaveLength(2);
  });

  it('believes an answer no longer than the token holds', async () => {
    backend.answers(json({ ...SANA, exp: exp() + 10 }));
    await kindOf();
    await clock.advance(9_999);
    expect(await kindOf()).toBe('identified');
    expect(backend.received).toHaveLength(1);
    await clock.advance(1);
    expect(await kindOf()).toBe('expired');
    expect(backend.received).toHaveLength(2);
  });

  it('[SA17] believes an answer as long as ever when the wall clock jumps', async () => {
    backend.answers(json({ ...SANA, exp: exp() + 86_400 }));
    await kindOf();
    backend.answers(status(401));
    for (const jumpMs of [3_600_000, -7_200_000]) {
      clock.jump(jumpMs);
      expect(await kindOf()).toBe('identified');
    }
    expect(backend.received).toHaveLength(1);
    await clock.advance(60_000);
    expect(await kindOf()).toBe('invalid');
    clock.jump(-3_600_000);
    backend.answers(json(SANA));
    await clock.advance(5_000);
    expect(await kindOf()).toBe('identified');
  });

  it('[SA17] takes a token for expired when the wall clock jumps past its exp', async () => {
    backend.answers(json({ ...SANA, exp: exp() + 3_600 }));
    expect(await kindOf()).toBe('identified');
    clock.jump(3_600_000);
    expect(await kindOf()).toBe('expired');
  });

  it('believes a refusal for 5 s, and asks again at once when there was no answer', async () => {
    backend.answers(status(401));
    await kindOf();
    backend.answers(json(SANA));
    await clock.advance(4_999);
    expect(await kindOf()).toBe('invalid');
    await clock.advance(1);
    expect(await kindOf()).toBe('identified');
    backend.answers(status(500));
    expect(await kindOf('another')).toBe('unavailable');
    backend.answers(json(SANA));
    expect(await kindOf('another')).toBe('identified');
    expect(backend.received).toHaveLength(4);
  });

  it('asks once for many who come with one token at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => kindOf()));
    expect(new Set(answers)).toEqual(new Set(['identified']));
    expect(backend.received).toHaveLength(1);
    await Promise.all([kindOf(`${TOKEN}2`), kindOf(TOKEN.toUpperCase())]);
    expect(backend.received).toHaveLength(3);
  });

  it('remembers so many tokens and no more', async () => {
    identity = open({ maxRemembered: 2 });
    for (const token of ['a', 'b', 'c', 'c', 'b', 'a']) await kindOf(token);
    expect(backend.received.map(({ body }) => (JSON.parse(body) as { token: string }).token)).toEqual([
      'a',
      'b',
      'c',
      'a',
    ]);
  });
});

describe('[RG5] a server with a main backend', () => {
  let backend: MainBackend;
  let server: TestServer;
  const HOST = { id: 14, username: 'baraka_host', role: 'seller' };
  beforeAll(async () => {
    const answers = new Map([
      ['of-the-host', json(HOST)],
      ['of-sana', json(SANA)],
      ['in-trouble', status(500)],
    ]);
    backend = await startMainBackend((response, request) => {
      const { token } = JSON.parse(request.body) as { token: string };
      (answers.get(token) ?? status(401))(response, request);
    });
    server = await startTestServer({ AUTH_VERIFY_URL: backend.url, AUTH_VERIFY_SECRET: SECRET });
  });
  afterAll(async () => {
    await server.stop();
    await backend.stop();
  });

  it('lets the host and the bidders of a ring in, and takes their bids', async () => {
    const host = await server.connect('/ws/ring/7/?token=of-the-host');
    await host.nextThat(({ data }) => data?.['is_live'] === true);
    const bidder = await server.connect('/ws/ring/7/?token=of-sana');
    await bidder.nextOf('ring_status');
    bidder.send({ type: 'place_bid', amount: 1_500 });
    expect((await host.nextOf('new_bid')).data).toMatchObject({ bidder: 'sana', amount: '1500.00' });
  });

  it.each([
    ['4401 to a token that the backend refuses', 'of-nobody', 4401],
    ['1013 while the backend is in trouble', 'in-trouble', 1013],
  ])('answers %s', async (_title, token, code) => {
    const client = await server.connect(`/ws/ring/7/?token=${token}`);
    expect((await client.closing).code).toBe(code);
    expect(client.frames.map(({ type }) => type)).not.toContain('ring_status');
  });

  it('takes no token of its own, not even by REST', async () => {
    const own = await server.token('buyer1');
    const ask = async (token: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(`${server.http}/api/notifications/`, { headers })).status;
    };
    expect([await ask(own), await ask('of-sana'), await ask('in-trouble')]).toEqual([401, 200, 503]);
  });

  it('logs nobody in by phone: its tokens would be taken nowhere', async () => {
    const body = JSON.stringify({ number: '+923005550101' });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${server.http}/auth/otp`, { method: 'POST', headers, body });
    expect(answer.status).toBe(404);
  });
});

describe('the settings of a main backend', () => {
  it.each([
    ['AUTH_VERIFY_URL', 'nowhere'],
    ['AUTH_VERIFY_URL', 'https://user:password@backend.example/'],
    ['AUTH_VERIFY_SECRET', 'too short'],
    ['AUTH_VERIFY_SECRET', 'a password of “many” characters'],
    ['RING_CLOSED_WEBHOOK_URL', 'ftp://backend.example/'],
    ['RING_CLOSED_WEBHOOK_SECRET', 'too short'],
  ])('[CM3] are refused by name at the start: %s %s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
    expect(() => readConfig({ [name]: value })).not.toThrow('password');
  });
});
