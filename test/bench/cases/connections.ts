import { AUCTION_IDS } from '../seed.ts';
import { mostOpenFiles } from '../usage.ts';
import type { BenchCase } from './case.ts';

const CONNECTS = 5_000;
const WARM_UP_CONNECTS = 1_000;
const SOCKETS = 10_000;
/** The share of idle sockets that only brings the server to where every further one costs the same. */
const NOT_COUNTED = 0.4;
/** The growth of resident memory is the median of so many. */
const STEPS = 6;
/** What a process has open beside its sockets. */
const OTHER_FILES = 200;

/** Everybody comes back at once. */
export const storm: BenchCase = {
  name: 'storm',
  title: `${CONNECTS} connects, each with a token and a snapshot`,
  unit: { one: 'connect', many: 'connects' },
  servers: ['ringside', 'bare', 'plain'],
  measuring: {
    kind: 'once',
    measure: (runner, server) => {
      const connects = runner.scaled(CONNECTS);
      const warmUpConnects = runner.scaled(WARM_UP_CONNECTS);
      return runner.once(server, (base) => ({
        ...base,
        kind: 'storm',
        auctionId: AUCTION_IDS.storm,
        connects,
        warmUpConnects,
        tokens: runner.environment.tokens(warmUpConnects + connects),
      }));
    },
  },
  targets: [
    {
      text: 'connects/s at least half of bare',
      bound: { atLeast: 0.5 },
      value: (of) => of('ringside').ratePerSecond / of('bare').ratePerSecond,
    },
  ],
};

/** What a connection costs that does nothing. */
export const idle: BenchCase = {
  name: 'idle',
  title: `${SOCKETS} sockets that only listen`,
  unit: { one: 'socket', many: 'sockets' },
  servers: ['ringside', 'bare', 'plain'],
  measuring: {
    kind: 'once',
    measure: (runner, server) => {
      const sockets = Math.min(runner.scaled(SOCKETS), mostOpenFiles() - OTHER_FILES);
      return runner.once(server, (base) => ({
        ...base,
        kind: 'idle',
        auctionId: AUCTION_IDS.idle,
        sockets,
        notCounted: Math.floor(sockets * NOT_COUNTED),
        steps: STEPS,
        seconds: runner.seconds,
        tokens: runner.environment.tokens(sockets),
      }));
    },
  },
  targets: [
    {
      text: 'resident bytes per connection at most 2 × bare',
      bound: { atMost: 2 },
      value: (of) => of('ringside').bytesPerConnection / of('bare').bytesPerConnection,
    },
  ],
};
