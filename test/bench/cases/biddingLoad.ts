import type { CaseRunner } from '../caseRunner.ts';
import type { LoadOnServer } from './case.ts';

/** Who bids, on what, and how many bids of each are on their way. */
interface Bidders {
  readonly auctionIds: readonly number[];
  /** On each auction. */
  readonly bidders: number;
  readonly inFlight: number;
  readonly warmUpSeconds?: number;
}

/** Bidders who bid again whenever they are answered. */
export function biddingLoad(
  runner: CaseRunner,
  { auctionIds, bidders, inFlight, warmUpSeconds }: Bidders,
): LoadOnServer {
  const load = {
    ...runner.inTurns(warmUpSeconds),
    heat: runner.heat,
    auctionIds,
    biddersPerAuction: bidders,
    inFlight,
    tokens: runner.environment.tokens(bidders * auctionIds.length),
  };
  return { auctionIds, planFor: (base) => ({ ...base, ...load, kind: 'bidding' }) };
}
