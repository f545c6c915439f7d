import type { TemplatedApp } from 'uWebSockets.js';
import uWS from 'uWebSockets.js';
import { LiveSale } from './liveSale.ts';

/** The messages that the load client sends. */
interface GatewayMessage {
  readonly type: string;
  readonly id: number;
  readonly data: { readonly auctionId: number; readonly comment?: string };
}

/** The gateway `/ws/` with one live sale, and nothing else. */
export function serveGateway(app: TemplatedApp): void {
  const sale = new LiveSale();
  app.ws<object>('/ws/', {
    compression: uWS.DISABLED,
    idleTimeout: 0,
    maxBackpressure: 16 * 1024 * 1024,
    message: (socket, message) => {
      const { type, id, data } = JSON.parse(Buffer.from(message).toString()) as GatewayMessage;
      const { auctionId, comment } = data;
      const topic = `auction_${auctionId}`;
      if (type === 'joinAuction') {
        const { state, userCount } = sale.join(auctionId);
        socket.send(JSON.stringify({ type: 'auctionState', seq: sale.seq, data: state }));
        socket.subscribe(topic);
        app.publish(topic, JSON.stringify({ type: 'userCountUpdate', data: { auctionId, userCount } }));
      }
      if (type === 'changeCuurentProduct') sale.nextRound();
      if (type === 'comment') {
        const told = sale.comment(auctionId, comment ?? '');
        app.publish(topic, JSON.stringify({ type: 'newComment', seq: sale.seq, data: told }));
      }
      socket.send(JSON.stringify({ type: 'ack', id, data: { ok: true, seq: sale.seq } }));
    },
  });
}
