import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fault, invalidFields } from '../../shared/contracts/rest.ts';
import { sale, salePage } from '../../shared/contracts/sale.ts';
import { type HttpBench, openBench } from './bench.ts';

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** The clock of these tests stands at 2025-11-04T18:45:00Z. */
const GOLD = {
  type: 'Live',
  title: 'A Night of Gold',
  description: 'Rings and chains.\nPiece by piece.',
  current_product: 'Gold Ring – 18K',
  product_description: 'A plain band.',
  actualPrice: 1400,
  minBidPrice: 800.5,
  bidPrice: '1000.25',
  quantity: 3,
  expiryDate: '2025-11-06T10:00:00Z',
  startDate: '2025-11-05T15:00:00+05:00',
  image_url: '/media/auctions/gold.jpg',
  category_id: 4,
};
const REQUIRED = [
  'title',
  'description',
  'actualPrice',
  'minBidPrice',
  'bidPrice',
  'expiryDate',
  'image_url',
  'category_id',
];

const create = (json: unknown, as = 'baraka_host') => bench.ask('/api/auctions/', { as, json });
const created = async (changes: Record<string, unknown>) => {
  const answer = await create({ ...GOLD, ...changes });
  expect(answer.status, answer.text).toBe(201);
  return sale.parse(answer.json);
};

/** The faults of the example with these changes; a field that is `undefined` is left out. */
const faultsOf = async (changes: Record<string, unknown>) => {
  const answer = await create({ ...GOLD, ...changes });
  expect(answer.status, answer.text).toBe(400);
  return invalidFields.parse(answer.json).errors ?? {};
};

describe('[RE10] a new live sale', () => {
  it('is answered as the document’s model, with its owner, and where it is', async () => {
    const { status, headers, json } = await create(GOLD);
    expect(status).toBe(201);
    const made = sale.parse(json);
    expect(made).toEqual({
      id: made.id,
      title: 'A Night of Gold',
      description: 'Rings and chains.\nPiece by piece.',
      type: 'Live',
      current_product: 'Gold Ring – 18K',
      product_description: 'A plain band.',
      actualPrice: 1400,
      minBidPrice: 800.5,
      bidPrice: 1000.25,
      quantity: 3,
      expiryDate: '2025-11-06T10:00:00Z',
      startDate: '2025-11-05T10:00:00Z',
      isLive: false,
      isExpired: false,
      isCanceled: false,
      isEnded: false,
      image_url: '/media/auctions/gold.jpg',
      user_id: 14,
      winning_user_id: null,
      category_id: 4,
      createdAt: '2025-11-04T18:45:00Z',
      updatedAt: '2025-11-04T18:45:00Z',
      owner: { id: 14, username: 'baraka_host', name: 'Layla Haddad' },
      external_id: null,
    });
    expect(Object.keys(made)).toEqual(Object.keys(sale.shape));
    expect(headers.get('location')).toBe(`/api/auctions/${made.id}/`);
    const [newest] = salePage.parse((await bench.ask('/api/auctions/?type=Live')).json).results;
    expect(newest).toEqual(made);
  });

  it('may leave out what the model does not need', async () => {
    const optional = { current_product: undefined, product_description: undefined, startDate: undefined };
    expect(await created({ ...optional, quantity: undefined })).toMatchObject({
      current_product: null,
      product_description: null,
      startDate: null,
      quantity: 1,
    });
    expect(
      await created({ current_product: null, product_description: null, startDate: null }),
    ).toMatchObject({ current_product: null, product_description: null, startDate: null });
  });

  it('may be free of a minimum, and as dear as an amount may be', async () => {
    const made = await created({ minBidPrice: 0, bidPrice: '0.01', actualPrice: 999_999_999_999.99 });
    expect(made).toMatchObject({ minBidPrice: 0, bidPrice: 0.01, actualPrice: 999_999_999_999.99 });
  });

  it('may be as long in its texts as the limits say', async () => {
    const made = await created({
      title: 't'.repeat(200),
      description: '灯'.repeat(10_000),
      current_product: 'p'.repeat(200),
      product_description: 'd'.repeat(2_000),
      image_url: `/${'u'.repeat(499)}`,
      quantity: 1_000_000,
    });
    expect(made.image_url).toHaveLength(500);
  });

  it('sends letters to those who are outbid only where its host wants them', async () => {
    const letters = async (changes: Record<string, unknown>) =>
      (await bench.store.ledger.load((await created(changes)).id))?.sale?.hasOutbidLetters;
    expect(await letters({})).toBe(false);
    expect(await letters({ outbid_letters: true })).toBe(true);
  });

  it('is for sellers', async () => {
    expect((await bench.ask('/api/auctions/', { json: GOLD })).status).toBe(401);
    const { status, json } = await create(GOLD, 'buyer1');
    expect(status).toBe(403);
    expect(fault.parse(json).code).toBe('not_a_seller');
  });
});

