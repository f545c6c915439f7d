import { AUCTION_IDS } from '../seed.ts';
import type { CaseRunner } from '../caseRunner.ts';
import { biddingLoad } from './biddingLoad.ts';
import type { BenchCase } from './case.ts';

/** With one the database waits while the next batch is put together. */
const RAW_CONNECTIONS = 2;
/** Ringside reads the bids of the last minutes when an auction is first bid on; earlier rounds left many. */
const LOADING_SECONDS = 2;
const UNIT = { one: 'bid', many: 'answered bids' };

/** 500 auctions, each with one bidder: every bid is accepted. */
export const auctions500: BenchCase = {
  name: 'auctions-500',
  title: '500 auctions with one bidder each',
  unit: UNIT,
  servers: ['ringside', 'bare', 'plain'],
  measuring: {
    kind: 'in turns',
    load: (runner) =>
      biddingLoad(runner, {
        auctionIds: partOf(runner, AUCTION_IDS.oneBidderEach),
        bidders: 1,
        inFlight: 1,
        warmUpSeconds: LOADING_SECONDS,
      }),
    raw: {
      plan: (runner) => ({
        ...runner.rawBase,
        kind: 'raw-batches',
        auctionIds: partOf(runner, AUCTION_IDS.rawBatches),
        connections: RAW_CONNECTIONS,
      }),
      comparable: ['ratePerSecond'],
    },
  },
  targets: [
    {
      text: 'durable bids/s at least 10,000',
      bound: { atLeast: 10_000 },
      value: (of) => of('ringside').ratePerSecond,
    },
    {
      text: 'durable bids/s at least 6 × plain',
      bound: { atLeast: 6 },
      value: (of) => of('ringside').ratePerSecond / of('plain').ratePerSecond,
    },
    {
      text: 'durable bids/s at least a third of raw multi-row batches of the same rows',
      bound: { atLeast: 1 / 3 },
      value: (of) => of('ringside').ratePerSecond / of('raw').ratePerSecond,
    },
  ],
};

/** The bidders' first letters are gone after that: each gets one a minute. */
const LETTERS_WARM_UP_SECONDS = 4;

/** 500 auctions with two bidders each: half of the bids come too late, and each of the others dethrones somebody. */
export const auctions500x2: BenchCase = {
  name: 'auctions-500x2',
  title: '500 auctions with two bidders each, who outbid each other',
  unit: UNIT,
  servers: ['ringside', 'bare', 'plain'],
  measuring: {
    kind: 'in turns',
    load: (runner) =>
      biddingLoad(runner, {
        auctionIds: partOf(runner, AUCTION_IDS.twoBiddersEach),
        bidders: 2,
        inFlight: 1,
        warmUpSeconds: LETTERS_WARM_UP_SECONDS,
      }),
  },
  targets: [],
};

function partOf(runner: CaseRunner, ids: readonly number[]): readonly number[] {
  return ids.slice(0, runner.scaled(ids.length));
}
