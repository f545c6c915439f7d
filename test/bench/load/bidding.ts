import { Latencies } from '../latencies.ts';
import { numberAfter, openAuction, placeBid } from './auctionSocket.ts';
import type { LightSocket } from './lightSocket.ts';
import type { Load } from './load.ts';
import { type Faults, inParallel } from './patience.ts';
import type { BiddingPlan, Heat, Target } from './plan.ts';

const CONNECTING_AT_ONCE = 50;

/** What all bidders count together. */
class Tally {
  readonly latencies = new Latencies();
  accepted = 0;
  refused = 0;
  isOver = true;
}

/** Prepares the plan. Units are answered bids; latency is from a bid to its private answer. */
export async function bidding(plan: BiddingPlan, faults: Faults): Promise<Load> {
  await heat(plan.target, plan.heat, faults);
  const tally = new Tally();
  const bidders = await connectBidders(plan, tally, faults);
  return {
    latencies: tally.latencies,
    start: () => startBidders(bidders, tally, plan.inFlight),
    rest: () => restBidders(bidders, tally, faults),
    counts: () => {
      const { accepted, refused } = tally;
      return { units: accepted + refused, others: { accepted, refused } };
    },
    toldAccepted: () => tally.accepted,
  };
}

/** Carries out that part of a plan. */
export async function heat(target: Target, { seconds, ...load }: Heat, faults: Faults): Promise<void> {
  const tally = new Tally();
  const bidders = await connectBidders({ target, ...load, biddersPerAuction: 1 }, tally, faults);
  startBidders(bidders, tally, 1);
  await faults.during(seconds);
  await restBidders(bidders, tally, faults);
  for (const bidder of bidders) bidder.leave();
}

type BidderPlan = Pick<BiddingPlan, 'target' | 'auctionIds' | 'biddersPerAuction' | 'tokens'>;

function connectBidders(plan: BidderPlan, tally: Tally, faults: Faults): Promise<readonly Bidder[]> {
  const count = plan.auctionIds.length * plan.biddersPerAuction;
  return inParallel(count, CONNECTING_AT_ONCE, (index) => Bidder.connect(plan, index, tally, faults));
}

function startBidders(bidders: readonly Bidder[], tally: Tally, inFlight: number): void {
  tally.isOver = false;
  for (const bidder of bidders) for (let sent = 0; sent < inFlight; sent += 1) bidder.bid();
}

/** Resolves when every bid is answered. */
function restBidders(bidders: readonly Bidder[], tally: Tally, faults: Faults): Promise<void> {
  tally.isOver = true;
  return faults.until(() => bidders.every(({ hasAllAnswers }) => hasAllAnswers));
}

/** Bids the last price it saw plus one, and again whenever it is answered. */
class Bidder {
  readonly #tally: Tally;
  /** When the bids were sent that are not answered yet, by their ids. */
  readonly #sentAtMs = new Map<number, number>();
  #socket: LightSocket | null = null;
  #price = 0;

  private constructor(tally: Tally) {
    this.#tally = tally;
  }

  static async connect(plan: BidderPlan, index: number, tally: Tally, faults: Faults): Promise<Bidder> {
    const { target, auctionIds, tokens } = plan;
    const bidder = new Bidder(tally);
    const auctionId = auctionIds[index % auctionIds.length] ?? 0;
    bidder.#socket = await openAuction(target, auctionId, tokens[index] ?? '', faults, {
      snapshot: (text) => bidder.#see(numberAfter(text, '"current_price":"')),
      newBid: (bytes, start, end) =>
        bidder.#see(numberAfter(bytes.toString('latin1', start, end), '"current_price":"')),
      answer: (isAccepted, text) => {
        if (isAccepted) tally.accepted += 1;
        else if (text.includes('"bid_too_low"')) tally.refused += 1;
        else return faults.report(`a bid was answered by ${text}`);
        if (!isAccepted) bidder.#see(numberAfter(text, 'current price of '));
        bidder.#answered(numberAfter(text, '"id":'));
      },
    });
    return bidder;
  }

  get hasAllAnswers(): boolean {
    return this.#sentAtMs.size === 0;
  }

  bid(): void {
    if (this.#socket === null) return;
    this.#sentAtMs.set(placeBid(this.#socket, this.#price + 1), performance.now());
  }

  leave(): void {
    this.#socket?.drop();
  }

  #see(price: number): void {
    if (price > this.#price) this.#price = price;
  }

  #answered(id: number): void {
    const sentAtMs = this.#sentAtMs.get(id);
    if (sentAtMs === undefined) throw new Error(`an answer to nothing: ${id}`);
    this.#sentAtMs.delete(id);
    this.#tally.latencies.add(performance.now() - sentAtMs);
    if (!this.#tally.isOver) this.bid();
  }
}
