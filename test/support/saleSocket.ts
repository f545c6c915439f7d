import WebSocket from 'ws';
import { formatMinor } from '../../shared/money.ts';
import type { Answer } from './bids.ts';
import type { Frame } from './client.ts';
import { type ServerProcess, tokenOf } from './serverProcess.ts';

/** What somebody was told of a live sale: the beginning of what `auditSales` reads in the database under that number. */
export interface ToldLine {
  readonly auctionId: number;
  readonly seq: number;
  readonly text: string;
}

/** An answered message: what it stands under in the ledger, or the code of its refusal; `null`: the kill cut it off. */
export type SaleAnswer = Answer | null;

let lastNumber = 0;

/** Somebody's connection to one live sale over the gateway, which checks what it is told while it is told. */
export class SaleSocket {
  readonly auctionId: number;
  readonly userId: number;
  /** Resolves once the connection is gone. */
  readonly closed: Promise<void>;
  /** Everything that was wrong with what the server said. */
  readonly faults: string[] = [];
  readonly told: ToldLine[] = [];
  /** What the next bid has to beat, in minor units. */
  price = 0;
  readonly #socket: WebSocket;
  readonly #pending = new Map<string, (answer: SaleAnswer) => void>();
  #seq: number | null = null;

  private constructor(url: string, auctionId: number, userId: number) {
    this.auctionId = auctionId;
    this.userId = userId;
    this.#socket = new WebSocket(url);
    this.#socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Frame));
    // A killed server cuts its connections in many ways; `close` follows each of them.
    this.#socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        for (const settle of this.#pending.values()) settle(null);
        this.#pending.clear();
        resolve();
      });
    });
  }

  /** Connects without joining; rejects when the connection ends before. */
  static async connect(server: ServerProcess, auctionId: number, userId: number): Promise<SaleSocket> {
    const url = `ws://127.0.0.1:${server.port}/ws/?token=${tokenOf(userId)}`;
    const socket = new SaleSocket(url, auctionId, userId);
    await new Promise<void>((resolve, reject) => {
      socket.#socket.once('open', resolve);
      void socket.closed.then(() => reject(new Error('the connection is gone')));
    });
    return socket;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Joins the sale; rejects when that is refused. */
  async join(): Promise<this> {
    const answer = await this.emit('joinAuction');
    if (answer === null || 'code' in answer) throw new Error(`not joined: ${JSON.stringify(answer)}`);
    return this;
  }

  /** Sends an event of the sale; resolves with its answer. */
  emit(type: string, payload: object = {}, id = newSaleMessageId()): Promise<SaleAnswer> {
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve(null);
      this.#pending.set(id, resolve);
      this.#socket.send(JSON.stringify({ type, id, data: { auctionId: this.auctionId, ...payload } }));
    });
  }

  #hear(frame: Frame): void {
    const { type, seq, data } = frame;
    switch (type) {
      case 'ack':
        this.#answer(frame, { seq: Number(data?.['seq'] ?? 0) });
        return;
      case 'error':
        this.#answer(frame, { code: frame.code ?? '' });
        return;
      case 'auctionStarted':
      case 'userCountUpdate':
      case 'notification':
        return;
      case 'newComment':
        return this.#hearComments(frame);
      case 'auctionState':
        this.#seq = seq ?? 0;
        this.#newState(data as unknown as AuctionStateData);
        return;
      default:
        this.#follow(seq ?? 0, type);
        this.told.push({ auctionId: this.auctionId, seq: seq ?? 0, text: this.#lineOf(frame) });
    }
  }

  /** One comment, or several that were gathered and stand at the end of the list. */
  #hearComments({ seq = 0, firstSeq = seq, data }: Frame): void {
    const { comments } = data as unknown as { comments: readonly CommentModel[] };
    this.#follow(firstSeq, 'newComment');
    this.#seq = seq;
    for (const { id, user_id: userId, comment } of comments.slice(firstSeq - seq - 1)) {
      this.told.push({ auctionId: this.auctionId, seq: id % 2 ** 32, text: commentLine(userId, comment) });
    }
  }

  #newState({ auction, auctionBids }: AuctionStateData): void {
    this.price = minorOf(auctionBids[0]?.bid ?? auction.minBidPrice);
  }

  #lineOf({ type, data }: Frame): string {
    switch (type) {
      case 'newBid': {
        const { newBid, auctionBids } = data as unknown as NewBidData;
        this.price = minorOf(newBid.bid);
        this.#checkList(auctionBids);
        return bidLine(newBid.user_id, minorOf(newBid.bid));
      }
      case 'auction_change_product': {
        const { product, minBidPrice } = data as unknown as { product: string; minBidPrice: number };
        this.price = minorOf(minBidPrice);
        return productLine(product, minorOf(minBidPrice));
      }
      case 'auctionEnded': {
        const { winningBid } = data as unknown as { winningBid: BidModel | null };
        this.price = 0;
        return awardLine(
          winningBid && {
            seq: winningBid.id % 2 ** 32,
            userId: winningBid.user_id,
            amount: minorOf(winningBid.bid),
          },
        );
      }
      default:
        this.faults.push(`an unknown message: ${JSON.stringify({ type, data })}`);
        return type;
    }
  }

  /** The bids of a round stand newest first, and each is higher than the one before it. */
  #checkList(bids: readonly BidModel[]): void {
    const falls = bids.every(({ bid }, index) => index === 0 || bid < (bids[index - 1]?.bid ?? 0));
    if (!falls) this.faults.push(`sale ${this.auctionId}: bids out of order: ${JSON.stringify(bids)}`);
  }

  /** State and stream leave no hole and tell nothing twice. */
  #follow(seq: number, type: string): void {
    if (this.#seq === null || seq !== this.#seq + 1) {
      this.faults.push(`sale ${this.auctionId}: ${type} ${seq} after ${this.#seq}`);
    }
    this.#seq = seq;
  }

  #answer(frame: Frame, answer: Answer): void {
    const settle = this.#pending.get(String(frame.id));
    if (settle === undefined) this.faults.push(`an answer to nothing: ${JSON.stringify(frame)}`);
    this.#pending.delete(String(frame.id));
    settle?.(answer);
  }
}

interface CommentModel {
  readonly id: number;
  readonly user_id: number;
  readonly comment: string;
}

interface BidModel {
  readonly id: number;
  readonly user_id: number;
  readonly bid: number;
}

interface NewBidData {
  readonly newBid: BidModel;
  readonly auctionBids: readonly BidModel[];
}

interface AuctionStateData {
  readonly auction: { readonly minBidPrice: number };
  readonly auctionBids: readonly BidModel[];
}

/** An id that no other message of these tests has. */
export function newSaleMessageId(): string {
  lastNumber += 1;
  return `sale-${process.pid}-${lastNumber}`;
}

export function bidLine(userId: number, amount: number): string {
  return `bid of ${formatMinor(amount)} by ${userId}`;
}

export function commentLine(userId: number, comment: string): string {
  return `comment of ${userId}: ${comment}`;
}

export function productLine(product: string, minBidPrice: number): string {
  return `product ${product} from ${formatMinor(minBidPrice)}`;
}

/** The winning bid, or that there was none. */
export function awardLine(
  bid: { readonly seq: number; readonly userId: number; readonly amount: number } | null,
): string {
  return `award to ${bid === null ? 'nobody' : `${bid.seq}, ${bidLine(bid.userId, bid.amount)}`}`;
}

function minorOf(major: number): number {
  return Math.round(major * 100);
}
