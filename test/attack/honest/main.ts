import { endWithParent, settingsOfChild, tellParent } from '../../bench/childSide.ts';
import { openSale } from '../host.ts';
import { PLACE } from '../place.ts';
import { type Bidder, honestBidders } from './bidder.ts';
import { Journal } from './journal.ts';
import type { HonestRequest, HonestSettings } from './request.ts';

// The honest clients: a process of its own, so that nothing but the server makes their bids wait.
endWithParent();
// What the benchmark, which is the only parent, has sent.
const { port } = settingsOfChild() as HonestSettings;
const journal = new Journal();
await openSale(port, PLACE.honest.sale);
const bidders: readonly Bidder[] = honestBidders(port, journal);
await Promise.all(bidders.map((bidder) => bidder.connect()));
for (const [index, bidder] of bidders.entries()) bidder.start((index * 1_000) / bidders.length);
process.on('message', ({ seconds }: HonestRequest) => {
  void journal.measure(seconds).then(tellParent);
});
tellParent({});