describe('[RE10] a fault of a live sale is named by its field:', () => {
  it.each(REQUIRED)('%s is required', async (field) => {
    expect(await faultsOf({ [field]: undefined })).toEqual({ [field]: ['is required'] });
  });

  it('everything that is missing at once', async () => {
    const { json } = await create({ type: 'Live' });
    expect(Object.keys(invalidFields.parse(json).errors ?? {})).toEqual(REQUIRED);
  });

  it.each(['live', 'Closed', '', null, 5, ['Live']])('type must not be %j', async (type) => {
    expect(await faultsOf({ type })).toEqual({ type: ['must be one of Live, Open'] });
  });

  it.each([
    ['title', 200],
    ['description', 10_000],
    ['current_product', 200],
    ['product_description', 2_000],
    ['image_url', 500],
  ])('%s must be a string of at most %i characters with something in it', async (field, limit) => {
    for (const value of [5, true, [], {}]) {
      expect(await faultsOf({ [field]: value })).toEqual({ [field]: ['must be a string'] });
    }
    expect((await faultsOf({ [field]: ' \n ' }))[field]).toContain('must not be empty');
    expect((await faultsOf({ [field]: `/${'x'.repeat(limit)}` }))[field]).toEqual([
      `must have at most ${limit} characters`,
    ]);
    expect(await faultsOf({ [field]: '/half\ud83c' })).toEqual({
      [field]: ['must be well-formed Unicode'],
    });
  });

  it.each(['actualPrice', 'minBidPrice', 'bidPrice'])('%s must be an amount', async (field) => {
    for (const [value, sentence] of [
      [-1, 'must be a positive number with at most two decimals'],
      [1.234, 'must be a positive number with at most two decimals'],
      ['1e3', 'must be a positive number with at most two decimals'],
      [1e15, 'must be at most 999999999999.99'],
      [null, 'must be a number or a string of digits'],
      [{}, 'must be a number or a string of digits'],
    ]) {
      expect(await faultsOf({ [field]: value }), JSON.stringify(value)).toEqual({ [field]: [sentence] });
    }
  });

  it.each([
    ['quantity', 0, 'must be at least 1'],
    ['quantity', 1.5, 'must be a whole number'],
    ['quantity', '1', 'must be a whole number'],
    ['quantity', null, 'must be a whole number'],
    ['quantity', 1_000_001, 'must be at most 1000000'],
    ['category_id', 0, 'must be at least 1'],
    ['category_id', 1.5, 'must be a whole number'],
    ['category_id', '4', 'must be a whole number'],
    ['category_id', 999, 'names no category'],
    ['category_id', Number.MAX_SAFE_INTEGER, 'names no category'],
    ['image_url', 'javascript:alert(1)', 'must be an http(s) URL or a path'],
    ['image_url', '//evil.example/a.jpg', 'must be an http(s) URL or a path'],
    ['outbid_letters', 'yes', 'must be true or false'],
    ['expiryDate', '2025-11-06', 'must be an ISO 8601 time with seconds and Z or an offset'],
    ['expiryDate', null, 'must be an ISO 8601 time with seconds and Z or an offset'],
    ['expiryDate', '2026-11-04T18:45:01Z', 'must be within 365 days from now'],
    ['startDate', 'tomorrow', 'must be an ISO 8601 time with seconds and Z or an offset'],
    ['startDate', '2025-11-06T10:00:00Z', 'must be before expiryDate'],
    ['id', 5, 'is not a field of this request'],
    ['isLive', true, 'is not a field of this request'],
    ['user_id', 1, 'is not a field of this request'],
    ['name', 'a field of a timed auction', 'is not a field of this request'],
  ])('%s, given %j, %s', async (field, value, sentence) => {
    expect(await faultsOf({ [field]: value })).toEqual({ [field]: [sentence] });
  });

  it('an expiry date that has passed', async () => {
    const faults = await faultsOf({ startDate: undefined, expiryDate: '2025-11-04T18:45:00Z' });
    expect(faults).toEqual({ expiryDate: ['must be in the future'] });
  });

  it('a timed auction is made with and without its type', async () => {
    const vase = {
      name: 'Blue Vase',
      description: 'Thrown by hand.',
      condition: 'new',
      category: 'Pottery',
      starting_price: 5,
      start_time: '2025-11-05T10:00:00Z',
      end_time: '2025-11-06T10:00:00Z',
    };
    for (const body of [vase, { ...vase, type: 'Open' }]) expect((await create(body)).status).toBe(201);
    const { errors } = invalidFields.parse((await create({ ...vase, title: 'x' })).json);
    expect(errors).toEqual({ title: ['is not a field of this request'] });
  });
});

describe('[RE13] the main backend’s own name for a live sale', () => {
  it('is shown with it, finds it, and belongs to one sale only', async () => {
    const made = await created({ external_id: '  auction-4711  ' });
    expect(made.external_id).toBe('auction-4711');
    const find = async (query: string) =>
      salePage.parse((await bench.ask(`/api/auctions/?${query}`)).json).results.map(({ id }) => id);
    expect(await find('external_id=auction-4711')).toEqual([made.id]);
    expect(await find('type=Live&external_id=auction-4711&status=scheduled')).toEqual([made.id]);
    expect(await find('external_id=auction-4711&status=ended')).toEqual([]);
    expect(await find('external_id=auction-4712')).toEqual([]);
    expect(await find('type=Live&external_id=')).toContain(made.id);
    expect(await faultsOf({ external_id: 'auction-4711' })).toEqual({
      external_id: ['belongs to another sale'],
    });
  });

  it.each([
    ['', 'must not be empty'],
    [5, 'must be a string'],
    ['x'.repeat(129), 'must have at most 128 characters'],
    ['a\u0000b', 'must not hold control characters'],
  ])('is not %j', async (external_id, text) => {
    expect(await faultsOf({ external_id })).toEqual({ external_id: [text] });
  });
});
