import type { ServerMessage } from '../../../shared/contracts/gatewaySocket.ts';
import type { Protocol } from '../protocol.ts';
import { gatewayConsumer } from './consumer.ts';
import { gatewayDialect } from './errors.ts';
import {
  auctionStartedMessage,
  broadcasterLeftMessage,
  GATEWAY_TOPIC,
  gatewayLists,
  gatewayTopic,
} from './messages.ts';
import { GatewayRoom } from './room.ts';

/** The protocol of `/ws/` and of Socket.IO: live sales, for their hosts and viewers, several on one connection. */
export const gatewayProtocol: Protocol<ServerMessage> = (services) => {
  const { groups, publisher, rooms, hosts, limits, clock } = services;
  const lists = gatewayLists(limits.listBytes);
  return {
    routes: [
      {
        pattern: '/ws/',
        namespace: { name: '/', refusesBy: 'error' },
        audience: { identity: 'required', consumer: gatewayConsumer({ ...services, lists }) },
        dialect: gatewayDialect,
        connectionLimit: 'connectionsPerMinute',
      },
    ],
    hear: (auctionId) => {
      const room = new GatewayRoom(auctionId, { groups, lists, clock });
      return (stored, snapshot) => {
        // The gateway does not show timed auctions.
        if (snapshot.sale !== null) room.hear(stored, snapshot);
      };
    },
    subscribe: async () => {
      hosts.onAbsent((auctionId) => {
        if (rooms.snapshotOf(auctionId)?.status !== 'active') return;
        groups.broadcast(gatewayTopic(auctionId), () => broadcasterLeftMessage(auctionId));
      });
      await publisher.onSaleStarted((snapshot) =>
        groups.broadcast(GATEWAY_TOPIC, () => auctionStartedMessage(snapshot, clock.nowMs())),
      );
    },
  };
};
