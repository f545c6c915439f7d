import { connectLive, type LiveSocket } from '../bench/load/liveSockets.ts';
import { Faults } from '../bench/load/patience.ts';
import { longTokenOf, PLACE } from './place.ts';

/** Starts a live sale as its host, with a product on the block; resolves with the host's connection. */
export async function openSale(port: number, saleId: number): Promise<LiveSocket> {
  const host = await connectLive('gateway', port, longTokenOf(PLACE.host), new Faults(), () => undefined);
  // Refused when it is live already.
  await host.ask('startLiveAuction', saleId);
  const prices = '"minBidPrice":1,"bidPrice":1,"actualPrice":1';
  await host.ask('changeCuurentProduct', saleId, `,"product":"A ring",${prices}`);
  return host;
}
