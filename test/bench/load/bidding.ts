import { Latencies } from '../latencies.ts';
import type { Sample } from '../sample.ts';
import { numberAfter, openAuction, placeBid } from './auctionSocket.ts';
import type { LightSocket } from './lightSocket.ts';
import { Faults, inParallel } from './patience.ts';
import type { BiddingPlan } from './plan.ts';
import { timed } from './timed.ts';

const CONNECTING_AT_ONCE = 50;

/** What all bidders count together. */
interface Tally {
  readonly latencies: Latencies;
  accepted: number;
  refused: number;
  isOver: boolean;
}

/** Carries out the plan. Units are answered bids; latency is from a bid to its private answer. */
export async function bidding(plan: BiddingPlan): Promise<Sample> {
  const { auctionIds, biddersPerAuction, inFlight } = plan;
  const faults = new Faults();
  const tally: Tally = { latencies: new Latencies(), accepted: 0, refused: 0, isOver: false };
  const bidders = await inParallel(auctionIds.length * biddersPerAuction, CONNECTING_AT_ONCE, (index) =>
    Bidder.connect(plan, index, tally, faults),
  );
  for (const bidder of bidders) for (let count = 0; count < inFlight; count += 1) bidder.bid();
  const counters = () => ({ accepted: tally.accepted, refused: tally.refused });
  const { counted, ...measured } = await timed(plan, plan.target.pid, faults, tally.latencies, counters);
  tally.isOver = true;
  await faults.until(() => bidders.every(({ hasAllAnswers }) => hasAllAnswers));
  const { accepted, refused } = counted;
  return {
    ...measured,
    units: accepted + refused,
    bytesPerConnection: null,
    toldAccepted: tally.accepted,
    details: { acceptedPerSecond: accepted / measured.seconds, refusedPerSecond: refused / measured.seconds },
  };
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

  static async connect(plan: BiddingPlan, index: number, tally: Tally, faults: Faults): Promise<Bidder> {
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
