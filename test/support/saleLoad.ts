import { formatMinor } from '../../shared/money.ts';
import type { AnsweredBid, SentBid } from './bids.ts';
import { until } from './processes.ts';
import { bidLine, commentLine, newSaleMessageId, SaleSocket, type ToldLine } from './saleSocket.ts';
import type { ServerProcess } from './serverProcess.ts';

/** Which live sales go on, and who is there. */
export interface SalePlan {
  readonly sales: readonly number[];
  readonly host: number;
  /** They bid, and say something now and then. */
  readonly bidders: readonly number[];
  readonly viewer: number;
  /** Everybody waits up to this long between an answer and what they do next; the host up to four times. */
  readonly pauseMs: number;
}

let lastLot = 0;

/** Live sales over the gateway: a host who goes from lot to lot, bidders who race against the awards, viewers. */
export class SaleLoad {
  /** Bids that were sent and not answered (yet). */
  readonly unanswered = new Map<string, SentBid>();
  readonly answered: AnsweredBid[] = [];
  readonly sockets: readonly SaleSocket[];
  /** What was acknowledged to its sender alone. */
  readonly #acknowledged: ToldLine[] = [];
  readonly #pauseMs: number;
  readonly #doing: readonly Promise<void>[];
  #awards = 0;

  private constructor(
    { pauseMs }: SalePlan,
    hosts: readonly SaleSocket[],
    bidders: readonly SaleSocket[],
    viewers: readonly SaleSocket[],
  ) {
    this.#pauseMs = pauseMs;
    this.sockets = [...hosts, ...bidders, ...viewers];
    this.#doing = [
      ...hosts.map((socket) => this.#keepSelling(socket)),
      ...bidders.map((socket) => this.#keepBidding(socket)),
    ];
  }

  /** Starts the sales that are not live yet, joins everybody and begins. */
  static async start(plan: SalePlan, server: ServerProcess): Promise<SaleLoad> {
    const joined = (userId: number) =>
      Promise.all(plan.sales.map(async (sale) => (await SaleSocket.connect(server, sale, userId)).join()));
    const hosts = await Promise.all(
      plan.sales.map(async (sale) => {
        const host = await SaleSocket.connect(server, sale, plan.host);
        await host.emit('startLiveAuction');
        return host.join();
      }),
    );
    const bidders = await Promise.all(plan.bidders.map(joined));
    return new SaleLoad(plan, hosts, bidders.flat(), await joined(plan.viewer));
  }

  /** How many awards the hosts know of. */
  get awards(): number {
    return this.#awards;
  }

  /** Everything that anybody was told, to everyone or in private. */
  get told(): readonly ToldLine[] {
    return [...this.sockets.flatMap(({ told }) => told), ...this.#acknowledged];
  }

  /** Everything that was wrong with what the server said. */
  get faults(): readonly string[] {
    return this.sockets.flatMap(({ faults }) => faults);
  }

  /** Resolves once at least so many awards have been made. */
  async awarded(count: number): Promise<void> {
    await until(() => {
      if (this.#awards < count) throw new Error(`only ${this.#awards} of ${count} awards were made`);
    });
  }

  /** Resolves once the server is gone and everybody has stopped. */
  async ended(): Promise<void> {
    await Promise.all([...this.#doing, ...this.sockets.map(({ closed }) => closed)]);
  }

  /** Most lots are awarded; some are taken off the block, so that rounds end in both ways. */
  async #keepSelling(host: SaleSocket): Promise<void> {
    while (host.isOpen) {
      lastLot += 1;
      const product = `Lot ${lastLot}`;
      const minBidPrice = 1 + Math.floor(Math.random() * 50);
      const prices = { minBidPrice, bidPrice: minBidPrice, actualPrice: 100 };
      await this.#emit(host, 'changeCuurentProduct', { product, ...prices }, `product ${product} from `);
      await this.#comment(host, `Who bids on lot ${lastLot}?`);
      await pause(4 * this.#pauseMs);
      if (Math.random() < 0.2) continue;
      const seq = await this.#emit(host, 'awardingAuction', { product, weight: '5.2g' }, 'award to ');
      if (seq !== null) this.#awards += 1;
      await pause(this.#pauseMs);
    }
  }

  async #keepBidding(bidder: SaleSocket): Promise<void> {
    while (bidder.isOpen) {
      const bid = nextBid(bidder);
      this.unanswered.set(bid.id, bid);
      const answer = await bidder.emit('placeBid', { amount: Number(bid.amount) }, bid.id);
      if (answer !== null) {
        this.unanswered.delete(bid.id);
        this.answered.push({ bid, answer });
        const text = bidLine(bid.bidderId, Math.round(Number(bid.amount) * 100));
        if ('seq' in answer) this.#acknowledged.push({ auctionId: bid.auctionId, seq: answer.seq, text });
      }
      if (Math.random() < 0.3) await this.#comment(bidder, `I bid ${bid.amount}: ${bid.id}`);
      await pause(this.#pauseMs);
    }
  }

  #comment(socket: SaleSocket, comment: string): Promise<number | null> {
    return this.#emit(socket, 'comment', { comment }, commentLine(socket.userId, comment));
  }

  /** What the host may do and everybody may say is never refused; gives its number, or `null` at the end. */
  async #emit(socket: SaleSocket, type: string, payload: object, text: string): Promise<number | null> {
    const answer = await socket.emit(type, payload);
    if (answer === null) return null;
    if ('code' in answer) {
      socket.faults.push(`${type} of ${socket.userId} was refused: ${answer.code}`);
      return null;
    }
    this.#acknowledged.push({ auctionId: socket.auctionId, seq: answer.seq, text });
    return answer.seq;
  }
}

/** A little more than the price; the last two digits tell bidders apart. */
function nextBid({ auctionId, userId: bidderId, price }: SaleSocket): SentBid {
  const units = Math.floor(price / 100) + 1 + Math.floor(Math.random() * 3);
  return { id: newSaleMessageId(), auctionId, bidderId, amount: formatMinor(units * 100 + bidderId) };
}

async function pause(longestMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * longestMs));
}
