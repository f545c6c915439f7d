import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HttpBench, openBench } from './bench.ts';

const schemaObject = z.record(z.string(), z.unknown());
const operationObject = z.object({
  tags: z.array(z.string()).length(1),
  summary: z.string().min(5),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.enum(['path', 'query']), schema: schemaObject }))
    .default([]),
  requestBody: z.object({ required: z.literal(true), content: schemaObject }).optional(),
  responses: z.record(
    z.string().regex(/^[2-5]\d\d$/),
    z.object({
      description: z.string().min(3),
      content: z.record(z.string(), z.object({ schema: schemaObject })).optional(),
    }),
  ),
});
const documentObject = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.object({ url: z.url() })),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), operationObject),
  ),
  components: z.object({ schemas: z.record(z.string(), schemaObject), securitySchemes: schemaObject }),
});
type ApiDocument = z.infer<typeof documentObject>;

let bench: HttpBench;
let document: ApiDocument;

beforeAll(async () => {
  bench = await openBench();
  await bench.bid(1, 'buyer1', 260_000);
  await bench.bid(1, 'buyer2', 270_000);
  document = documentObject.parse((await bench.ask('/api/openapi.json')).json);
});
afterAll(() => bench.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** The document's own schema of a route's answer, as something that can check one. */
const schemaOf = (path: string, method: 'get' | 'post', status: number) => {
  const answers = document.paths[path]?.[method]?.responses[String(status)]?.content ?? {};
  const own = { $defs: document.components.schemas, ...answers['application/json']?.schema };
  const rebased = JSON.stringify(own).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(rebased) as Parameters<typeof z.fromJSONSchema>[0]);
};

describe('[RE8] the OpenAPI document', () => {
  it('lists every route', () => {
    expect(operations().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/auctions/',
      'POST /api/auctions/',
      'GET /api/auctions/{id}/',
      'GET /api/auctions/{id}/bids/',
      'GET /api/auctions/{id}/comments/',
      'POST /api/auctions/{id}/end/',
      'GET /api/winnings/',
      'POST /api/winnings/{id}/sold/',
      'GET /api/categories/',
      'POST /auth/otp',
      'POST /auth/refresh',
      'POST /auth/logout',
      'GET /api/notifications/',
      'GET /api/notifications/unread_count/',
      'POST /api/notifications/read_all/',
      'POST /api/notifications/{id}/read/',
      'GET /api/calls/',
      'GET /api/telecallers/',
      'POST /livekit/webhook',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
    ]);
  });

  it('lists only routes that there are, and every status they answer', async () => {
    for (const { method, path, operation } of operations()) {
      for (const as of [{}, { as: 'buyer1' }]) {
        const { status } = await bench.ask(path.replace('{id}', '77'), { method, ...as });
        expect(Object.keys(operation.responses), `${method} ${path}`).toContain(String(status));
      }
    }
  });

  it('says which routes need a token', async () => {
    for (const { method, path, operation } of operations()) {
      const { status } = await bench.ask(path.replace('{id}', '77'), { method });
      expect(status === 401, `${method} ${path}`).toBe(operation.security !== undefined);
      for (const name of (operation.security ?? []).flatMap((needed) => Object.keys(needed))) {
        expect(document.components.securitySchemes).toHaveProperty(name);
      }
    }
  });

  it('declares every parameter of a path, and every tag', () => {
    const tags = document.tags.map(({ name }) => name);
    for (const { path, operation } of operations()) {
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(tags).toEqual(expect.arrayContaining(operation.tags));
    }
  });

  it('refers to nothing that is not there', () => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]*"/g) ?? [];
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const [, name = ''] = /"#\/components\/schemas\/(\w+)"/.exec(reference) ?? [];
      expect(Object.keys(document.components.schemas), reference).toContain(name);
    }
  });

  it('describes the messages of the socket as well', () => {
    const { ServerMessage, ClientMessage } = document.components.schemas;
    expect(JSON.stringify(ServerMessage)).toContain('#/components/schemas/NewBidMessage');
    expect(JSON.stringify(ClientMessage)).toContain('#/components/schemas/PlaceBidMessage');
  });

  it('says of its faults what they are', async () => {
    const missing = await bench.ask('/api/auctions/99/');
    schemaOf('/api/auctions/{id}/', 'get', 404).parse(missing.json);
    const refused = await bench.ask('/api/auctions/', { as: 'multan_blue', json: {} });
    schemaOf('/api/auctions/', 'post', 400).parse(refused.json);
    expect(() => schemaOf('/api/auctions/{id}/', 'get', 404).parse({ message: 'Not found.' })).toThrow();
  });

  it('links a body to every schema that it may have', async () => {
    const { text } = await bench.ask('/api/docs/');
    for (const name of ['NewAuction', 'NewSale', 'OtpSent', 'Session', 'MediaNews']) {
      expect(text).toContain(`<a href="#${name}">`);
    }
  });

  it('says of a list of either kind what it answers', async () => {
    const schema = schemaOf('/api/auctions/', 'get', 200);
    const live = schemaObject.parse((await bench.ask('/api/auctions/?type=Live')).json);
    expect(live['results']).toHaveLength(2);
    schema.parse(live);
    expect(() => schema.parse({ ...live, surprise: true })).toThrow();
    const categories = (await bench.ask('/api/categories/')).json;
    schemaOf('/api/categories/', 'get', 200).parse(categories);
  });

  it.each([
    '/api/auctions/',
    '/api/auctions/{id}/',
    '/api/auctions/{id}/bids/',
    '/api/notifications/',
    '/api/winnings/',
    '/api/calls/',
    '/api/telecallers/',
  ])('says of %s what it answers', async (path) => {
    const { status, json } = await bench.ask(path.replace('{id}', '1'), { as: 'buyer1' });
    expect(status).toBe(200);
    const schema = schemaOf(path, 'get', 200);
    schema.parse(json);
    expect(() => schema.parse({ ...schemaObject.parse(json), surprise: true })).toThrow();
    expect(() => schema.parse({})).toThrow();
  });
});

