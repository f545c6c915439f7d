import { createHmac, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../../server/domain/account/accounts.ts';
import {
  createTokenIdentity,
  createTokenIssuer,
  type JwtKeys,
  jwtKeys,
} from '../../server/engines/identity/tokens.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const SECRET = 'a secret of the tests alone';
const BUYER = { id: 1, username: 'buyer1' };
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const BOTH = jwtKeys(SECRET, publicKey);

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens', () => {
  let database: TestStore;
  const clock = new ManualClock();
  const log = new RecordedLog();
  beforeAll(async () => {
    database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
  });
  afterAll(() => database.close());

  const identify = (token: string, keys: JwtKeys = BOTH) => {
    const { accounts: store } = database.store;
    return createTokenIdentity({ keys, store, accounts: new Accounts(store, clock), clock, log }).identify(
      token,
    );
  };
  const seconds = () => Math.floor(clock.nowMs() / 1000);
  const hs256 = (claims: object, secret = SECRET) => jwt.sign(claims, secret, { algorithm: 'HS256' });
  const identified = (expiresAtMs: number | null) => ({ kind: 'identified', user: BUYER, expiresAtMs });

  it.each(['sub', 'user_id', 'userId', 'id'])('[ID1] finds the user of a JWT in %s', async (claim) => {
    const exp = seconds() + 60;
    expect(await identify(hs256({ [claim]: BUYER.id, exp }))).toEqual(identified(exp * 1000));
    expect(await identify(hs256({ [claim]: String(BUYER.id) }))).toEqual(identified(null));
  });

  it('[TK8] names the login of a JWT that has a sid, and none otherwise', async () => {
    const sub = String(BUYER.id);
    expect(await identify(hs256({ sub, sid: 'login 1' }))).toEqual({
      ...identified(null),
      loginId: 'login 1',
    });
    for (const sid of ['', 7, null]) {
      expect(await identify(hs256({ sub, sid }))).toEqual(identified(null));
    }
  });

  it('[ID1] takes RS256 tokens of the public key, and HS256 tokens of the secret, and no other way round', async () => {
    const rs256 = jwt.sign({ sub: '1' }, privateKey, { algorithm: 'RS256' });
    expect(await identify(rs256)).toMatchObject({ user: BUYER });
    expect(await identify(rs256, jwtKeys(SECRET, null))).toEqual({ kind: 'invalid' });
    expect(await identify(hs256({ sub: '1' }), jwtKeys(null, publicKey))).toEqual({ kind: 'invalid' });
  });

  it('[ID1] is not fooled by a public key used as a secret, by no signature, or by another algorithm', async () => {
    const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: '1' })}`;
    const confused = `${body}.${createHmac('sha256', publicKey).update(body).digest('base64url')}`;
    const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ sub: '1' })}.`;
    const hs512 = jwt.sign({ sub: '1' }, SECRET, { algorithm: 'HS512' });
    for (const token of [confused, unsigned, hs512])
      expect(await identify(token)).toEqual({ kind: 'invalid' });
  });

  it.each([
    ['no user', {}],
    ['a user that does not exist', { sub: '999' }],
    ['a user that is no number', { sub: 'buyer1' }],
    ['a user that is no whole number', { sub: 1.5 }],
    ['an object for a user', { sub: { id: 1 } }],
    ['a time from which it holds that has not come', { sub: '1', nbf: 99_999_999_999 }],
  ])('[ID1] refuses a JWT with %s', async (_name, claims) => {
    const body = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
    const signed = `${body}.${createHmac('sha256', SECRET).update(body).digest('base64url')}`;
    expect(await identify(signed)).toEqual({ kind: 'invalid' });
  });

  it.each([
    '',
    '.',
    '..',
    'a.b.c',
    'e30.e30.',
    `${'x'.repeat(9_000)}.y.z`,
    'ą.ę.ż',
    'eyJhbGciOiJIUzI1NiJ9..',
  ])('[ID1] refuses %.20j, which is no token', async (token) =>
    expect(await identify(token)).toEqual({ kind: 'invalid' }),
  );

  it('[ID1] says that a token has expired from the second of its exp on', async () => {
    const token = hs256({ sub: '1', exp: seconds() + 10 });
    await clock.advance(9_000);
    expect((await identify(token)).kind).toBe('identified');
    await clock.advance(1_000);
    expect(await identify(token)).toEqual({ kind: 'expired' });
  });

  it('[ID1] takes opaque tokens until they run out, and keeps no more of them than a hash', async () => {
    const issuer = createTokenIssuer(jwtKeys(null, publicKey), database.store.accounts, clock);
    const token = await issuer.issue(BUYER, 60_000);
    expect(token).toMatch(/^[0-9a-f]{40}$/);
    expect(await identify(token)).toEqual(identified(clock.nowMs() + 60_000));
    expect(await database.store.accounts.byTokenHash(token)).toBeNull();
    await clock.advance(60_000);
    expect(await identify(token)).toEqual({ kind: 'expired' });
  });

  it('[ID1] issues JWTs that it takes itself', async () => {
    const issuer = createTokenIssuer(BOTH, database.store.accounts, clock);
    const expiresAtMs = (seconds() + 3_600) * 1000;
    expect(await identify(await issuer.issue(BUYER, 3_600_000))).toEqual(identified(expiresAtMs));
    expect(log.lines).toEqual([]);
  });
});
