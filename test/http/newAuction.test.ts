import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auction } from '../../shared/contracts/auction.ts';
import { invalidFields } from '../../shared/contracts/rest.ts';
import { type HttpBench, openBench } from './bench.ts';

let bench: HttpBench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** The clock of these tests stands at 2025-11-04T18:45:00Z. */
const VASE = {
  name: 'Blue Vase',
  description: 'Thrown by hand.\nPainted twice.',
  condition: 'new',
  category: 'Pottery',
  images: [
    { url: '/media/products/vase.jpg', is_primary: true, order: 0 },
    { url: 'https://images.example/vase.jpg' },
  ],
  starting_price: '1500.50',
  start_time: '2025-11-05T10:00:00Z',
  end_time: '2025-11-06T10:00:00Z',
};

const create = (json: unknown) => bench.ask('/api/auctions/', { as: 'multan_blue', json });
const created = async (changes: Record<string, unknown>) => {
  const answer = await create({ ...VASE, ...changes });
  expect(answer.status, answer.text).toBe(201);
  return auction.parse(answer.json);
};

/** The faults of the example with these changes; a field that is `undefined` is left out. */
const faultsOf = async (changes: Record<string, unknown>) => {
  const answer = await create({ ...VASE, ...changes });
  expect(answer.status, answer.text).toBe(400);
  const { detail, errors = {} } = invalidFields.parse(answer.json);
  const [[field, [sentence]] = ['', ['']]] = Object.entries(errors);
  expect(detail).toBe(`${field} ${sentence}`);
  return errors;
};

describe('[RE4] a new auction', () => {
  it('is answered with all that is told of it, and where it is', async () => {
    const { status, headers, json } = await create(VASE);
    expect(status).toBe(201);
    const made = auction.parse(json);
    expect(made).toEqual({
      auction_id: made.auction_id,
      product: {
        id: made.product.id,
        name: 'Blue Vase',
        description: 'Thrown by hand.\nPainted twice.',
        condition: 'new',
        category: 'Pottery',
        images: [
          { url: '/media/products/vase.jpg', is_primary: true, order: 0 },
          { url: 'https://images.example/vase.jpg', is_primary: false, order: 1 },
        ],
      },
      seller: {
        id: 13,
        username: 'multan_blue',
        email: 'multan@example.com',
        brand_name: 'Multan Blue Pottery',
        biography: 'Blue and white stoneware, thrown and painted by hand in a family kiln.',
        is_verified: false,
        average_rating: '4.56',
        total_feedbacks: 9,
      },
      starting_price: '1500.50',
      current_price: '1500.50',
      start_time: '2025-11-05T10:00:00Z',
      end_time: '2025-11-06T10:00:00Z',
      status: 'scheduled',
      is_active: false,
      winner: null,
      total_bids: 0,
      latest_bids: [],
    });
    const location = headers.get('location') ?? '';
    expect(location).toBe(`/api/auctions/${made.auction_id}/`);
    expect((await bench.ask(location)).json).toEqual(json);
  });

  it('needs no images', async () => {
    expect((await created({ images: undefined })).product.images).toEqual([]);
    expect((await created({ images: [] })).product.images).toEqual([]);
  });

  it('may be of a category that there is', async () => {
    expect((await created({ category: 'Jewelry' })).product.category).toBe('Jewelry');
  });

  it.each([
    [1500, '1500.00'],
    [0.01, '0.01'],
    ['7', '7.00'],
    ['7.5', '7.50'],
    ['999999999999.99', '999999999999.99'],
  ])('may start at %j', async (price, told) => {
    expect((await created({ starting_price: price })).starting_price).toBe(told);
  });

  it('may give its times with an offset and fractions', async () => {
    const made = await created({
      start_time: '2025-11-05T15:00:00.25+05:00',
      end_time: '2025-11-06T03:00:00-07:00',
    });
    expect(made.start_time).toBe('2025-11-05T10:00:00Z');
    expect(made.end_time).toBe('2025-11-06T10:00:00Z');
  });

  it('may have begun already', async () => {
    expect((await created({ start_time: '2025-11-01T00:00:00Z' })).start_time).toBe('2025-11-01T00:00:00Z');
  });

  it('keeps its texts as they are but for the space around them', async () => {
    const { product } = await created({ name: '  <b>O’Brien’s "Vase"</b> 🏺 %s \\  ' });
    expect(product.name).toBe('<b>O’Brien’s "Vase"</b> 🏺 %s \\');
  });

  it('may be as long in its texts as the limits say', async () => {
    const made = await created({
      name: 'n'.repeat(200),
      description: '灯'.repeat(10_000),
      category: 'c'.repeat(100),
      images: Array.from({ length: 20 }, () => ({ url: `/${'u'.repeat(499)}`, order: 999 })),
    });
    expect(made.product.images).toHaveLength(20);
  });
});

