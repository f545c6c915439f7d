import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../../server/domain/account/accounts.ts';
import { createTokenIdentity, createTokenIssuer, jwtKeys } from '../../server/engines/identity/tokens.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { forgedTokens, oddPayloads, rsaPair } from '../support/forgedTokens.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const SECRET = 'a secret of these tests alone';
const PAIR = rsaPair();
const KEYS = jwtKeys(SECRET, PAIR.publicKey);
const VIEW = { secret: SECRET, ...PAIR };

describe('[SA22] an invalid token', () => {
  const clock = new ManualClock();
  const nowSeconds = clock.nowMs() / 1000;
  const log = new RecordedLog();
  const forged = [...forgedTokens({ ...VIEW, nowSeconds }), ...oddPayloads({ ...VIEW, nowSeconds })];
  let database: TestStore;
  beforeAll(async () => {
    database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
  });
  afterAll(() => database.close());

  const identityOver = (store = database.store.accounts) =>
    createTokenIdentity({ keys: KEYS, store, accounts: new Accounts(store, clock), clock, log });

  it('has more than eighty forms', () => {
    expect(new Set(forged.map(([, token]) => token)).size).toBeGreaterThan(150);
    expect(new Set(forged.map(([name]) => name)).size).toBe(forged.length);
  });

  it.each(forged)('is refused: %s', async (_name, token) => {
    const { kind } = await identityOver().identify(token);
    expect(['invalid', 'expired']).toContain(kind);
    expect(log.lines).toEqual([]);
  });

  it.each(['null', '[]', '{}'])('is invalid, and not expired, when its payload is %s', async (payload) => {
    const tokens = oddPayloads({ ...VIEW, nowSeconds }).filter(([name]) =>
      name.startsWith(`the payload ${payload} `),
    );
    expect(tokens).toHaveLength(3);
    for (const [, token] of tokens) expect(await identityOver().identify(token)).toEqual({ kind: 'invalid' });
  });

  it('is an opaque token in another case or length than the stored one, unless it is the same number', async () => {
    const issuer = createTokenIssuer(KEYS, database.store.accounts, clock);
    const token = await issuer.issueOpaque({ id: 1, username: 'buyer1' }, 60_000);
    for (const other of [
      token.slice(1),
      `${token}0`,
      `0${token.slice(0, -1)}x`,
      token.slice(20) + token.slice(0, 20),
    ]) {
      expect(await identityOver().identify(other)).toEqual({ kind: 'invalid' });
    }
    expect((await identityOver().identify(token)).kind).toBe('identified');
  });

  it.each([
    ['warn', new StoreUnavailable('away')],
    ['error', new Error('a fault of the store')],
  ] as const)(
    'is not told apart while the store cannot say: unavailable, logged as %s',
    async (level, fault) => {
      const store = { ...database.store.accounts, byIds: () => Promise.reject(fault) };
      const token = await createTokenIssuer(KEYS, store, clock).issue({ id: 1, username: 'buyer1' }, 60_000);
      expect(await identityOver(store).identify(token)).toEqual({ kind: 'unavailable' });
      expect(log.lines).toMatchObject([{ level, message: 'a token could not be looked up' }]);
      log.lines.length = 0;
    },
  );
});

describe('[SA22] a server given an invalid token', () => {
  const log = new RecordedLog();
  const nowSeconds = Math.floor(Date.now() / 1000);
  const forged = [...forgedTokens({ ...VIEW, nowSeconds }), ...oddPayloads({ ...VIEW, nowSeconds })];
  let server: TestServer;
  beforeAll(async () => {
    const settings = {
      JWT_SECRET: SECRET,
      JWT_PUBLIC_KEY: PAIR.publicKey,
      LIMIT_CONNECTIONS_PER_MINUTE: '0',
      LIMIT_REST_BURST: '0',
    };
    server = await startTestServer(settings, { log });
  });
  afterAll(() => server.stop());

  it('answers 401 by REST to every one that a header can carry', async () => {
    const carried = forged.filter(([, token]) => /^[!-~]{1,10000}$/.test(token));
    expect(carried.length).toBeGreaterThan(100);
    for (const [name, token] of carried) {
      for (const scheme of ['Bearer', 'Token']) {
        const headers = { Authorization: `${scheme} ${token}` };
        const answer = await fetch(`${server.http}/api/notifications/`, { headers });
        expect(answer.status, name).toBe(401);
        expect(await answer.json(), name).toMatchObject({ code: expect.stringMatching(/^token_/) as string });
      }
    }
    expect(log.messages('error')).toEqual([]);
  });

  it('closes a socket with 4401', async () => {
    const names = forged.map(([name]) => name);
    const some = forged.filter(
      ([name, token], index) =>
        token !== '' &&
        token === token.trim() &&
        token.length < 4_000 &&
        (name.includes('null') || index % 6 === 0),
    );
    expect(names.filter((name) => name.includes('the payload null'))).toHaveLength(3);
    expect(some.length).toBeGreaterThan(20);
    for (const [name, token] of some) {
      const client = await server.connect(`/ws/auction/1/?token=${encodeURIComponent(token.toWellFormed())}`);
      expect((await client.closing).code, name).toBe(4401);
    }
    expect(log.messages('error')).toEqual([]);
  });
});
