import type { ServerMessage } from '../../../shared/contracts/auctionSocket.ts';
import { plainDialect } from '../../channels/dialect.ts';
import type { Protocol } from '../protocol.ts';
import { auctionConsumer } from './consumer.ts';
import { auctionEventMessage, AuctionStatusFrames, auctionTopic } from './messages.ts';

/** The protocol of `/ws/auction/:id/`: one auction, timed or live, for those who watch it and bid. */
export const auctionProtocol: Protocol<ServerMessage> = (services) => {
  const { groups, clock } = services;
  const frames = new AuctionStatusFrames();
  return {
    routes: [
      {
        pattern: '/ws/auction/:id/',
        audience: { identity: 'required', consumer: auctionConsumer({ ...services, frames }) },
        dialect: plainDialect,
        connectionLimit: 'connectionsPerMinute',
      },
    ],
    hear: (auctionId) => {
      const topic = auctionTopic(auctionId);
      return (stored, snapshot) => {
        groups.broadcast(topic, () => auctionEventMessage(stored, snapshot));
        if (stored.event.type !== 'auction_started') return;
        // Published clients know `auction_status` and not `auction_started`.
        groups.broadcast(topic, () => frames.frameOf(snapshot, clock.nowMs()).message);
      };
    },
  };
};
