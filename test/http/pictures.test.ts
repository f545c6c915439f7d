import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bulkSeed } from '../../server/seeding/bulk.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { openBench } from './bench.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { testLimits } from '../support/limits.ts';
import { TRANSPORTS } from '../support/transports.ts';

const SHAWL = '/media/products/shawl_primary.jpg';

/** Every picture that seeded data names. */
const SEEDED = [demoSeed(0), bulkSeed({ users: 2, auctions: 2, nowMs: 0 })].flatMap((data) => [
  ...data.categories.map(({ pictureUrl }) => pictureUrl),
  ...data.auctions.flatMap(({ images }) => images.map(({ url }) => url)),
  ...data.sales.map(({ imageUrl }) => imageUrl),
]);

/** Asks for a path exactly as it is written. */
function ask(server: TestServer, path: string, method = 'GET', headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Headers; body: Buffer }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(response.headers as Record<string, string>),
          body: Buffer.concat(chunks),
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe.each(TRANSPORTS)('pictures over %s', (transport) => {
  let server: TestServer;
  let house: string;

  beforeAll(async () => {
    house = await mkdtemp(join(tmpdir(), 'ringside-pictures-'));
    const own = join(house, 'own');
    await mkdir(join(own, 'products', 'folder.jpg'), { recursive: true });
    await writeFile(join(house, 'secret.jpg'), 'secret');
    await writeFile(join(own, 'products', 'bedspread_primary.jpg'), 'of the house');
    await writeFile(join(own, 'products', 'blue vase.png'), 'vase');
    await writeFile(join(own, 'products', 'notes.txt'), 'secret');
    await writeFile(join(own, '.hidden.jpg'), 'secret');
    await symlink(join(house, 'secret.jpg'), join(own, 'products', 'leads_out.jpg'));
    await symlink(house, join(own, 'folder_out'));
    await symlink('bedspread_primary.jpg', join(own, 'products', 'stays.jpg'));
    server = await startTestServer({
      TRANSPORT: transport,
      MEDIA_DIR: own,
      LIMIT_MAX_PICTURE_BYTES: '40000',
      LIMIT_REST_BURST: '0',
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(house, { recursive: true, force: true });
  });

  it('[PI1] serves every picture that the demo and the bulk data name, as a small JPEG', async () => {
    for (const path of new Set(SEEDED)) {
      const { status, headers, body } = await ask(server, path);
      expect(status, path).toBe(200);
      expect(headers.get('content-type'), path).toBe('image/jpeg');
      expect(Number(headers.get('content-length'))).toBe(
        path.includes('bedspread_primary') ? 12 : body.length,
      );
      if (!path.includes('bedspread_primary'))
        expect([...body.subarray(0, 3)], path).toEqual([0xff, 0xd8, 0xff]);
    }
  });

  it('[PI2] lets clients keep a picture, and answers 304 while it is the same', async () => {
    const { headers, body } = await ask(server, SHAWL);
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const again = await ask(server, SHAWL, 'GET', { 'If-None-Match': `"other", ${etag}` });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toBe('public, max-age=3600');
    expect((await ask(server, SHAWL, 'GET', { 'If-None-Match': '"other"' })).body).toEqual(body);
  });

  it('[PI2] answers HEAD with the headers of GET and no body', async () => {
    const { body } = await ask(server, SHAWL);
    const { status, headers, body: none } = await ask(server, SHAWL, 'HEAD');
    expect(status).toBe(200);
    expect(none).toHaveLength(0);
    expect(headers.get('content-type')).toBe('image/jpeg');
    expect(headers.get('content-length')).toBe(String(body.length));
    expect((await ask(server, SHAWL, 'POST')).status).toBe(405);
  });

  it.each([
    '/media/../config.ts',
    '/media/%2e%2e/secret.jpg',
    '/media/products/..%2f..%2fsecret.jpg',
    '/media/products/..%5c..%5csecret.jpg',
    '/media/products/%252e%252e/secret.jpg',
    '/media/products/leads_out.jpg',
    '/media/folder_out/secret.jpg',
    '/media/.hidden.jpg',
    '/media/products/notes.txt',
    '/media/products/%00.jpg',
    '/media/products/%ff.jpg',
    '/media/products//bedspread_primary.jpg',
    '/media/products/missing.jpg',
    '/media/products/bedspread_primary.jpg/',
    `/media/${'a'.repeat(300)}.jpg`,
    '/media/products/folder.jpg',
    '/media/products/',
    '/media/products',
    '/media/',
    '/media',
  ])('[PI3] serves nothing at %s', async (path) => {
    const { status, body } = await ask(server, path);
    expect(status).toBe(404);
    expect(String(body)).not.toContain('secret');
  });

  it('[PI4] takes the files of the house before its own, whatever their names', async () => {
    expect(String((await ask(server, '/media/products/bedspread_primary.jpg')).body)).toBe('of the house');
    expect(String((await ask(server, '/media/products/stays.jpg')).body)).toBe('of the house');
    const { headers, body } = await ask(server, '/media/products/blue%20vase.png');
    expect([headers.get('content-type'), String(body)]).toEqual(['image/png', 'vase']);
  });

  it('[PI4] tells a file that was replaced from the one before', async () => {
    const path = '/media/replaced.jpg';
    const file = join(house, 'own', 'replaced.jpg');
    await writeFile(file, 'one');
    const before = (await ask(server, path)).headers.get('etag') ?? '';
    await rm(file);
    expect((await ask(server, path)).status).toBe(404);
    await writeFile(file, 'other');
    const after = await ask(server, path, 'GET', { 'If-None-Match': before });
    expect([after.status, String(after.body)]).toEqual([200, 'other']);
  });
});

describe('pictures', () => {
  it('[PI3] are served up to the limit of their size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ringside-pictures-'));
    await writeFile(join(folder, 'large.jpg'), Buffer.alloc(2_001));
    await writeFile(join(folder, 'fits.jpg'), Buffer.alloc(2_000));
    const server = await startTestServer({ MEDIA_DIR: folder, LIMIT_MAX_PICTURE_BYTES: '2000' });
    const statuses = await Promise.all(['large', 'fits'].map((name) => ask(server, `/media/${name}.jpg`)));
    await server.stop();
    await rm(folder, { recursive: true });
    expect(statuses.map(({ status }) => status)).toEqual([404, 200]);
  });

  it('[PI3] have a rate of their own for each address, and leave that of the API alone', async () => {
    const limits = testLimits({ restBurst: 2, restRequestsPerSecond: 1 });
    const bench = await openBench({ limits, mediaFolders: [join('server', 'http', 'media')] });
    const statuses = [];
    for (const path of [SHAWL, SHAWL, SHAWL, '/api/auctions/']) statuses.push((await bench.ask(path)).status);
    await bench.close();
    expect(statuses).toEqual([200, 200, 429, 200]);
  });
});

