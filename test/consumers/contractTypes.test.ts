import { describe, expect, it } from 'vitest';
import type { Channel } from '../../server/channels/consumer.ts';
import { plainDialect } from '../../server/channels/dialect.ts';
import { acknowledge } from '../../server/channels/requests.ts';
import type { Route } from '../../server/channels/routing.ts';
import { auctionTopic } from '../../server/consumers/auction/messages.ts';
import { gatewayTopic } from '../../server/consumers/gateway/messages.ts';
import type { Protocol } from '../../server/consumers/protocol.ts';
import type { ServerMessage } from '../../shared/contracts/auctionSocket.ts';

/** A channel of the auction protocol that keeps the types of what is pushed. */
function recordedChannel() {
  const pushed: string[] = [];
  const nothing = () => undefined;
  const channel: Channel<ServerMessage> = {
    push: (message) => void pushed.push('name' in message ? message.name : message.type),
    error: nothing,
    take: () => true,
    join: nothing,
    leave: nothing,
    close: nothing,
    setIdleLimit: nothing,
  };
  return { pushed, channel };
}

/** `npm run typecheck` fails where the compiler takes one of these. */
describe('the compiler finds', () => {
  it('a message that the contract of its protocol does not list', () => {
    const { pushed, channel } = recordedChannel();
    channel.push({ type: 'auction_resumed', seq: 1, data: { auction_id: 1 } });
    // @ts-expect-error The auction protocol has no such message.
    channel.push({ type: 'auctionResumed', seq: 1, data: { auctionId: 1 } });
    // @ts-expect-error The contract has no such key.
    channel.push({ type: 'auction_resumed', seq: 1, data: { auction_id: 1, reason: 'host' } });
    // @ts-expect-error The auction protocol acknowledges nothing but bids, in words of its own.
    acknowledge(channel, { id: 1, acknowledge: null }, {});
    expect(pushed).toEqual(['auction_resumed', 'auctionResumed', 'auction_resumed', 'ack']);
  });

  it('a client that would join the topic of another protocol', () => {
    const { channel } = recordedChannel();
    channel.join(auctionTopic(1));
    // @ts-expect-error Other messages are broadcast to it.
    channel.join(gatewayTopic(1));
  });

  it('a route whose dialect, and a protocol whose contract, lacks what is sent on it', () => {
    const consumer = () => ({
      connected: () => undefined,
      received: () => undefined,
      disconnected: () => undefined,
    });
    const route: Route<{ readonly type: 'hello' }> = {
      pattern: '/ws/hello/',
      audience: { identity: 'required', consumer },
      // @ts-expect-error The contract lists no errors.
      dialect: plainDialect,
      connectionLimit: 'connectionsPerMinute',
    };
    // @ts-expect-error The contract lists no private notices.
    const protocol: Protocol<{ readonly type: 'hello' }> = () => ({ routes: [route] });
    expect(protocol).toBeInstanceOf(Function);
  });
});
