import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { type WebSocket, WebSocketServer } from 'ws';
import { endWithParent, settingsOfChild, tellParent } from '../childSide.ts';
import { statusData } from './statusData.ts';

/**
 * The protocol of `/ws/auction/:id/` as most would write it: `ws`, a pool of connections, one transaction with a
 * row lock for each bid, and a loop over the room's sockets. It sends no letters and leaves no notices.
 */
interface Settings {
  readonly databaseUrl: string;
  readonly secret: string;
}

interface Bid {
  readonly amount: number;
  readonly id: number;
}

interface PlacedBid {
  readonly seq: number;
  readonly time: string;
}

// As contenders.ts sends them.
const { databaseUrl, secret } = settingsOfChild() as Settings;
const pool = mysql.createPool(databaseUrl);
const rooms = new Map<number, Set<WebSocket>>();

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const auctionId = Number(/^\/ws\/auction\/(\d+)\/$/.exec(url.pathname)?.[1]);
  const userId = userOf(url.searchParams.get('token') ?? '');
  if (userId === null) return socket.close(4401);
  // A client that goes away in the middle is no news.
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    // The load client sends nothing else.
    const bid = JSON.parse(data.toString()) as Bid;
    placeBid(socket, auctionId, userId, bid).catch((error: unknown) => fail(socket, error));
  });
  join(socket, auctionId).catch((error: unknown) => fail(socket, error));
});
endWithParent();
server.listen(0, '127.0.0.1', 4_096, () => tellParent({ port: (server.address() as AddressInfo).port }));

function userOf(token: string): number | null {
  try {
    const claims = jwt.verify(token, secret, { algorithms: ['HS256'] });
    return typeof claims === 'string' ? null : Number(claims.sub);
  } catch {
    return null;
  }
}

async function join(socket: WebSocket, auctionId: number): Promise<void> {
  const [auctions] = await pool.execute<RowDataPacket[]>('SELECT * FROM auctions WHERE id = ?', [auctionId]);
  const [bids] = await pool.execute<RowDataPacket[]>(
    `SELECT users.username, bids.amount, bids.placed_at FROM bids JOIN users ON users.id = bids.bidder_id
     WHERE bids.auction_id = ? ORDER BY bids.id DESC LIMIT 5`,
    [auctionId],
  );
  const [auction] = auctions;
  if (auction === undefined) return socket.close(4404);
  const data = statusData({
    id: auctionId,
    startingPrice: String(auction['starting_price']),
    price: String(auction['current_price']),
    bids: bids.map((bid) => ({
      bidder: String(bid['username']),
      amount: String(bid['amount']),
      time: String(bid['placed_at']),
    })),
  });
  socket.send(JSON.stringify({ type: 'auction_status', seq: 0, data }));
  const room = rooms.get(auctionId) ?? new Set();
  rooms.set(auctionId, room.add(socket));
  socket.on('close', () => room.delete(socket));
}

async function placeBid(socket: WebSocket, auctionId: number, userId: number, bid: Bid): Promise<void> {
  const amount = bid.amount.toFixed(2);
  const placed = await storeBid(auctionId, userId, bid.amount);
  if (typeof placed === 'string') {
    const message = `Bid must be higher than current price of ${placed}`;
    socket.send(JSON.stringify({ type: 'error', message, code: 'bid_too_low', id: bid.id }));
    return;
  }
  const { seq, time } = placed;
  const data = { bidder: `user${userId}`, amount, time, current_price: amount };
  const text = JSON.stringify({ type: 'new_bid', seq, data });
  for (const watcher of rooms.get(auctionId) ?? []) watcher.send(text);
  const answer = { id: bid.id, seq, amount, time };
  socket.send(JSON.stringify({ type: 'bid_accepted', ...answer, data: answer }));
}

/** The price, where the bid is too low. */
async function storeBid(auctionId: number, userId: number, amount: number): Promise<PlacedBid | string> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [[auction]] = await connection.execute<RowDataPacket[]>(
      'SELECT current_price FROM auctions WHERE id = ? FOR UPDATE',
      [auctionId],
    );
    const price = String(auction?.['current_price']);
    if (amount <= Number(price)) {
      await connection.rollback();
      return price;
    }
    await connection.execute('UPDATE auctions SET current_price = ?, leader_id = ? WHERE id = ?', [
      amount,
      userId,
      auctionId,
    ]);
    const time = `${new Date().toISOString().slice(0, 19)}Z`;
    const [inserted] = await connection.execute<ResultSetHeader>(
      'INSERT INTO bids (auction_id, bidder_id, amount, placed_at) VALUES (?, ?, ?, ?)',
      [auctionId, userId, amount, time],
    );
    await connection.commit();
    return { seq: inserted.insertId, time };
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    connection.release();
  }
}

function fail(socket: WebSocket, error: unknown): void {
  console.error(error);
  socket.close(1011);
}