describe('[RE4] a fault is named by its field:', () => {
  it.each(Object.keys(VASE).filter((field) => field !== 'images'))('%s is required', async (field) => {
    expect(await faultsOf({ [field]: undefined })).toEqual({ [field]: ['is required'] });
  });

  it('everything that is missing at once', async () => {
    const { json } = await create({});
    expect(Object.keys(invalidFields.parse(json).errors ?? {})).toEqual(
      Object.keys(VASE).filter((field) => field !== 'images'),
    );
  });

  it.each(['name', 'description', 'category'])('%s must be a string with something in it', async (field) => {
    for (const value of [5, null, true, [], {}]) {
      expect(await faultsOf({ [field]: value })).toEqual({ [field]: ['must be a string'] });
    }
    expect(await faultsOf({ [field]: ' \t\n ' })).toEqual({ [field]: ['must not be empty'] });
  });

  it.each([
    ['name', 200],
    ['description', 10_000],
    ['category', 100],
  ])('%s must have at most %i characters', async (field, limit) => {
    expect(await faultsOf({ [field]: 'x'.repeat(limit + 1) })).toEqual({
      [field]: [`must have at most ${limit} characters`],
    });
  });

  it.each(['name', 'description', 'category'])('%s must be text that can be stored', async (field) => {
    expect(await faultsOf({ [field]: 'half \ud83c of one' })).toEqual({
      [field]: ['must be well-formed Unicode'],
    });
    expect(await faultsOf({ [field]: 'nul \u0000' })).toEqual({
      [field]: ['must not hold control characters'],
    });
  });

  it('a line break is for the description only', async () => {
    expect(await faultsOf({ name: 'two\nlines' })).toEqual({ name: ['must not hold control characters'] });
  });

  it.each(['broken', 'NEW', '', 5, null])('condition must not be %j', async (condition) => {
    expect(await faultsOf({ condition })).toEqual({
      condition: ['must be one of new, like_new, good, fair'],
    });
  });

  it.each([
    [0, 'must be greater than 0'],
    ['0.00', 'must be greater than 0'],
    [-5, 'must be a positive number with at most two decimals'],
    ['1.234', 'must be a positive number with at most two decimals'],
    ['1e3', 'must be a positive number with at most two decimals'],
    ['Rs. 5', 'must be a positive number with at most two decimals'],
    ['', 'must be a positive number with at most two decimals'],
    [1e15, 'must be at most 999999999999.99'],
    ['9'.repeat(400), 'must be at most 999999999999.99'],
    [null, 'must be a number or a string of digits'],
    [[5], 'must be a number or a string of digits'],
    [{ amount: 5 }, 'must be a number or a string of digits'],
    [true, 'must be a number or a string of digits'],
  ])('starting_price %j %s', async (price, sentence) => {
    expect(await faultsOf({ starting_price: price })).toEqual({ starting_price: [sentence] });
  });

  it('a number that JSON has and doubles have not', async () => {
    const body = JSON.stringify({ ...VASE, starting_price: 'HERE' }).replace('"HERE"', '1e400');
    const answer = await bench.ask('/api/auctions/', {
      as: 'multan_blue',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(400);
    expect(Object.keys(invalidFields.parse(answer.json).errors ?? {})).toEqual(['starting_price']);
  });

  it.each(['start_time', 'end_time'])('%s must be a time', async (field) => {
    for (const value of [
      '2025-11-05',
      '2025-11-05T10:00:00',
      '2025-11-05T10:00Z',
      '2025-02-30T10:00:00Z',
      '2025-11-05T25:00:00Z',
      '+012025-11-05T10:00:00Z',
      'tomorrow',
      '',
      1_762_336_800_000,
      null,
    ]) {
      expect(await faultsOf({ [field]: value }), String(value)).toEqual({
        [field]: ['must be an ISO 8601 time with seconds and Z or an offset'],
      });
    }
  });

  it.each([
    ['2025-11-05T10:00:00Z', '2025-11-05T10:00:00Z', 'end_time', 'must be after start_time'],
    ['2025-11-05T10:00:00Z', '2025-11-05T09:00:00Z', 'end_time', 'must be after start_time'],
    ['2025-11-01T10:00:00Z', '2025-11-04T18:45:00Z', 'end_time', 'must be in the future'],
    ['2025-11-05T10:00:00Z', '2026-02-03T10:00:01Z', 'end_time', 'must be within 90 days of start_time'],
    ['2026-11-04T18:45:01Z', '2026-11-05T10:00:00Z', 'start_time', 'must be within 365 days from now'],
  ])('from %s to %s: %s %s', async (start, end, field, sentence) => {
    expect(await faultsOf({ start_time: start, end_time: end })).toEqual({ [field]: [sentence] });
  });

  it('the longest auction is 90 days', async () => {
    expect((await created({ end_time: '2026-02-03T10:00:00Z' })).end_time).toBe('2026-02-03T10:00:00Z');
  });

  it.each([
    [5, 'images', 'must be a list'],
    [{}, 'images', 'must be a list'],
    [null, 'images', 'must be a list'],
    [Array.from({ length: 21 }, () => ({ url: '/a.jpg' })), 'images', 'must hold at most 20 images'],
    [
      [
        { url: '/a.jpg', is_primary: true },
        { url: '/b.jpg', is_primary: true },
      ],
      'images',
      'must hold one primary at most',
    ],
    [['/a.jpg'], 'images.0', 'must be an object'],
    [[{ url: '/a.jpg' }, {}], 'images.1.url', 'is required'],
    [[{ url: 5 }], 'images.0.url', 'must be a string'],
    [[{ url: 'javascript:alert(1)' }], 'images.0.url', 'must be an http(s) URL or a path'],
    [[{ url: '//evil.example/a.jpg' }], 'images.0.url', 'must be an http(s) URL or a path'],
    [[{ url: '/a b.jpg' }], 'images.0.url', 'must be an http(s) URL or a path'],
    [[{ url: `/${'a'.repeat(500)}` }], 'images.0.url', 'must have at most 500 characters'],
    [[{ url: '/a.jpg', is_primary: 'yes' }], 'images.0.is_primary', 'must be true or false'],
    [[{ url: '/a.jpg', order: 1.5 }], 'images.0.order', 'must be a whole number'],
    [[{ url: '/a.jpg', order: '1' }], 'images.0.order', 'must be a whole number'],
    [[{ url: '/a.jpg', order: -1 }], 'images.0.order', 'must be at least 0'],
    [[{ url: '/a.jpg', order: 1000 }], 'images.0.order', 'must be at most 999'],
    [[{ url: '/a.jpg', alt: 'A' }], 'images.0.alt', 'is not a field of this request'],
  ])('%#: of images %j, %s %s', async (images, field, sentence) => {
    expect(await faultsOf({ images })).toEqual({ [field]: [sentence] });
  });

  it('a field that nobody knows', async () => {
    expect(await faultsOf({ seller: 1, id: 5 })).toEqual({
      seller: ['is not a field of this request'],
      id: ['is not a field of this request'],
    });
  });

  it('a field that would reach into the object itself', async () => {
    const answer = await bench.ask('/api/auctions/', {
      as: 'multan_blue',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(VASE).replace('{', '{"__proto__":{"name":"x"},'),
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('"errors":{"__proto__":["is not a field of this request"]}');
  });

  it('no more than twenty faults, however many there are', async () => {
    const { json, text } = await create({
      ...VASE,
      ...Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`field${index}`, 1])),
    });
    expect(Object.keys(invalidFields.parse(json).errors ?? {})).toHaveLength(20);
    expect(text.length).toBeLessThan(2_000);
    const images = Array.from({ length: 20_000 }, () => 1);
    expect(await faultsOf({ images })).toEqual({ images: ['must hold at most 20 images'] });
  });

  it('a name of any length, shortened', async () => {
    expect(Object.keys(await faultsOf({ ['y'.repeat(10_000)]: 1 }))).toEqual([`${'y'.repeat(64)}…`]);
  });

  it.each([[[]], ['text'], [5], [null], [true]])('a body of %j is no object', async (body) => {
    const { status, json } = await create(body);
    expect(status).toBe(400);
    expect(json).toEqual({ detail: 'The body must be a JSON object' });
  });

  it('nothing that was refused is stored', async () => {
    const before = await bench.store.catalogue.list({}, { pageSize: 1 });
    await faultsOf({ name: '' });
    const after = await bench.store.catalogue.list({}, { pageSize: 1 });
    expect(after).toEqual(before);
  });
});
