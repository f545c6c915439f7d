import type { TemplatedApp } from 'uWebSockets.js';
import uWS from 'uWebSockets.js';

/** How many comments are shown, as in the real gateway. */
const SHOWN_COMMENTS = 100;

/** The messages that the load client sends. */
interface GatewayMessage {
  readonly type: string;
  readonly id: number;
  readonly data: { readonly auctionId: number; readonly comment?: string };
}

/** One live sale of the gateway `/ws/` without database, hosts or limits: joining and commenting. */
export function serveGateway(app: TemplatedApp): void {
  let comments: object[] = [];
  let seq = 0;
  let userCount = 0;
  app.ws<object>('/ws/', {
    compression: uWS.DISABLED,
    idleTimeout: 0,
    maxBackpressure: 16 * 1024 * 1024,
    message: (socket, message) => {
      // The load client sends nothing else.
      const { type, id, data } = JSON.parse(Buffer.from(message).toString()) as GatewayMessage;
      const { auctionId, comment } = data;
      const topic = `auction_${auctionId}`;
      if (type === 'joinAuction') {
        userCount += 1;
        const state = { auctionId, auction: null, auctionBids: [], comments, userCount };
        socket.send(JSON.stringify({ type: 'auctionState', seq, data: state }));
        socket.subscribe(topic);
        app.publish(topic, JSON.stringify({ type: 'userCountUpdate', data: { auctionId, userCount } }));
      }
      if (type === 'changeCuurentProduct') comments = [];
      if (type === 'comment') {
        seq += 1;
        const newComment = commentModel(auctionId, seq, comment ?? '');
        comments = [...comments.slice(1 - SHOWN_COMMENTS), newComment];
        app.publish(topic, JSON.stringify({ type: 'newComment', seq, data: { newComment, comments } }));
      }
      socket.send(JSON.stringify({ type: 'ack', id, data: { ok: true, seq } }));
    },
  });
}

function commentModel(auctionId: number, seq: number, comment: string): object {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return {
    id: auctionId * 2 ** 32 + seq,
    auction_id: auctionId,
    user_id: 1,
    comment,
    createdAt: time,
    updatedAt: time,
    user: { id: 1, name: 'user1', type: 'Normal', number: '' },
  };
}
