import { numberAfter } from '../../bench/load/auctionSocket.ts';
import { LightSocket } from '../../bench/load/lightSocket.ts';
import { newMessageId } from '../../bench/load/messageId.ts';
import { addressHeaders, longTokenOf, PLACE } from '../place.ts';
import type { Journal } from './journal.ts';

/** How often each bids: as people do. */
const BID_EVERY_MS = 1_000;
/** A connection that was lost is opened again after that. */
const RETURN_AFTER_MS = 500;
/** What says who is told what stands in the first of these bytes. */
const HEAD_BYTES = 400;
const CODE = /"code":"(\w+)"/;

/** What a bidder bids on, and in which protocol. */
export type Stand =
  | { readonly kind: 'auction'; readonly auctionId: number }
  | { readonly kind: 'sale'; readonly auctionId: number };

/** One person with one connection, who bids a little more than the last price once a second. */
export class Bidder {
  readonly #port: number;
  readonly #userId: number;
  readonly #stand: Stand;
  readonly #journal: Journal;
  #socket: LightSocket | null = null;
  #isThere = false;
  #price = 0;
  #whenThere: () => void = () => undefined;

  constructor(port: number, userId: number, stand: Stand, journal: Journal) {
    this.#port = port;
    this.#userId = userId;
    this.#stand = stand;
    this.#journal = journal;
  }

  /** Connects and joins; resolves when it knows the price. */
  connect(): Promise<void> {
    const { kind, auctionId } = this.#stand;
    const path = kind === 'auction' ? `/ws/auction/${auctionId}/` : '/ws/';
    const listener = {
      opened: () => kind === 'sale' && this.#say('joinAuction'),
      message: (bytes: Buffer, start: number, end: number) => this.#hear(bytes, start, end),
      closed: () => this.#lose(),
    };
    const headers = addressHeaders(this.#userId);
    this.#socket = new LightSocket(
      this.#port,
      `${path}?token=${longTokenOf(this.#userId)}`,
      listener,
      headers,
    );
    return new Promise((resolve) => {
      this.#whenThere = resolve;
    });
  }

  /** Bids from now on, at a time of its own within each second. */
  start(delayMs: number): void {
    setTimeout(() => setInterval(() => this.#bid(), BID_EVERY_MS), delayMs);
  }

  #bid(): void {
    if (!this.#isThere) return;
    const id = newMessageId();
    this.#price += 1;
    this.#journal.sent(id);
    if (this.#stand.kind === 'auction') {
      this.#socket?.send(`{"type":"place_bid","amount":${this.#price},"id":${id}}`);
    } else this.#say('placeBid', `,"amount":${this.#price}`, id);
  }

  #say(type: string, fields = '', id = newMessageId()): void {
    const { auctionId } = this.#stand;
    this.#socket?.send(`{"type":"${type}","id":${id},"data":{"auctionId":${auctionId}${fields}}}`);
  }

  #hear(bytes: Buffer, start: number, end: number): void {
    const head = bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES));
    if (head.startsWith('{"type":"new_bid"')) this.#see(numberAfter(head, '"current_price":"'));
    else if (head.startsWith('{"type":"newBid"')) this.#see(firstNumberAfter(head, '"bid":'));
    else if (head.startsWith('{"type":"auction_status"')) {
      this.#see(numberAfter(bytes.toString('latin1', start, end), '"current_price":"'));
      this.#arrive();
    } else if (head.startsWith('{"type":"auctionState"')) this.#arrive();
    else if (head.startsWith('{"type":"bid_accepted"') || head.startsWith('{"type":"ack"')) {
      this.#journal.answered(numberAfter(head, '"id":'), 'accepted');
    } else if (head.startsWith('{"type":"error"')) {
      const price = /bid[^"(]*(?:of |\()(\d+)/.exec(head)?.[1];
      if (price !== undefined) this.#see(Number(price));
      this.#journal.answered(numberAfter(head, '"id":'), CODE.exec(head)?.[1] ?? 'error');
    }
  }

  #see(price: number): void {
    if (price > this.#price) this.#price = price;
  }

  #arrive(): void {
    this.#isThere = true;
    this.#whenThere();
  }

  #lose(): void {
    if (this.#isThere) this.#journal.lost();
    this.#isThere = false;
    setTimeout(() => void this.connect(), RETURN_AFTER_MS);
  }
}

/** Everyone there is: bidders with auctions of their own, and those of the live sale. */
export function honestBidders(port: number, journal: Journal): readonly Bidder[] {
  const { auctions, bidders, sale, viewers } = PLACE.honest;
  return [
    ...bidders.map((userId, index) => {
      const auctionId = auctions[index] ?? 0;
      return new Bidder(port, userId, { kind: 'auction', auctionId }, journal);
    }),
    ...viewers.map((userId) => new Bidder(port, userId, { kind: 'sale', auctionId: sale }, journal)),
  ];
}

function firstNumberAfter(text: string, name: string): number {
  const at = text.indexOf(name);
  return at < 0 ? NaN : Number.parseFloat(text.slice(at + name.length));
}
