import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../server/engines/identity/tokens.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { type HttpBench, openBench } from './bench.ts';

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const asWith = (authorization: string) =>
  bench.ask('/api/notifications/', { headers: { Authorization: authorization } });

describe('[RE6] a token', () => {
  it.each(['Token <>', 'Bearer <>', 'token <>', 'BEARER   <>', ' Token <> '])(
    'is taken as "%s"',
    async (form) => {
      expect((await asWith(form.replace('<>', await bench.token('buyer1')))).status).toBe(200);
    },
  );

  it('[ID1] may be an opaque one of the database', async () => {
    const token = 'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0';
    await bench.store.accounts.addToken(hashToken(token), 1, null, bench.clock.nowMs());
    expect((await asWith(`Token ${token}`)).status).toBe(200);
  });

  it.each(['', 'Token', 'Bearer ', 'Basic dXNlcjpwYXNz', 'T', 'Token a b', 'Tokens T'])(
    'is missing in "%s"',
    async (authorization) => {
      const { status, headers, json } = await asWith(authorization);
      expect(status).toBe(401);
      expect(json).toEqual({ detail: 'No token provided', code: 'token_missing' });
      expect(headers.get('www-authenticate')).toBe('Bearer realm="api", Token realm="api"');
    },
  );

  it('is not read from the address', async () => {
    const { status } = await bench.ask(`/api/notifications/?token=${await bench.token('buyer1')}`);
    expect(status).toBe(401);
  });

  it.each(['nonsense', 'a.b.c', '0'.repeat(40), 'x'.repeat(5_000)])(
    'is invalid when it is none: %#',
    async (token) => {
      const { status, headers, json, text } = await asWith(`Token ${token}`);
      expect(status).toBe(401);
      expect(json).toEqual({ detail: 'Invalid token', code: 'token_invalid' });
      expect(headers.has('www-authenticate')).toBe(true);
      expect(text).not.toContain(token);
    },
  );

  it('that was changed is invalid', async () => {
    const [head, body, signature] = (await bench.token('buyer1')).split('.');
    const claims = Buffer.from(JSON.stringify({ sub: '2' })).toString('base64url');
    expect((await asWith(`Bearer ${head}.${claims}.${signature}`)).status).toBe(401);
    expect((await asWith(`Bearer ${head}.${body}.`)).status).toBe(401);
  });

  it('that has run out says so', async () => {
    const token = await bench.token('buyer1', 1_000);
    await bench.clock.advance(2_000);
    const { status, json } = await asWith(`Bearer ${token}`);
    expect(status).toBe(401);
    expect(json).toEqual({ detail: 'Token has expired', code: 'token_expired' });
  });

  it('[LO1] never appears in the log', async () => {
    const token = await bench.token('buyer1');
    await asWith(`Bearer ${token}`);
    await bench.ask(`/api/auctions/?token=${token}`);
    expect(bench.log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(bench.log.lines)).not.toContain(token);
  });
});

describe('[RE6] selling', () => {
  it.each(['buyer1', 'blocked1'])('is refused to %s, who is no seller', async (as) => {
    const { status, json } = await bench.ask('/api/auctions/', { as, json: {} });
    expect(status).toBe(403);
    expect(json).toEqual({ detail: 'Only sellers may do this.', code: 'not_a_seller' });
  });

  it('is refused to a seller whose account is blocked', async () => {
    const blocked = await openBench({}, (nowMs) => {
      const demo = demoSeed(nowMs);
      return { ...demo, users: demo.users.map((user) => ({ ...user, isBlocked: user.role === 'seller' })) };
    });
    const { status, json } = await blocked.ask('/api/auctions/', { as: 'multan_blue', json: {} });
    expect(status).toBe(403);
    expect(json).toEqual({ detail: 'Your account is blocked', code: 'account_blocked' });
    await blocked.close();
  });

  it('needs a token before anything is read', async () => {
    expect((await bench.ask('/api/auctions/', { method: 'POST', body: '{' })).status).toBe(401);
  });
});
