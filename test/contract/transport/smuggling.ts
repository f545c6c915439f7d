import { describe, expect, it } from 'vitest';
import { RawSocket } from '../../support/rawSocket.ts';
import { type CreateTransport, startTransport } from './transportHarness.ts';

/** Requests that two programs could read differently, and those that cannot be read. */
export function smugglingContract(create: CreateTransport): void {
  describe('an HTTP request of ambiguous length', () => ambiguityContract(create));
  describe('an HTTP body in chunks', () => chunkContract(create));
}

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** What makes a request ambiguous; uWebSockets.js answers nothing to the last one. */
const HEADS: readonly { readonly what: string; readonly head: string; readonly isCut?: boolean }[] = [
  {
    what: 'two lengths, the true one first',
    head: `Content-Length: 5\r\nContent-Length: ${5 + HIDDEN.length}`,
  },
  {
    what: 'two lengths, the true one last',
    head: `Content-Length: ${5 + HIDDEN.length}\r\nContent-Length: 5`,
  },
  { what: 'one length twice', head: 'Content-Length: 5\r\nContent-Length: 5' },
  { what: 'two lengths in one header', head: 'Content-Length: 5, 5' },
  { what: 'a length with a sign', head: 'Content-Length: +5' },
  { what: 'a length with a unit', head: 'Content-Length: 5b' },
  { what: 'a length in hexadecimal', head: 'Content-Length: 0x5' },
  { what: 'a length beyond all numbers', head: 'Content-Length: 99999999999999999999' },
  { what: 'a length that is empty', head: 'Content-Length:' },
  { what: 'an encoding that tells no length', head: 'Transfer-Encoding: gzip' },
  { what: 'two encodings', head: 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity' },
  { what: 'two hosts', head: 'Content-Length: 5\r\nHost: elsewhere' },
  { what: 'a length and an encoding', head: 'Content-Length: 5\r\nTransfer-Encoding: chunked', isCut: true },
];

/** The doors through which a request comes in, by its first line and headers of its own. */
const DOORS = [
  { door: 'a page', line: 'POST /page', headers: '' },
  {
    door: 'a WebSocket',
    line: 'GET /socket',
    headers:
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  },
  { door: 'Socket.IO', line: 'POST /socket.io/?EIO=4&transport=polling', headers: '' },
  { door: 'the script of Socket.IO', line: 'GET /socket.io/socket.io.js', headers: '' },
  {
    door: 'a WebSocket of Socket.IO',
    line: 'GET /socket.io/?EIO=4&transport=websocket',
    headers:
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  },
];

function ambiguityContract(create: CreateTransport): void {
  const cases = HEADS.flatMap((head) => DOORS.map((door) => ({ ...head, ...door })));
  it.each(cases)('[SA18] ends its connection, what follows unread: $what, for $door', async (request) => {
    const asked: string[] = [];
    const turnDown = () => {
      asked.push('Socket.IO');
      return null;
    };
    const harness = await startTransport(create, {
      http: (incoming) => {
        asked.push(new URL(incoming.url).pathname);
        return Promise.resolve(new Response('a page'));
      },
      socketIo: { turnDown },
    });
    const { line, headers, head, isCut = false } = request;
    const client = await RawSocket.connect(harness.port);
    client.write(`${line} HTTP/1.1\r\nHost: localhost\r\n${headers}${head}\r\n\r\nhello${HIDDEN}${HIDDEN}`);
    client.write(HIDDEN);
    await client.closed;
    const answers = client.received.toString().match(/HTTP\/1\.1 \d+/g) ?? [];
    if (harness.transport.name === 'uws' && isCut) expect(answers).toEqual([]);
    else expect(answers).toEqual(['HTTP/1.1 400']);
    expect(asked).not.toContain('/hidden');
    expect(harness.requests).toEqual([]);
    // Node reads a body only after it has told of the request, and of this encoding there is nothing to be read.
    if (!head.includes('gzip')) expect(asked).toEqual([]);
  });

  it('[SA18] is none with one length of any number of digits', async () => {
    const harness = await startTransport(create, {
      http: async (request) => new Response(await request.text()),
    });
    const client = await RawSocket.connect(harness.port);
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 000005\r\n\r\nhello');
    await client.receive('hello');
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nbye');
    await client.receive('bye');
    client.destroy();
  });
}

function chunkContract(create: CreateTransport): void {
  it.each([
    { what: 'no number', body: 'zz\r\nhello\r\n0\r\n\r\n' },
    { what: 'a negative number', body: '-5\r\nhello\r\n0\r\n\r\n' },
    { what: 'a number with a prefix', body: '0x5\r\nhello\r\n0\r\n\r\n' },
    { what: 'a number beyond all', body: 'fffffffffffffffffffff\r\nhello\r\n0\r\n\r\n' },
    { what: 'no number after one that is right', body: '5\r\nhello\r\nzz\r\n' },
  ])('[SA18] ends its connection when the size of one is $what, what follows unread', async ({ body }) => {
    const asked: string[] = [];
    const harness = await startTransport(create, {
      http: async (request) => {
        asked.push(new URL(request.url).pathname);
        return new Response(await request.text());
      },
    });
    const client = await RawSocket.connect(harness.port);
    client.write('POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    client.write(`${body}${HIDDEN}`);
    await client.closed;
    const answers = client.received.toString().match(/HTTP\/1\.1 \d+/g) ?? [];
    expect(answers).toEqual(harness.transport.name === 'uws' ? [] : ['HTTP/1.1 400']);
    expect(asked).not.toContain('/hidden');
    expect(harness.log.lines).toEqual([]);
  });

  it('[SA18] comes as a request that another can be made of', async () => {
    const harness = await startTransport(create, {
      http: async (request) => {
        const { url, method, headers, body } = request;
        const copy = new Request(request, { body, duplex: 'half' });
        return Response.json({ url, method, type: headers.get('content-type'), body: await copy.text() });
      },
    });
    const client = await RawSocket.connect(harness.port);
    client.write(
      'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: x/y\r\n\r\n',
    );
    client.write('5\r\nhello\r\n0\r\n\r\n');
    expect(await client.receive('}')).toContain(
      '{"url":"http://localhost/a","method":"POST","type":"x/y","body":"hello"}',
    );
    client.destroy();
  });
}
