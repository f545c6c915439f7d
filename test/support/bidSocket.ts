import WebSocket from 'ws';
import type { Answer, SentBid, ToldBid } from './bids.ts';
import type { Frame } from './client.ts';
import type { ServerProcess } from './serverProcess.ts';

/** A buyer's connection to one auction, which checks what it is told while it is told. */
export class BidSocket {
  readonly auctionId: number;
  readonly userId: number;
  /** Resolves with the close code once the connection is gone. */
  readonly closed: Promise<number>;
  /** Everything that was wrong with what the server said. */
  readonly faults: string[] = [];
  /** The bids that everyone was told here, in order. */
  readonly told: ToldBid[] = [];
  readonly #socket: WebSocket;
  readonly #pending = new Map<string, (answer: Answer | null) => void>();
  #seq: number | null = null;
  #price = 0;
  #whenTold: () => void = () => undefined;

  private constructor(url: string, auctionId: number, userId: number) {
    this.auctionId = auctionId;
    this.userId = userId;
    this.#socket = new WebSocket(url);
    this.#socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Frame));
    // A killed server cuts its connections in many ways; `close` follows each of them.
    this.#socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code) => {
        for (const settle of this.#pending.values()) settle(null);
        this.#pending.clear();
        this.#whenTold();
        resolve(code);
      });
    });
  }

  /** Connects and reads the snapshot; rejects when the connection ends before. */
  static async connect(server: ServerProcess, auctionId: number, userId: number): Promise<BidSocket> {
    const socket = new BidSocket(server.socketUrl(auctionId, userId), auctionId, userId);
    await socket.#until(() => socket.#seq !== null);
    return socket;
  }

  /** The current price as it was last told, in minor units. */
  get price(): number {
    return this.#price;
  }

  /** The number of the newest event that was told. */
  get seq(): number {
    return this.#seq ?? 0;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a bid; resolves with its answer, or with `null` when the connection is gone first. */
  place({ id, amount }: SentBid): Promise<Answer | null> {
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve(null);
      this.#pending.set(id, resolve);
      this.#socket.send(JSON.stringify({ type: 'place_bid', amount, id }));
    });
  }

  /** Resolves once the event of that number has been told; rejects when the connection ends before. */
  toldUpTo(seq: number): Promise<void> {
    return this.#until(() => this.seq >= seq);
  }

  close(): Promise<number> {
    this.#socket.close();
    return this.closed;
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('the connection is gone');
      await new Promise<void>((resolve) => {
        this.#whenTold = resolve;
      });
    }
  }

  #hear(frame: Frame): void {
    const { type, seq, data } = frame;
    if (seq !== undefined && type !== 'bid_accepted') this.#follow(seq, type);
    switch (type) {
      case 'auction_status':
        this.#price = minorOf(data?.['current_price']);
        break;
      case 'new_bid':
        this.#price = minorOf(data?.['amount']);
        this.told.push({
          auctionId: this.auctionId,
          seq: seq ?? 0,
          bidder: String(data?.['bidder']),
          amount: String(data?.['amount']),
        });
        break;
      case 'bid_accepted':
        this.#answer(frame, { seq: seq ?? 0 });
        break;
      case 'error':
        this.#answer(frame, { code: frame.code ?? '' });
        break;
      case 'notification':
      case 'auction_started':
      case 'auction_ended':
        break;
      default:
        this.faults.push(`an unknown message: ${JSON.stringify(frame)}`);
    }
    this.#whenTold();
  }

  /** Snapshot and stream leave no hole and tell nothing twice. */
  #follow(seq: number, type: string): void {
    const isStatus = type === 'auction_status';
    // The status that follows the start of an auction includes the start.
    const isNext = this.#seq === null ? isStatus : seq === (isStatus ? this.#seq : this.#seq + 1);
    if (!isNext) this.faults.push(`auction ${this.auctionId}: ${type} ${seq} after ${this.#seq}`);
    this.#seq = seq;
  }

  #answer(frame: Frame, answer: Answer): void {
    const id = String(frame.id);
    const settle = this.#pending.get(id);
    if (settle === undefined) this.faults.push(`an answer to nothing: ${JSON.stringify(frame)}`);
    this.#pending.delete(id);
    settle?.(answer);
  }
}

function minorOf(printed: unknown): number {
  return Number(String(printed).replace('.', ''));
}
