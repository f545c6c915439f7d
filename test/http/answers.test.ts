import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommitInDoubt } from '../../server/ports/errors.ts';
import { fault } from '../../shared/contracts/rest.ts';
import { testLimits } from '../support/limits.ts';
import { type HttpBench, openBench } from './bench.ts';

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('[RE6] a path that nobody knows', () => {
  it.each([
    '/nope',
    '/api/',
    '/api/auctions/1/nope/',
    '/api/notifications/1/',
    '/api/winnings/1/',
    '/auth/',
    '/auth/nope',
    '/dev/tokens/',
    '/dev/mail/',
  ])('is not found: %s', async (path) => {
    const { status, headers, json } = await bench.ask(path);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(json).toEqual({ detail: 'Not found.' });
  });
});

describe('[RE6] a method that a path has not', () => {
  it.each([
    ['DELETE', '/api/auctions/', ['GET', 'HEAD', 'POST']],
    ['PUT', '/api/auctions', ['GET', 'HEAD', 'POST']],
    ['PATCH', '/api/auctions/1/', ['GET', 'HEAD']],
    ['POST', '/api/auctions/1/bids/', ['GET', 'HEAD']],
    ['GET', '/api/auctions/1/end/', ['POST']],
    ['POST', '/api/notifications/', ['GET', 'HEAD']],
    ['GET', '/api/notifications/read_all/', ['POST']],
    ['GET', '/api/notifications/1/read/', ['POST']],
    ['POST', '/api/categories/', ['GET', 'HEAD']],
    ['PATCH', '/api/winnings/', ['GET', 'HEAD']],
    ['GET', '/api/winnings/1/sold/', ['POST']],
    ['GET', '/auth/otp', ['POST']],
    ['PUT', '/auth/refresh/', ['POST']],
    ['DELETE', '/api/notifications/unread_count/', ['GET', 'HEAD']],
    ['POST', '/healthz', ['GET', 'HEAD']],
    ['POST', '/', ['GET', 'HEAD']],
  ])('%s %s is answered with those it has', async (method, path, allowed) => {
    const { status, headers, json } = await bench.ask(path, { method });
    expect(status).toBe(405);
    expect(json).toEqual({ detail: `Method ${method} is not allowed.` });
    expect((headers.get('allow') ?? '').split(', ').sort()).toEqual(allowed);
  });

  it('HEAD is answered as GET is, without a body', async () => {
    const { status, text } = await bench.ask('/api/auctions/1/', { method: 'HEAD' });
    expect(status).toBe(200);
    expect(text).toBe('');
  });
});

describe('[RE6] a body', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };
  const send = (body: string | ReadableStream<Uint8Array>, headers: Record<string, string> = JSON_TYPE) =>
    bench.ask('/api/auctions/', { method: 'POST', as: 'multan_blue', headers, body });

  it('that is too large is not read', async () => {
    const { status, json } = await send('x'.repeat(64 * 1024 + 1));
    expect(status).toBe(413);
    expect(json).toEqual({ detail: 'The body must have at most 65536 bytes' });
  });

  it('that is too large and does not say so is read no further', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(16 * 1024).fill(32));
      },
    });
    const app = await openBench();
    const request = { method: 'POST', as: 'multan_blue', headers: JSON_TYPE, body: endless };
    expect((await app.ask('/api/auctions/', request)).status).toBe(413);
    expect(sent).toBeLessThan(10);
    await app.close();
  });

  it('that says it is large is refused on every route that takes one', async () => {
    const headers = { ...JSON_TYPE, 'Content-Length': '65537' };
    for (const path of [
      '/api/notifications/read_all/',
      '/api/auctions/1/end/',
      '/api/winnings/1/sold/',
      '/auth/otp',
      '/auth/refresh',
    ]) {
      const answer = await bench.ask(path, { method: 'POST', as: 'buyer1', headers, body: 'x' });
      expect(answer.status).toBe(413);
    }
  });

  it('[LI8] may be as large as it likes where the limit is switched off', async () => {
    const unbounded = await openBench({ limits: testLimits({ maxBodyBytes: 0 }) });
    const { status } = await unbounded.ask('/api/auctions/', {
      as: 'multan_blue',
      json: { name: 'x'.repeat(200_000) },
    });
    expect(status).toBe(400);
    await unbounded.close();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'json'])(
    'of type %s is not taken',
    async (type) => {
      const { status, json } = await send('{}', { 'Content-Type': type });
      expect(status).toBe(415);
      expect(json).toEqual({ detail: 'The body must be application/json' });
    },
  );

  it.each(['{', '', 'undefined', "{'name': 1}", '{"name": NaN}', '\u0000', '['.repeat(30)])(
    'that is not JSON is told so: %#',
    async (body) => {
      const { status, json } = await send(body);
      expect(status).toBe(400);
      expect(fault.parse(json).detail).toBe('Malformed JSON in request body');
    },
  );
});

