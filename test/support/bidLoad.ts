import { acceptedOf, type AnsweredBid, type SentBid, type ToldBid } from './bids.ts';
import { BidSocket } from './bidSocket.ts';
import { until } from './processes.ts';
import type { ServerProcess } from './serverProcess.ts';

/** Who bids on what, and how hard. */
export interface LoadPlan {
  /** The ids of buyers of the demo, each known as `buyer<id>`. */
  readonly bidders: readonly number[];
  readonly auctions: readonly number[];
  /** One more buyer, who watches every auction on every server and never bids. */
  readonly watcher: number;
  /** A bidder waits up to this long between an answer and the next bid. */
  readonly pauseMs: number;
}

/** On a busy machine too. */
const ACCEPTED_WITHIN_MS = 60_000;

let lastNumber = 0;

/** Buyers who bid against each other over real sockets, until they are told to stop or the server is gone. */
export class BidLoad {
  /** Bids that were sent and not answered (yet). */
  readonly unanswered = new Map<string, SentBid>();
  readonly answered: AnsweredBid[] = [];
  readonly watchers: readonly BidSocket[];
  readonly #bidders: readonly BidSocket[];
  readonly #plan: LoadPlan;
  readonly #bidding: readonly Promise<void>[];
  #isStopped = false;

  private constructor(plan: LoadPlan, bidders: readonly BidSocket[], watchers: readonly BidSocket[]) {
    this.#plan = plan;
    this.#bidders = bidders;
    this.watchers = watchers;
    this.#bidding = bidders.map((socket) => this.#keepBidding(socket));
  }

  /** Connects everybody and starts bidding. The bidders of each auction are spread over the servers. */
  static async start(plan: LoadPlan, ...servers: readonly ServerProcess[]): Promise<BidLoad> {
    const bidders = plan.auctions.flatMap((auctionId) =>
      plan.bidders.flatMap((bidderId, index) => {
        const server = servers[index % servers.length];
        return server === undefined ? [] : [BidSocket.connect(server, auctionId, bidderId)];
      }),
    );
    const watchers = plan.auctions.flatMap((auctionId) =>
      servers.map((server) => BidSocket.connect(server, auctionId, plan.watcher)),
    );
    return new BidLoad(plan, await Promise.all(bidders), await Promise.all(watchers));
  }

  get sockets(): readonly BidSocket[] {
    return [...this.#bidders, ...this.watchers];
  }

  /** Every bid that anybody was told of, to everyone or in private. */
  get told(): readonly ToldBid[] {
    const accepted = this.answered.flatMap(({ bid: { auctionId, bidderId, amount }, answer }) =>
      'seq' in answer ? [{ auctionId, seq: answer.seq, bidder: `buyer${bidderId}`, amount }] : [],
    );
    return [...this.sockets.flatMap(({ told }) => told), ...accepted];
  }

  /** Everything that was wrong with what the servers said. */
  get faults(): readonly string[] {
    return this.sockets.flatMap(({ faults }) => faults);
  }

  /** Resolves once at least so many bids have been accepted. */
  async accepted(count: number): Promise<void> {
    await until(() => {
      const found = acceptedOf(this.answered).length;
      if (found < count) throw new Error(`only ${found} of ${count} bids were accepted`);
    }, ACCEPTED_WITHIN_MS);
  }

  /** Lets nobody bid again; resolves once every bid is answered or its connection is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#bidding);
  }

  /** Closes every connection; resolves when all are gone. */
  async close(): Promise<void> {
    await this.stop();
    await Promise.all(this.sockets.map((socket) => socket.close()));
  }

  async #keepBidding(socket: BidSocket): Promise<void> {
    while (!this.#isStopped && socket.isOpen) {
      const bid = nextBid(socket);
      this.unanswered.set(bid.id, bid);
      const answer = await socket.place(bid);
      if (answer !== null) {
        this.unanswered.delete(bid.id);
        this.answered.push({ bid, answer });
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * this.#plan.pauseMs));
    }
  }
}

/** Sends bids again under their ids, each over a new connection of its bidder; gives the answers in order. */
export async function repeat(
  server: ServerProcess,
  bids: readonly SentBid[],
): Promise<readonly AnsweredBid[]> {
  const sockets = new Map<string, Promise<BidSocket>>();
  const answers = await Promise.all(
    bids.map(async (bid) => {
      const name = `${bid.auctionId} ${bid.bidderId}`;
      const connecting = sockets.get(name) ?? BidSocket.connect(server, bid.auctionId, bid.bidderId);
      sockets.set(name, connecting);
      const answer = await (await connecting).place(bid);
      if (answer === null) throw new Error('the connection ended before the repeated bid was answered');
      return { bid, answer };
    }),
  );
  await Promise.all([...sockets.values()].map(async (socket) => (await socket).close()));
  return answers;
}

/** A little more than the price; the last two digits tell bidders apart, so that every amount is somebody's own. */
function nextBid({ auctionId, userId: bidderId, price }: BidSocket): SentBid {
  lastNumber += 1;
  const units = Math.floor(price / 100) + 1 + Math.floor(Math.random() * 3);
  const amount = `${units}.${String(bidderId).padStart(2, '0')}`;
  return { id: `bid-${process.pid}-${lastNumber}`, auctionId, bidderId, amount };
}
