import { AUCTION_IDS } from '../seed.ts';
import type { BenchCase, Raw, Target } from './case.ts';
import { rawTransactionsPlan } from './loneBid.ts';

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

export const fanOut1000 = fanOutCase('fan-out-1000', 1_000, [CPU, LAST_WATCHER], {
  plan: rawTransactionsPlan,
  comparable: [],
});
export const fanOut5000 = fanOutCase('fan-out-5000', 5_000, [CPU]);

function fanOutCase(name: string, watchers: number, targets: readonly Target[], raw?: Raw): BenchCase {
  const auctionId = AUCTION_IDS.fanOut;
  return {
    name,
    title: `${watchers} watchers of one auction, one bidder who waits for the last of them`,
    unit: { one: 'delivery', many: 'deliveries' },
    servers: ['ringside', 'bare', 'plain'],
    measuring: {
      kind: 'in turns',
      load: (runner) => {
        const count = runner.scaled(watchers);
        const tokens = runner.environment.tokens(count + 1);
        const load = { ...runner.inTurns(), heat: runner.heat, auctionId, watchers: count, tokens };
        return { auctionIds: [auctionId], planFor: (base) => ({ ...base, ...load, kind: 'fan-out' }) };
      },
      ...(raw === undefined ? {} : { raw }),
    },
    targets,
  };
}
