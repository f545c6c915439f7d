import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.ts';
import { NO_RATES } from '../support/limits.ts';
import { newSale } from '../support/newSale.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('a host who is gone', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ ...NO_RATES, LIMIT_HOST_ABSENT_MS: '50' });
  });
  afterAll(() => server.stop());

  const connect = async (path: string, username: string) =>
    server.connect(`${path}?token=${await server.token(username)}`);
  const join = async (auctionId: number, username: string) => {
    const client = await connect('/ws/', username);
    client.send({ type: 'joinAuction', auctionId });
    await client.nextOf('auctionState');
    return client;
  };
  /** A sale that is live, and a viewer who has joined it. */
  const liveSale = async () => {
    const auctionId = await newSale(server);
    const host = await connect('/ws/', 'baraka_host');
    host.send({ type: 'startLiveAuction', auctionId });
    await host.nextThat(({ type, data }) => type === 'auctionStarted' && data?.['id'] === auctionId);
    return { auctionId, host, viewer: await join(auctionId, 'buyer1') };
  };
  const absences = ({ frames }: TestClient) => frames.filter(({ type }) => type === 'broadCasterLeft');

  it.each([
    ['the gateway', (auctionId: number) => join(auctionId, 'baraka_host')],
    ['the ring', (auctionId: number) => connect(`/ws/ring/${auctionId}/`, 'baraka_host')],
    ['the timed auction', (auctionId: number) => server.watch(auctionId, 'baraka_host')],
  ] as const)('[GW20] is told to viewers as broadCasterLeft: on %s', async (_name, come) => {
    const { auctionId, viewer } = await liveSale();
    const client = await come(auctionId);
    if (client.frames.length === 0) await client.next();
    client.socket.terminate();
    expect((await viewer.nextOf('broadCasterLeft')).data).toEqual({ auctionId });
  });

  it('[GW20] is not told while another of their connections has joined', async () => {
    const { auctionId, viewer } = await liveSale();
    const [one, other] = [await join(auctionId, 'baraka_host'), await server.watch(auctionId, 'baraka_host')];
    one.socket.terminate();
    await viewer.nextThat(({ type, data }) => type === 'userCountUpdate' && data?.['userCount'] === 1);
    other.socket.terminate();
    await viewer.nextOf('broadCasterLeft');
    expect(absences(viewer)).toHaveLength(1);
  });

  it('[GW20] is not told of one who had not joined, of a viewer, or once the sale is over', async () => {
    const { auctionId, host, viewer } = await liveSale();
    const ended = await liveSale();
    const guest = await join(auctionId, 'buyer2');
    const gone = await join(ended.auctionId, 'baraka_host');
    gone.send({ type: 'endAuction', auctionId: ended.auctionId });
    await ended.viewer.nextOf('auctionFinished');
    for (const client of [host, guest, gone]) client.socket.terminate();
    // Its host is lost after all of them.
    const last = await liveSale();
    const lost = await join(last.auctionId, 'baraka_host');
    lost.socket.terminate();
    await last.viewer.nextOf('broadCasterLeft');
    expect([absences(viewer), absences(ended.viewer)]).toEqual([[], []]);
  });
});
