import { plainDialect } from '../../../server/channels/dialect.ts';
import type { Protocol } from '../../../server/consumers/protocol.ts';
import type { StoredAuctionEvent } from '../../../server/domain/auction/rules/events.ts';
import { formatMinor } from '../../../shared/money.ts';
import { echoConsumer, echoTopic } from './consumer.ts';
import type { ServerMessage } from './contract.ts';

/** A protocol that is no part of the server: its watchers hear each bid, and may bid. */
export const echoProtocol: Protocol<ServerMessage> = (services) => ({
  routes: [
    {
      pattern: '/ws/echo/:id/',
      audience: { identity: 'required', consumer: echoConsumer(services) },
      dialect: plainDialect,
      connectionLimit: 'connectionsPerMinute',
    },
  ],
  hear: (auctionId) => {
    const topic = echoTopic(auctionId);
    return (stored) => services.groups.broadcast(topic, () => echoMessage(stored));
  },
});

function echoMessage({ seq, event }: StoredAuctionEvent): ServerMessage | null {
  if (event.type !== 'bid_placed') return null;
  return { type: 'echo', seq, bidder: event.bidder.username, amount: formatMinor(event.amount) };
}
