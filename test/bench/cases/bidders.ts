import { AUCTION_IDS } from '../seed.ts';
import { biddingLoad } from './biddingLoad.ts';
import type { BenchCase } from './case.ts';

const BIDDERS = 100;

export const bidders100 = biddersCase('bidders-100', 1);
export const bidders100x8 = biddersCase('bidders-100x8', 8);

function biddersCase(name: string, inFlight: number): BenchCase {
  const auctionId = AUCTION_IDS.bidders;
  return {
    name,
    title: `${BIDDERS} bidders on one auction, each with so many bids in flight: ${inFlight}`,
    unit: { one: 'bid', many: 'answered bids' },
    servers: ['ringside', 'bare', 'plain'],
    measuring: {
      kind: 'in turns',
      load: (runner) =>
        biddingLoad(runner, { auctionIds: [auctionId], bidders: runner.scaled(BIDDERS), inFlight }),
    },
    targets: [
      {
        text: 'answered bids/s at least 6 × plain',
        bound: { atLeast: 6 },
        value: (of) => of('ringside').ratePerSecond / of('plain').ratePerSecond,
      },
    ],
  };
}
