import type { ServerMessage } from '../../../shared/contracts/ringSocket.ts';
import { plainDialect } from '../../channels/dialect.ts';
import type { Protocol } from '../protocol.ts';
import { ringConsumer } from './consumer.ts';
import { ringEventMessage, ringTopic } from './messages.ts';

/** The protocol of `/ws/ring/:id/` and of Socket.IO's `/ring`: one live sale, for its auctioneer, bidders, and the public. */
export const ringProtocol: Protocol<ServerMessage> = (services) => {
  const { groups } = services;
  return {
    routes: [
      {
        pattern: '/ws/ring/:id/',
        namespace: { name: '/ring', refusesBy: 'error' },
        namespaceFields: { id: 'ring_id' },
        audience: { identity: 'optional', consumer: ringConsumer(services) },
        dialect: plainDialect,
        connectionLimit: 'connectionsPerMinute',
      },
    ],
    hear: (ringId) => {
      const topic = ringTopic(ringId);
      return (stored, snapshot) => {
        // A timed auction has no ring.
        if (snapshot.sale !== null) groups.broadcast(topic, () => ringEventMessage(stored, snapshot));
      };
    },
  };
};
