import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RawSocket } from '../../support/rawSocket.ts';
import { until } from '../../support/processes.ts';
import { type CreateTransport, startTransport, type TransportHarnessOptions } from './transportHarness.ts';

type Handler = NonNullable<TransportHarnessOptions['http']>;

/** Answers with everything the request brought. */
const mirror: Handler = async (request, remoteAddress) =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    remoteAddress,
  });

/** The pages beside the sockets. */
export function httpContract(create: CreateTransport): void {
  describe('an HTTP request', () => requestContract(create));
  describe('an HTTP answer', () => answerContract(create));
  describe('an HTTP body', () => bodyContract(create));
  describe('an HTTP request that goes wrong', () => faultContract(create));
}

function requestContract(create: CreateTransport): void {
  it('arrives with address, headers and where it comes from', async () => {
    const harness = await startTransport(create, { http: mirror });
    const response = await harness.fetch('/api/a%2Fb/?page=2&q=%C3%A4', {
      headers: { Authorization: 'Token abc', 'X-Name': 'value' },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      method: 'GET',
      url: `http://127.0.0.1:${harness.port}/api/a%2Fb/?page=2&q=%C3%A4`,
      headers: { authorization: 'Token abc', 'x-name': 'value' },
      body: '',
      remoteAddress: '127.0.0.1',
    });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('arrives with the body of a %s', async (method) => {
    const harness = await startTransport(create, { http: mirror });
    const response = await harness.fetch('/api/', { method, body: '{"amount":"3000.00","name":"ä"}' });
    expect(await response.json()).toMatchObject({
      method,
      url: `http://127.0.0.1:${harness.port}/api/`,
      body: '{"amount":"3000.00","name":"ä"}',
    });
  });

  it('may come in chunks of unknown length, and without any body', async () => {
    const harness = await startTransport(create, { http: mirror });
    const chunks = new ReadableStream({
      start: (controller) => {
        for (const text of ['one ', 'two ', 'three']) controller.enqueue(Buffer.from(text));
        controller.close();
      },
    });
    const chunked = await harness.fetch('/', { method: 'POST', body: chunks, duplex: 'half' });
    expect(await chunked.json()).toMatchObject({ body: 'one two three' });
    expect(await (await harness.fetch('/', { method: 'POST' })).json()).toMatchObject({ body: '' });
  });
}

function answerContract(create: CreateTransport): void {
  it('keeps its status and headers, several cookies among them', async () => {
    const headers: [string, string][] = [
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2, c'],
      ['X-Frame-Options', 'DENY'],
    ];
    const harness = await startTransport(create, {
      http: () => Promise.resolve(new Response('{"detail":"Conflict"}', { status: 409, headers })),
    });
    const response = await harness.fetch('/');
    expect(response.status).toBe(409);
    expect(response.statusText).toBe('Conflict');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2, c']);
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('content-length')).toBe('21');
    expect(await response.json()).toEqual({ detail: 'Conflict' });
  });

  it('to HEAD has headers and no body, and its connection serves on', async () => {
    const harness = await startTransport(create, {
      http: (request) => Promise.resolve(new Response(request.method === 'POST' ? 'posted' : 'a page')),
    });
    const client = await RawSocket.connect(harness.port);
    client.write('HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await client.receive('\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi');
    expect(await client.receive('posted')).not.toContain('a page');
    client.destroy();
  });

  it('may have no body at all', async () => {
    const harness = await startTransport(create, {
      http: (request) =>
        Promise.resolve(new Response(null, { status: request.method === 'GET' ? 200 : 204 })),
    });
    const nothing = await harness.fetch('/', { method: 'DELETE' });
    expect([nothing.status, nothing.headers.get('content-length')]).toEqual([204, null]);
    const empty = await harness.fetch('/');
    expect([empty.status, await empty.text()]).toEqual([200, '']);
  });

  it('may be made of a stream', async () => {
    const parts = ['one ', 'two ', 'three'];
    const harness = await startTransport(create, {
      http: () =>
        Promise.resolve(
          new Response(
            new ReadableStream({
              pull: (controller) => {
                const part = parts.shift();
                if (part === undefined) controller.close();
                else controller.enqueue(Buffer.from(part));
              },
            }),
          ),
        ),
    });
    expect(await (await harness.fetch('/')).text()).toBe('one two three');
  });
}

function bodyContract(create: CreateTransport): void {
  it('may be big, both ways', async () => {
    const harness = await startTransport(create, {
      http: async (request) => new Response(await request.arrayBuffer()),
    });
    const body = Buffer.alloc(5_000_000, 'ringside ');
    const response = await harness.fetch('/', { method: 'POST', body });
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0);
  });

  it('is not taken in faster than it is read', async () => {
    const bodyBytes = 48 * 1024 * 1024;
    const client = { sentBytes: () => 0 };
    let mostUnreadBytes = 0;
    const harness = await startTransport(create, {
      http: async (request) => {
        let readBytes = 0;
        for await (const chunk of request.body ?? []) {
          mostUnreadBytes = Math.max(mostUnreadBytes, client.sentBytes() - readBytes);
          readBytes += (chunk as Uint8Array).length;
          for (let turn = 0; turn < 20; turn += 1) await nextTurn();
        }
        return new Response(`read ${readBytes}`);
      },
    });
    const raw = await RawSocket.connect(harness.port);
    raw.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
    client.sentBytes = () => raw.socket.bytesWritten - raw.socket.writableLength;
    for (let left = bodyBytes; left > 0; left -= 1024 * 1024) {
      if (!raw.socket.write(Buffer.alloc(1024 * 1024))) await once(raw.socket, 'drain');
    }
    await raw.receive(`read ${bodyBytes}`);
    expect(mostUnreadBytes).toBeLessThan(bodyBytes / 2);
    raw.destroy();
  });

  it('need not be read: the answer comes, and the connection serves on', async () => {
    const harness = await startTransport(create, {
      http: (request) =>
        Promise.resolve(
          request.method === 'GET' ? new Response('next') : new Response('big', { status: 413 }),
        ),
    });
    const client = await RawSocket.connect(harness.port);
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n');
    await client.receive('HTTP/1.1 413 ');
    client.write(Buffer.alloc(200_000));
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.receive('next');
    client.destroy();
  });
}

function faultContract(create: CreateTransport): void {
  it('is told to its handler when the client goes away within the body', async () => {
    let outcome = 'none';
    const harness = await startTransport(create, {
      http: async (request) => {
        outcome = 'waiting';
        outcome = await request.text().then(
          () => 'whole',
          () => 'cut off',
        );
        return new Response('unheard');
      },
    });
    const client = await RawSocket.connect(harness.port);
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nsome');
    await until(() => expect(outcome).toBe('waiting'));
    client.destroy();
    await until(() => expect(outcome).toBe('cut off'));
    expect((await harness.fetch('/')).status).toBe(200);
  });

  it('is answered to nobody when the client goes away before the answer', async () => {
    const abandoned: Request[] = [];
    let answer: () => void = () => undefined;
    const answering = new Promise<void>((resolve) => (answer = resolve));
    const harness = await startTransport(create, {
      http: async (request) => {
        if (new URL(request.url).pathname !== '/slow') return new Response('next');
        abandoned.push(request);
        expect(request.signal.aborted).toBe(false);
        await answering;
        return new Response('unheard');
      },
    });
    const client = await RawSocket.connect(harness.port);
    client.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => expect(abandoned).toHaveLength(1));
    client.destroy();
    await until(() => expect(abandoned[0]?.signal.aborted).toBe(true));
    answer();
    expect(await (await harness.fetch('/')).text()).toBe('next');
  });

  it.each([
    { how: 'rejects', http: () => Promise.reject(new Error('secret')) },
    {
      how: 'throws',
      http: () => {
        throw new Error('secret');
      },
    },
  ])('is answered 500 without the cause when its handler $how', async ({ http }) => {
    const harness = await startTransport(create, { http });
    const response = await harness.fetch('/', { method: 'POST', body: 'x' });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ detail: 'Internal server error' });
  });

  it.each(['a/b', 'a b', 'user@a', 'a?b', 'a:port'])('is answered 400 when its host is %j', async (host) => {
    const harness = await startTransport(create, { http: mirror });
    const client = await RawSocket.connect(harness.port);
    client.write(`GET /page HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(await client.receive('}')).toMatch(/^HTTP\/1.1 400 /);
    expect(client.received.toString()).toContain('{"detail":"Malformed request"}');
    client.destroy();
  });
}
