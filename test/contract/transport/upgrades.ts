import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { UpgradeAnswer } from '../../../server/ports/transport.ts';
import { RawSocket, upgradeRequest } from '../../support/rawSocket.ts';
import { type CreateTransport, frame, Peer, startTransport } from './transportHarness.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

/** How a request becomes a socket, or not. */
export function upgradeContract(create: CreateTransport): void {
  describe('an upgrade request', () => requestContract(create));
  describe('an upgrade that is turned down', () => refusalContract(create));
  describe('an upgrade that is let in', () => acceptanceContract(create));
}

function requestContract(create: CreateTransport): void {
  it('is known by path, query, headers and address, also after a wait', async () => {
    const harness = await startTransport(create);
    await harness.connect('/ws/auction/7/?token=a%20b&token=c&empty=', { headers: { 'X-Name': 'value' } });
    const [request] = harness.requests;
    expect(request?.path).toBe('/ws/auction/7/');
    expect(request?.query.getAll('token')).toEqual(['a b', 'c']);
    expect(request?.query.get('empty')).toBe('');
    expect(request?.header('x-name')).toBe('value');
    expect(request?.header('upgrade')).toBe('websocket');
    expect(request?.header('x-absent')).toBe('');
    expect(request?.remoteAddress).toBe('127.0.0.1');
  });

  it('may have no query, and its path is left as it came', async () => {
    const harness = await startTransport(create);
    await harness.connect('/a%2Fb//c');
    expect(harness.requests[0]?.path).toBe('/a%2Fb//c');
    expect([...(harness.requests[0]?.query ?? ['none'])]).toEqual([]);
  });

  it.skipIf(!hasIpv6)('comes from the same address however it was accepted', async () => {
    const harness = await startTransport(create, { host: '::' });
    await harness.connect();
    const client = await RawSocket.connect(harness.port, '::1');
    client.write(upgradeRequest('/'));
    await client.receive('101');
    client.destroy();
    expect(harness.requests.map(({ remoteAddress }) => remoteAddress)).toEqual(['127.0.0.1', '::1']);
  });

  it('may share its path with pages', async () => {
    const harness = await startTransport(create, { http: () => Promise.resolve(new Response('a page')) });
    const { client } = await harness.connect('/shared');
    expect(await (await harness.fetch('/shared')).text()).toBe('a page');
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });
}

function refusalContract(create: CreateTransport): void {
  it.each([
    { status: 403, line: '403 Forbidden', detail: 'Origin not allowed' },
    { status: 404, line: '404 Not Found', detail: 'Not found: "/ä"' },
    { status: 429, line: '429 Too Many Requests', detail: 'Too many connections' },
  ])('hears $line and why, and its connection ends', async ({ status, line, detail }) => {
    const harness = await startTransport(create, { upgrade: () => ({ accept: false, status, detail }) });
    const client = await RawSocket.connect(harness.port);
    client.write(upgradeRequest('/'));
    await client.closed;
    const [head = '', body = ''] = client.received.toString().split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${line}\r\n`));
    expect(head.toLowerCase()).toContain('content-type: application/json');
    expect(JSON.parse(body)).toEqual({ detail });
  });

  it.each([
    { fault: 'another version', headers: { 'Sec-WebSocket-Version': '7' } },
    { fault: 'no version', headers: { 'Sec-WebSocket-Version': '' } },
    { fault: 'no key', headers: { 'Sec-WebSocket-Key': '' } },
    { fault: 'a key that is too short', headers: { 'Sec-WebSocket-Key': 'abc=' } },
  ])('is turned down unasked when its handshake has $fault', async ({ headers }) => {
    const harness = await startTransport(create);
    const client = await RawSocket.connect(harness.port);
    client.write(upgradeRequest('/', headers));
    await client.closed;
    expect(client.received.toString()).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/);
    expect(client.received.toString()).toMatch(/\r\nsec-websocket-version: 13\r\n/i);
    expect(client.received.toString()).toContain('{"detail":"Not a WebSocket handshake of version 13"}');
    expect(harness.requests).toEqual([]);
  });
}

function acceptanceContract(create: CreateTransport): void {
  it('speaks the subprotocol that was chosen', async () => {
    const answer = (): UpgradeAnswer => ({ accept: true, handlers: new Peer(), subprotocol: 'ringside' });
    const harness = await startTransport(create, { upgrade: answer });
    const client = new WebSocket(`ws://127.0.0.1:${harness.port}/`, ['ringside', 'token.abc']);
    await once(client, 'open');
    expect(client.protocol).toBe('ringside');
  });

  it('speaks none when none was chosen', async () => {
    const harness = await startTransport(create);
    const client = await RawSocket.connect(harness.port);
    client.write(upgradeRequest('/', { 'Sec-WebSocket-Protocol': 'ringside, token.abc' }));
    expect(await client.receive('\r\n\r\n')).not.toMatch(/sec-websocket-(protocol|extensions)/i);
    client.destroy();
  });

  it('negotiates no compression', async () => {
    const harness = await startTransport(create);
    const { client } = await harness.connect('/', { perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  });

  it('hears at once what is sent while it opens', async () => {
    const harness = await startTransport(create);
    harness.prepare = (peer) => {
      peer.onOpened = (socket) => {
        socket.subscribe('hall');
        socket.send(frame('snapshot'));
        harness.transport.publish('hall', frame('event'));
      };
    };
    const { client } = await harness.connect();
    expect(await client.receive(2)).toEqual(['snapshot', 'event']);
  });

  it('may be sent away while it opens, and hears why', async () => {
    const harness = await startTransport(create);
    harness.prepare = (peer) => {
      peer.onOpened = (socket) => {
        socket.send(frame('go away'));
        socket.close(4401, 'unauthenticated');
      };
    };
    const client = harness.dial();
    expect(await client.ended).toEqual({ code: 4401, reason: 'unauthenticated' });
    expect(client.messages).toEqual(['go away']);
    expect(harness.peers[0]?.closes).toEqual([4401]);
  });
}
