import { AUCTION_IDS } from '../seed.ts';
import type { BenchCase, Target } from './case.ts';
import { measureRawTransactions } from './loneBid.ts';

const CPU: Target = {
  text: 'server CPU per delivery at most 1.15 × bare',
  bound: { atMost: 1.15 },
  value: (of) => of('ringside').serverMicrosPerUnit / of('bare').serverMicrosPerUnit,
};

/** One commit is one raw transaction of the same run, at its own p99. */
const LAST_WATCHER: Target = {
  text: 'p99 to the last watcher at most 1 × (1.5 × bare + one commit)',
  bound: { atMost: 1 },
  value: (of) => of('ringside').p99Ms / (1.5 * of('bare').p99Ms + of('raw').p99Ms),
};

export const fanOut1000: BenchCase = {
  ...fanOutCase('fan-out-1000', 1_000, [CPU, LAST_WATCHER]),
  raw: { measure: measureRawTransactions, comparable: [] },
};
export const fanOut5000 = fanOutCase('fan-out-5000', 5_000, [CPU]);

function fanOutCase(name: string, watchers: number, targets: readonly Target[]): BenchCase {
  const auctionId = AUCTION_IDS.fanOut;
  return {
    name,
    title: `${watchers} watchers of one auction, one bidder who waits for the last of them`,
    unit: { one: 'delivery', many: 'deliveries' },
    servers: ['ringside', 'bare', 'plain'],
    measure: (stage, server) => {
      const count = stage.scaled(watchers);
      return stage.measure(server, [auctionId], (base) => ({
        ...base,
        kind: 'fan-out',
        heat: stage.heat,
        auctionId,
        watchers: count,
        tokens: stage.house.tokens(count + 1),
      }));
    },
    targets,
  };
}
