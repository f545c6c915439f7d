import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { type BrowserPage, findBrowser, openBrowser } from './browser.ts';

const program = findBrowser();

describe.skipIf(program === null)('[IO13] a page with the library that the server has', () => {
  let server: TestServer;
  let page: BrowserPage;

  beforeAll(async () => {
    [server, page] = await Promise.all([startTestServer(), openBrowser(program ?? '')]);
  });
  afterAll(() => Promise.all([page.close(), server.stop()]));

  it('connects from elsewhere, by polling and then by WebSocket, and runs a sale', async () => {
    await page.open(await serve(pageOf(server.http, await server.token('baraka_host'))));
    await until(async () => {
      expect(page.complaints).toEqual([]);
      const told = await page.evaluate(`[...(globalThis.told ?? [])].sort().join()`);
      expect(told).toBe('auctionStarted,error,newComment,own_auction');
      expect(await page.evaluate('socket.io.engine.transport.name')).toBe('websocket');
    });
  });
});

/** A page of the host of sale 7. */
function pageOf(server: string, token: string): string {
  return `<!doctype html><link rel="icon" href="data:,"><script src="${server}/socket.io/socket.io.js"></script><script>
    const told = (globalThis.told = []);
    const socket = (globalThis.socket = io('${server}', { auth: { token: '${token}' } }));
    for (const name of ['error', 'auctionStarted', 'newComment', 'connect_error', 'disconnect']) {
      socket.on(name, () => told.push(name));
    }
    socket.emit('startLiveAuction', { auctionId: 7 });
    socket.on('auctionStarted', async () => {
      await socket.emitWithAck('joinAuction', { auctionId: 7 });
      socket.emit('comment', { auctionId: 7, comment: 'Hello' });
      socket.emit('placeBid', { auctionId: 7, amount: 5000 }, ({ code }) => told.push(code));
    });
  </script>`;
}

/** Serves that page for the running test, on a port of its own. */
async function serve(html: string): Promise<string> {
  const host = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  await once(host.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    host.closeAllConnections();
    host.close();
  });
  return `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
}
