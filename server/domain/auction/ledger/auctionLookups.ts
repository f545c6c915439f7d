import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../ports/clock.ts';
import type { Metrics } from '../../../ports/metrics.ts';
import type { Committer } from './committer.ts';
import { FairQueue } from '../../fairQueue.ts';
import type { Limits } from '../../../limits.ts';
import { type Refusal, refusals } from '../rules/refusals.ts';

/** How long it is believed that there is no such auction: another process may have made it since. */
const BELIEVED_FOR_MS = 2_000;
const MAX_REMEMBERED = 10_000;
const MAX_UNDER_WAY = 8;
const MAX_PER_TURN = 8;

/** Who asks: a user's id, or the address of a guest; `null`: the server itself. */
export type Asker = number | string | null;

/** What was read of an auction, or why it cannot be had. */
export type LookupResult<Found> =
  { readonly kind: 'found'; readonly found: Found } | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Reads auctions that are not in memory. Clients wait for their turns, so that one who asks for many does not hold
 * up the others or bids (SA6), and an auction that does not exist is remembered as such for a moment (SA4).
 */
export class AuctionLookups {
  readonly #queue: FairQueue<number | string>;
  readonly #metrics: Metrics;
  readonly #unknown: LRUCache<number, true>;

  constructor(
    { lookupsPerUser }: Pick<Limits, 'lookupsPerUser'>,
    services: {
      readonly clock: Clock;
      readonly metrics: Metrics;
      readonly committer: Pick<Committer, 'isBusy'>;
    },
  ) {
    const { clock, metrics, committer } = services;
    this.#queue = new FairQueue(
      { maxPerKey: lookupsPerUser, maxUnderWay: MAX_UNDER_WAY, maxPerTurn: MAX_PER_TURN },
      clock,
      () => committer.isBusy,
    );
    this.#metrics = metrics;
    this.#unknown = new LRUCache<number, true>({
      max: MAX_REMEMBERED,
      ttl: BELIEVED_FOR_MS,
      ttlResolution: 0,
      perf: { now: () => clock.elapsedMs() },
    });
    metrics.gauge('lookups_waiting', () => this.#queue.size);
  }

  /** True where it was found a moment ago that there is no such auction. */
  isUnknown(auctionId: number): boolean {
    return this.#unknown.has(auctionId);
  }

  /** Reads something of that auction; `read` gives `null` where there is no such auction. Rejects as `read` does. */
  async find<Found>(
    auctionId: number,
    asker: Asker,
    read: () => Promise<Found | null>,
  ): Promise<LookupResult<Found>> {
    if (this.isUnknown(auctionId)) return refused(refusals.auctionNotFound);
    const reading = asker === null ? read() : this.#queue.run(asker, read);
    if (reading === null) {
      this.#metrics.limited('lookupsPerUser');
      return refused(refusals.busy);
    }
    const found = await reading;
    if (found !== null) return { kind: 'found', found };
    this.#unknown.set(auctionId, true);
    return refused(refusals.auctionNotFound);
  }

  /** That auction was made just now. */
  made(auctionId: number): void {
    this.#unknown.delete(auctionId);
  }
}

function refused(refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal };
}
