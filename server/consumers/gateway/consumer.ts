import type { ServerMessage } from '../../../shared/contracts/gatewaySocket.ts';
import type { Channel, Consumer, ConsumerFactory, Scope } from '../../channels/consumer.ts';
import type { ClientMessage } from '../../channels/message.ts';
import { Presence } from '../../channels/presence.ts';
import type { Rooms } from '../../domain/auction/view/rooms.ts';
import { KeyedQueue } from '../../domain/keyedQueue.ts';
import type { Clock } from '../../ports/clock.ts';
import { Memberships, type MembershipServices } from './memberships.ts';
import { GATEWAY_TOPIC, type GatewayLists, gatewayTopic, userCountMessage } from './messages.ts';
import { type GatewayConnection, type GatewayRequestServices, handleGatewayRequest } from './requests.ts';

/** What the consumer works with. */
export interface GatewayServices extends GatewayRequestServices {
  readonly rooms: Rooms;
  readonly lists: GatewayLists;
  readonly clock: Clock;
}

/** The consumer of `/ws/`: hosts and viewers of live sales; one connection may join several. */
export function gatewayConsumer(services: GatewayServices): ConsumerFactory<Scope, ServerMessage> {
  const { groups, clock } = services;
  const presence = new Presence<number>(clock, (auctionId, userCount) =>
    groups.broadcast(gatewayTopic(auctionId), () => userCountMessage(auctionId, userCount)),
  );
  const tools = { ...services, presence, queue: new KeyedQueue<Memberships>() };
  return (scope, channel) => new GatewayConsumer(tools, scope, channel);
}

/** What all connections of this protocol share. */
type GatewayTools = GatewayServices & MembershipServices;

class GatewayConsumer implements Consumer, GatewayConnection {
  readonly services: GatewayTools;
  readonly user: Scope['user'];
  readonly memberships: Memberships;
  readonly #channel: Channel<ServerMessage>;

  constructor(services: GatewayTools, { user, client }: Scope, channel: Channel<ServerMessage>) {
    this.services = services;
    this.user = user;
    this.#channel = channel;
    this.memberships = new Memberships(services, channel, client);
  }

  connected(): void {
    this.#channel.join(GATEWAY_TOPIC);
  }

  disconnected(): void {
    this.memberships.leaveAll();
  }

  received(message: ClientMessage): void | Promise<void> {
    return handleGatewayRequest(this, this.#channel, message);
  }
}
