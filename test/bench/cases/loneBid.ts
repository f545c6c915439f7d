import { AUCTION_IDS } from '../seed.ts';
import type { RawTransactionsPlan } from '../load/plan.ts';
import type { CaseRunner } from '../caseRunner.ts';
import { biddingLoad } from './biddingLoad.ts';
import type { BenchCase } from './case.ts';

/** One bidder alone on one auction: what a bid takes, and what of that is the commit. */
export const loneBid: BenchCase = {
  name: 'lone-bid',
  title: 'One bidder alone on one auction, one bid after the other',
  unit: { one: 'bid', many: 'bids' },
  servers: ['ringside', 'bare', 'plain'],
  measuring: {
    kind: 'in turns',
    load: (runner) => biddingLoad(runner, { auctionIds: [AUCTION_IDS.loneBid], bidders: 1, inFlight: 1 }),
    raw: { plan: rawTransactionsPlan, comparable: ['ratePerSecond', 'p50Ms', 'p99Ms'] },
  },
  targets: [
    {
      text: 'p50 of a commit (answer less the way there and back, as bare has it) at most 1.3 × one raw transaction',
      bound: { atMost: 1.3 },
      value: (of) => (of('ringside').p50Ms - of('bare').p50Ms) / of('raw').p50Ms,
    },
  ],
};

/** What one commit takes on this machine: the statements of a lone bid, without a server. */
export function rawTransactionsPlan(runner: CaseRunner): RawTransactionsPlan {
  return { ...runner.rawBase, kind: 'raw-transactions', auctionId: AUCTION_IDS.rawTransactions };
}
