import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { endWithParent, tellParent } from '../childSide.ts';
import { LiveSale } from './liveSale.ts';

/** Socket.IO as most use it: on Node's own HTTP server, rooms, no database, no tokens. */
interface Request {
  readonly auctionId: number;
  readonly comment?: string;
}

const sale = new LiveSale();
const server = createServer();
const io = new Server(server, { transports: ['websocket'] });
io.on('connection', (socket) => {
  // The load client sends nothing else.
  socket.onAny((name: string, { auctionId, comment }: Request, acknowledge?: (answer: object) => void) => {
    const room = `auction_${auctionId}`;
    if (name === 'joinAuction') {
      const { state, userCount } = sale.join(auctionId);
      socket.emit('auctionState', state);
      void socket.join(room);
      io.to(room).emit('userCountUpdate', { auctionId, userCount });
    }
    if (name === 'changeCuurentProduct') sale.nextRound();
    if (name === 'comment') io.to(room).emit('newComment', sale.comment(auctionId, comment ?? ''));
    acknowledge?.({ ok: true });
  });
});
endWithParent();
server.listen(0, '127.0.0.1', () => tellParent({ port: (server.address() as AddressInfo).port }));
