import { numberAfter, openAuction, placeBid } from './auctionSocket.ts';
import { heat } from './bidding.ts';
import { Deliveries } from './deliveries.ts';
import type { LightSocket } from './lightSocket.ts';
import type { Load } from './load.ts';
import { type Faults, inParallel } from './patience.ts';
import type { FanOutPlan } from './plan.ts';

const CONNECTING_AT_ONCE = 100;

/** Prepares the plan. Units are deliveries; latency is from the bid to its last watcher. */
export async function fanOut(plan: FanOutPlan, faults: Faults): Promise<Load> {
  await heat(plan.target, plan.heat, faults);
  let isOver = true;
  const deliveries = new Deliveries(plan.watchers, () => bid());
  await connectWatchers(plan, deliveries, faults);
  const bidder = await LoneBidder.connect(plan, faults);
  const bid = () => {
    if (isOver) return;
    deliveries.send();
    bidder.bid();
  };
  return {
    latencies: deliveries.latencies,
    start: () => {
      isOver = false;
      bid();
    },
    rest: () => {
      isOver = true;
      const { sent } = deliveries;
      return faults.until(() => deliveries.complete === sent && bidder.accepted === sent);
    },
    counts: () => ({ units: deliveries.count, others: { bids: deliveries.complete } }),
    toldAccepted: () => bidder.accepted,
  };
}

function connectWatchers(
  { target, auctionId, watchers, tokens }: FanOutPlan,
  deliveries: Deliveries,
  faults: Faults,
): Promise<LightSocket[]> {
  return inParallel(watchers, CONNECTING_AT_ONCE, (index) => {
    let heard = 0;
    return openAuction(target, auctionId, tokens[index + 1] ?? '', faults, {
      newBid: () => {
        deliveries.heard(heard);
        heard += 1;
      },
      answer: (_isAccepted, text) => faults.report(`a watcher was told ${text}`),
    });
  });
}

/** Whose every bid is one more than the one before. */
class LoneBidder {
  accepted = 0;
  readonly #socket: LightSocket;
  #price: number;

  private constructor(socket: LightSocket, price: number) {
    this.#socket = socket;
    this.#price = price;
  }

  static async connect({ target, auctionId, tokens }: FanOutPlan, faults: Faults): Promise<LoneBidder> {
    let price = 0;
    const socket = await openAuction(target, auctionId, tokens[0] ?? '', faults, {
      snapshot: (text) => {
        price = numberAfter(text, '"current_price":"');
      },
      newBid: () => undefined,
      answer: (isAccepted, text) => {
        if (isAccepted) bidder.accepted += 1;
        else faults.report(`a bid was refused: ${text}`);
      },
    });
    const bidder = new LoneBidder(socket, price);
    return bidder;
  }

  bid(): void {
    this.#price += 1;
    placeBid(this.#socket, this.#price);
  }
}