describe('[SA2] a body that is nested too deep', () => {
  const POSTS = [
    '/api/auctions/',
    '/api/auctions/1/end/',
    '/api/winnings/1/sold/',
    '/api/notifications/read_all/',
    '/api/notifications/1/read/',
    '/auth/otp',
    '/auth/refresh',
    '/livekit/webhook',
  ];
  const DEEP = 30_000;
  const objects = 10_000;
  const bodies = [
    ['lists', `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`],
    ['objects', `${'{"a":'.repeat(objects)}1${'}'.repeat(objects)}`],
    ['a field', `{"type":"Live","title":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
    ['what never ends', '['.repeat(DEEP)],
    ['one level too many', `${'['.repeat(33)}${']'.repeat(33)}`],
  ] as const;

  it.each(bodies)('is refused on every route, to guests and to users: %s', async (_name, body) => {
    for (const path of POSTS) {
      for (const as of [{}, { as: 'buyer1' }, { as: 'multan_blue' }]) {
        const headers = { 'Content-Type': 'application/json' };
        const { status, json } = await bench.ask(path, { method: 'POST', ...as, headers, body });
        expect(status, path).toBe(400);
        expect(json).toEqual({ detail: 'The body must not be nested deeper than 32 levels' });
      }
    }
    expect(bench.log.messages('error')).toEqual([]);
  });

  it('leaves one of 32 levels to its route', async () => {
    const body = `${'['.repeat(32)}${']'.repeat(32)}`;
    const headers = { 'Content-Type': 'application/json' };
    const { json } = await bench.ask('/api/auctions/', { as: 'multan_blue', headers, body });
    expect(fault.parse(json).detail).toBe('The body must be a JSON object');
  });
});

describe('every answer', () => {
  it.each(['/api/auctions/', '/api/auctions/99/', '/nope', '/healthz', '/metrics', '/'])(
    'forbids guessing, framing and keeping: %s',
    async (path) => {
      const { headers } = await bench.ask(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    },
  );

  it('leaves one line in the log, without its query', async () => {
    await bench.ask('/api/auctions/?status=active&secret=hush');
    const { message, fields } = bench.log.lines.at(-1) ?? {};
    expect(message).toBe('a request was answered');
    expect(fields).toMatchObject({ method: 'GET', path: '/api/auctions', status: 200 });
    expect(JSON.stringify(fields)).not.toContain('hush');
  });
});

describe('a page of another origin', () => {
  const SHOP = 'https://shop.example';
  const allowFor = async (origin: string, allowedOrigins: 'all' | 'same-host' | readonly string[]) => {
    const app = await openBench({ allowedOrigins });
    const answer = await app.ask('/api/auctions/', { headers: { Origin: origin } });
    await app.close();
    expect(answer.status).toBe(200);
    return answer.headers.get('access-control-allow-origin');
  };

  it('may read the API where all may', async () => {
    expect(await allowFor(SHOP, 'all')).toBe('*');
  });

  it('may not where only the same host may', async () => {
    expect(await allowFor(SHOP, 'same-host')).toBeNull();
    expect(await allowFor('http://localhost:8000', 'same-host')).toBe('http://localhost:8000');
  });

  it('may where it stands on the list', async () => {
    expect(await allowFor(SHOP, [SHOP])).toBe(SHOP);
    expect(await allowFor('https://shop.example.evil.example', [SHOP])).toBeNull();
    expect(await allowFor('null', [SHOP])).toBeNull();
  });

  it('is told beforehand what it may send', async () => {
    const { status, headers, text } = await bench.ask('/api/auctions/', {
      method: 'OPTIONS',
      headers: {
        Origin: SHOP,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });
    expect(status).toBe(204);
    expect(text).toBe('');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-methods')).toBe('GET,HEAD,POST');
    expect(headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type');
  });

  it('may not read the tokens of the demo', async () => {
    const demo = await openBench({ development: { mailbox: null, demoTokens: async () => [] } });
    const { status, headers } = await demo.ask('/dev/tokens/', { headers: { Origin: SHOP } });
    expect(status).toBe(200);
    expect(headers.has('access-control-allow-origin')).toBe(false);
    await demo.close();
  });
});

describe('[RE6] what nobody expected', () => {
  it('of a commit says that it may be stored, so that nobody repeats it blindly', async () => {
    const demoTokens = () => Promise.reject(new CommitInDoubt('the answer was lost'));
    const inDoubt = await openBench({ development: { mailbox: null, demoTokens } });
    const { status, json } = await inDoubt.ask('/dev/tokens/');
    expect(status).toBe(503);
    expect(fault.parse(json).detail).toBe('It is not known yet whether this was stored. Please look again.');
    await inDoubt.close();
  });

  it('of a client that goes away while it sends is no error of ours', async () => {
    const leaving = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        leaving.abort();
        controller.error(new Error('The client went away'));
      },
    });
    const request = { method: 'POST', as: 'multan_blue', headers: { 'Content-Type': 'application/json' } };
    const answer = await bench.ask('/api/auctions/', { ...request, body, signal: leaving.signal });
    expect(answer.status).toBe(400);
    expect(bench.log.messages('error')).toEqual([]);
  });

  it('is answered with an id under which the log tells it, and with nothing else', async () => {
    const error = new Error('connect mysql://root:hush@127.0.0.1');
    const demoTokens = () => Promise.reject(error);
    const broken = await openBench({ development: { mailbox: null, demoTokens } });
    const { status, headers, json, text } = await broken.ask('/dev/tokens/?token=hush');
    expect(status).toBe(500);
    const { error_id: errorId = '' } = fault.parse(json);
    expect(json).toEqual({ detail: `Internal error ${errorId}`, error_id: errorId });
    expect(text).not.toContain('hush');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const line = broken.log.lines.find(({ level }) => level === 'error');
    expect(line).toEqual({
      level: 'error',
      message: 'a request failed',
      fields: { errorId, method: 'GET', path: '/dev/tokens', error },
    });
    await broken.close();
  });
});
