import type { us_listen_socket } from 'uWebSockets.js';
import uWS from 'uWebSockets.js';
import { endWithParent, settingsOfChild, tellParent } from '../childSide.ts';
import { serveGateway } from './bareGateway.ts';
import { statusData } from './statusData.ts';

/**
 * The limit: the protocol of `/ws/auction/:id/` on uWebSockets.js and nothing else. No database, no tokens, no
 * rules but that a bid must be higher than the price, without which 100 bidders would not be told the same.
 */
interface Auction {
  readonly id: number;
  readonly topic: string;
  price: number;
  seq: number;
  /** Made again when it is asked for after a bid. */
  snapshot: string | null;
}

interface Bid {
  readonly type: string;
  readonly amount: number;
  readonly id: number;
}

/** Subscribers of one topic each. */
interface Watcher {
  readonly auction: Auction;
}

// As contenders.ts sends them.
const { startingPrice } = settingsOfChild() as { readonly startingPrice: number };
const auctions = new Map<number, Auction>();

const app = uWS.App();
app.ws<Watcher>('/ws/auction/:id/', {
  compression: uWS.DISABLED,
  idleTimeout: 0,
  maxBackpressure: 16 * 1024 * 1024,
  upgrade: (response, request, context) => {
    const watcher = { auction: auctionOf(Number(request.getParameter(0))) };
    response.upgrade<Watcher>(watcher, request.getHeader('sec-websocket-key'), '', '', context);
  },
  open: (socket) => {
    const { auction } = socket.getUserData();
    auction.snapshot ??= snapshotOf(auction);
    socket.send(auction.snapshot);
    socket.subscribe(auction.topic);
  },
  message: (socket, message) => {
    const { auction } = socket.getUserData();
    // The load client sends nothing else.
    const bid = JSON.parse(Buffer.from(message).toString()) as Bid;
    if (bid.amount <= auction.price) {
      const refusal = `Bid must be higher than current price of ${money(auction.price)}`;
      socket.send(JSON.stringify({ type: 'error', message: refusal, code: 'bid_too_low', id: bid.id }));
      return;
    }
    auction.price = bid.amount;
    auction.seq += 1;
    auction.snapshot = null;
    const { seq } = auction;
    const amount = money(bid.amount);
    const time = now();
    const data = { bidder: 'user1', amount, time, current_price: amount };
    app.publish(auction.topic, JSON.stringify({ type: 'new_bid', seq, data }));
    const answer = { id: bid.id, seq, amount, time };
    socket.send(JSON.stringify({ type: 'bid_accepted', ...answer, data: answer }));
  },
});
serveGateway(app);
endWithParent();
app.listen('127.0.0.1', 0, (listening: us_listen_socket | false) => {
  if (listening === false) throw new Error('no port to listen on');
  tellParent({ port: uWS.us_socket_local_port(listening) });
});

function auctionOf(id: number): Auction {
  const known = auctions.get(id);
  if (known !== undefined) return known;
  const auction = { id, topic: `auction.${id}`, price: startingPrice, seq: 2, snapshot: null };
  auctions.set(id, auction);
  return auction;
}

function snapshotOf({ id, price, seq }: Auction): string {
  const data = statusData({ id, startingPrice: money(startingPrice), price: money(price), bids: [] });
  return JSON.stringify({ type: 'auction_status', seq, server_time: now(), data });
}

function money(units: number): string {
  return `${units}.00`;
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