describe('[PI5] MEDIA_URL', () => {
  const CDN = 'https://cdn.example/house';
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ MEDIA_URL: `${CDN}/` });
  });
  afterAll(() => server.stop());

  const get = async (path: string) => (await fetch(`${server.http}${path}`)).json();

  it('is where the messages of all protocols name pictures', async () => {
    const watcher = await server.connect(`/ws/auction/1/?token=${await server.token('buyer1')}`);
    const images = [
      { url: `${CDN}/products/shawl_primary.jpg`, is_primary: true, order: 0 },
      { url: `${CDN}/products/shawl_detail1.jpg`, is_primary: false, order: 1 },
      { url: `${CDN}/products/shawl_detail2.jpg`, is_primary: false, order: 2 },
    ];
    expect(await watcher.nextOf('auction_status')).toMatchObject({ data: { product: { images } } });
    const image_url = `${CDN}/auctions/evening_of_gold.jpg`;
    const ring = await server.connect(`/ws/ring/7/?token=${await server.token('buyer1')}`);
    expect(await ring.nextOf('ring_status')).toMatchObject({ data: { image_url } });
    const host = await server.connect(`/ws/?token=${await server.token('baraka_host')}`);
    host.send({ type: 'startLiveAuction', data: { auctionId: 7 } });
    expect(await host.nextOf('auctionStarted')).toMatchObject({ data: { image_url } });
    host.send({ type: 'joinAuction', data: { auctionId: 7 } });
    expect(await host.nextOf('auctionState')).toMatchObject({ data: { auction: { image_url } } });
  });

  it('is where REST names pictures', async () => {
    expect(await get('/api/auctions/1/')).toMatchObject({
      product: { images: [{ url: `${CDN}/products/shawl_primary.jpg` }, {}, {}] },
    });
    expect(JSON.stringify(await get('/api/auctions/'))).toContain(
      `"image":"${CDN}/products/carpet_primary.jpg"`,
    );
    expect(JSON.stringify(await get('/api/auctions/?type=Live'))).toContain(
      `"image_url":"${CDN}/auctions/silver_saturday.jpg"`,
    );
    expect(JSON.stringify(await get('/api/categories/'))).toContain(`"pic_url":"${CDN}/categories/home.jpg"`);
    expect(JSON.stringify(await get('/api/categories/'))).not.toContain('"/media/');
  });

  it('changes no URL of a picture elsewhere', async () => {
    const made = await fetch(`${server.http}/api/auctions/`, {
      method: 'POST',
      headers: {
        Authorization: `Token ${await server.token('kashmiri_crafts')}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({
        name: 'Vase',
        description: 'Blue.',
        condition: 'new',
        category: 'Home & Living',
        starting_price: 5,
        start_time: new Date().toISOString(),
        end_time: new Date(Date.now() + 3_600_000).toISOString(),
        images: [
          { url: 'https://images.example/media/vase.jpg' },
          { url: '/pictures/vase.jpg' },
          { url: '/media/vase.jpg' },
        ],
      }),
    });
    expect(await made.json()).toMatchObject({
      product: {
        images: [
          { url: 'https://images.example/media/vase.jpg' },
          { url: '/pictures/vase.jpg' },
          { url: `${CDN}/vase.jpg` },
        ],
      },
    });
  });
});