describe('[RE8] the page of the document', () => {
  it.each(['/api/docs/', '/api/docs'])('shows every route and schema: %s', async (path) => {
    const { status, headers, text } = await bench.ask(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    for (const { path: route } of operations()) expect(text).toContain(route);
    for (const name of Object.keys(document.components.schemas)) expect(text).toContain(`id="${name}"`);
  });

  it('needs nothing from anywhere and runs nothing', async () => {
    const { headers, text } = await bench.ask('/api/docs/');
    expect(text).not.toMatch(/<script|<img|@import|url\(|(?:src|href)="(?:https?:)?\/\//);
    expect(headers.get('content-security-policy')).not.toContain('script-src');
  });

  it('escapes the name of the site', async () => {
    const hostile = await openBench({ siteName: '<img src=x onerror=alert(1)>' });
    const { text } = await hostile.ask('/api/docs/');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toContain('<img');
    await hostile.close();
  });
});

describe('[SA12] both forms of the document', () => {
  it.each(['/api/openapi.json', '/api/docs/'])(
    'are kept for a minute and then asked for by name: %s',
    async (path) => {
      const first = await bench.ask(path);
      expect(first.headers.get('cache-control')).toBe('public, max-age=60');
      expect(first.headers.get('x-content-type-options')).toBe('nosniff');
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]{43}"$/);
      const again = await bench.ask(path, { headers: { 'If-None-Match': `"other", ${etag}` } });
      expect(again).toMatchObject({ status: 304, text: '' });
      expect(again.headers.get('etag')).toBe(etag);
      const other = await bench.ask(path, { headers: { 'If-None-Match': '"other"' } });
      expect(other).toMatchObject({ status: 200, text: first.text });
    },
  );
});
