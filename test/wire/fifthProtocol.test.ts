import { afterEach, describe, expect, it } from 'vitest';
import { PROTOCOLS } from '../../server/protocols.ts';
import { breaches } from '../support/contracts.ts';
import { serverMessage } from '../support/echo/contract.ts';
import { echoProtocol } from '../support/echo/protocol.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { TRANSPORTS } from '../support/transports.ts';

const AUCTION = 1;

describe.each(TRANSPORTS)('a fifth protocol over %s', (transport) => {
  let server: TestServer;
  afterEach(() => server.stop());

  const echo = async (username: string, auctionId = AUCTION) =>
    server.connect(`/ws/echo/${auctionId}/?token=${await server.token(username)}`);

  it('is a folder, a contract, and one line in the list of protocols', async () => {
    server = await startTestServer({ TRANSPORT: transport }, { protocols: [...PROTOCOLS, echoProtocol] });
    const [one, two] = [await echo('buyer1'), await echo('buyer2')];
    const watcher = await server.watch(AUCTION, 'buyer3');
    const { seq } = await one.nextOf('watching');
    await two.nextOf('watching');

    one.send({ type: 'bid', amount: 2600, id: 'mine' });
    const told = { bidder: 'buyer1', amount: '2600.00' };
    const first = (seq ?? 0) + 1;
    expect(await two.next()).toEqual({ type: 'echo', seq: first, ...told });
    expect(await one.nextOf('echo')).toEqual({ type: 'echo', seq: first, ...told });
    expect(await one.nextOf('ack')).toEqual({ type: 'ack', id: 'mine', data: { ok: true, seq: first } });
    expect(await watcher.nextOf('new_bid')).toMatchObject({ seq: first, data: told });

    watcher.send({ type: 'place_bid', amount: 2700 });
    expect(await two.nextOf('echo')).toMatchObject({ seq: first + 1, bidder: 'buyer3', amount: '2700.00' });
    expect(await one.nextOf('notification')).toMatchObject({ data: { notification_type: 'bid_outbid' } });

    two.send({ type: 'bid', amount: 1, id: 'low' });
    expect(await two.nextOf('error')).toMatchObject({ id: 'low', code: 'bid_too_low' });
    two.send({ type: 'bid', id: 'none' });
    expect(await two.nextOf('error')).toMatchObject({ id: 'none', code: 'invalid_message' });
    two.send({ type: 'shout', id: 'what' });
    expect(await two.nextOf('error')).toMatchObject({ id: 'what', code: 'unknown_type' });
    expect(breaches(serverMessage, [...one.frames, ...two.frames])).toEqual([]);
  });

  it('turns a client away from an auction that there is not', async () => {
    server = await startTestServer({ TRANSPORT: transport }, { protocols: [...PROTOCOLS, echoProtocol] });
    const lost = await echo('buyer1', 999);
    expect(await lost.next()).toMatchObject({ type: 'error', code: 'auction_not_found' });
    expect((await lost.closing).code).toBe(4404);
  });

  it('is not there where the list does not name it', async () => {
    server = await startTestServer({ TRANSPORT: transport });
    await expect(echo('buyer1')).rejects.toThrow('HTTP 404');
  });
});
