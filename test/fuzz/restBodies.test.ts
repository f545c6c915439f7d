import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fault, invalidFields } from '../../shared/contracts/rest.ts';
import { testLimits } from '../support/limits.ts';
import { type Answer, type HttpBench, openBench } from '../http/bench.ts';

const VASE = {
  name: 'Blue Vase',
  description: 'Thrown by hand.',
  condition: 'new',
  category: 'Pottery',
  images: [{ url: '/media/products/vase.jpg', is_primary: true, order: 0 }],
  starting_price: '1500.50',
  start_time: '2025-11-05T10:00:00Z',
  end_time: '2025-11-06T10:00:00Z',
};

const GOLD = {
  type: 'Live',
  title: 'A Night of Gold',
  description: 'Piece by piece.',
  current_product: 'Gold Ring',
  product_description: null,
  actualPrice: 1400,
  minBidPrice: 800.5,
  bidPrice: '1000.25',
  quantity: 1,
  expiryDate: '2025-11-06T10:00:00Z',
  startDate: null,
  image_url: '/media/auctions/gold.jpg',
  category_id: 1,
  outbid_letters: false,
};

/** Values that are not what a field wants, or only nearly so. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '\ud800',
    '\udfff x',
    '\u0000',
    '__proto__',
    '',
    ' ',
    '9'.repeat(500),
    '-0',
    '1e400',
    'NaN',
  ),
  fc.constantFrom(1e308, -1e308, 5e-324, -0, 2 ** 53, 2 ** 63, 0.1 + 0.2),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

/** That with one to three of its fields made odd, and with fields that nobody asked for. */
const nearly = (right: object) =>
  fc
    .tuple(
      fc.dictionary(fc.constantFrom(...Object.keys(right)), odd, { minKeys: 1, maxKeys: 3 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('constructor', 'toString', 'id')), odd, {
        maxKeys: 1,
      }),
    )
    .map(([changes, additions]) => JSON.stringify({ ...right, ...additions, ...changes }));

const images = fc
  .array(fc.oneof(odd, fc.record({ url: odd, is_primary: odd, order: odd }, { requiredKeys: [] })))
  .map((list) => JSON.stringify({ ...VASE, images: list }));

const hostile = fc.oneof(
  fc.integer({ min: 1, max: 60_000 }).map((depth) => '['.repeat(depth)),
  fc.integer({ min: 1, max: 30_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.integer({ min: 1, max: 8_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.integer({ min: 1, max: 9_000 }).map((depth) => nested('name', depth)),
  fc.integer({ min: 1, max: 9_000 }).map((depth) => nested('images', depth)),
  fc.constantFrom(
    '{"__proto__":{"name":"x"}}',
    '{"constructor":{"prototype":{"name":"x"}}}',
    JSON.stringify(VASE).replace('{', '{"__proto__":null,'),
    '{"name":"\\ud800","name":5}',
    '{"starting_price":1e999}',
    '{"starting_price":123456789012345678901234567890}',
    '\ufeff{}',
    'null',
    '0',
    '""',
    '',
  ),
);

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const post = (path: string, body: string | Uint8Array, type = 'application/json') =>
  bench.ask(path, { method: 'POST', as: 'multan_blue', headers: { 'Content-Type': type }, body });

/** One clear sentence under one of these statuses, and no error in the log. */
function expectClear(answer: Answer, statuses: readonly number[]): void {
  expect(statuses, answer.text).toContain(answer.status);
  if (answer.status === 201) return;
  const schema = answer.status === 400 ? invalidFields.or(fault) : fault;
  expect(schema.parse(answer.json).detail).toMatch(/\S/);
  expect(bench.log.messages('error')).toEqual([]);
}

/** fast-check prints the seed and the smallest case of what fails. */
describe('[RE6] bodies that nobody should send', () => {
  it('get a clear answer when they are random bytes of any type', async () => {
    const type = fc.constantFrom(
      'application/json',
      'application/json; charset=utf-16',
      'text/plain',
      '',
      '*/*',
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), type, async (bytes, sent) => {
        expectClear(await post('/api/auctions/', bytes, sent), [400, 415]);
      }),
      { numRuns: 150 },
    );
  });

  it('get a clear answer when they are nearly right', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly(VASE), nearly(GOLD), images), async (body) => {
        expectClear(await post('/api/auctions/', body), [201, 400]);
      }),
      { numRuns: 450 },
    );
  });

  it('[AU1] [AU2] get a clear answer when they ask for codes or log in', async () => {
    const unlimited = await openBench({ limits: testLimits({ otpPerMinute: 0, restBurst: 0 }) });
    const send = (path: string, body: string) =>
      unlimited.ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const code = nearly({ number: '+923005550101', otpCode: '123456' });
    const token = nearly({ refreshToken: '0'.repeat(64) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(code, hostile), fc.oneof(token, hostile), async (asking, renewing) => {
        const asked = await send('/auth/otp', asking);
        expect([400, 401, 413], asked.text).toContain(asked.status);
        const renewed = await send('/auth/refresh', renewing);
        expect([400, 401, 413], renewed.text).toContain(renewed.status);
      }),
      { numRuns: 150 },
    );
    expect(unlimited.log.messages('error')).toEqual([]);
    await unlimited.close();
  });

  it('[RE11] get a clear answer when they say what is sold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly({ sold: true }), hostile), async (body) => {
        expectClear(await post('/api/winnings/1/sold/', body), [400, 404, 413]);
      }),
      { numRuns: 100 },
    );
  });

  it('get a clear answer when they are JSON of any kind, deep or hostile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, fc.json({ maxDepth: 5 })), async (body) => {
        expectClear(await post('/api/auctions/', body), [400, 413]);
      }),
      { numRuns: 200 },
    );
    expect(Object.prototype).not.toHaveProperty('name');
  });

  it('are ignored where none is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.uint8Array({ maxLength: 400 })), async (body) => {
        expect((await post('/api/notifications/read_all/', body)).status).toBe(200);
        expect((await post('/api/auctions/1/end/', body)).status).toBe(403);
      }),
      { numRuns: 50 },
    );
  });
});

describe('[RE6] addresses that nobody should ask for', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('..', '%', '%00', '%ff', '/'),
  );

  it('get a clear answer, whatever stands in their path and query', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.boolean(), async (segment, query, isEncoded) => {
        const written = (part: string) =>
          isEncoded && part.isWellFormed() ? encodeURIComponent(part) : part.replace(/[?#]/g, '');
        for (const path of [
          `/api/auctions/${written(segment)}/`,
          `/api/auctions/${written(segment)}/bids/`,
        ]) {
          const { status } = await bench.ask(`${path}?page=${written(query)}&status=${written(query)}`);
          expect([200, 400, 404]).toContain(status);
        }
        expect([200, 400, 404]).toContain((await bench.ask(`/api/auctions/?${written(query)}`)).status);
      }),
      { numRuns: 150 },
    );
    expect(bench.log.messages('error')).toEqual([]);
  });
});

function nested(field: string, depth: number): string {
  const value = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  return JSON.stringify({ ...VASE, [field]: 'HERE' }).replace('"HERE"', value);
}
