import {
  type Channel,
  type Consumer,
  type ConsumerFactory,
  type Scope,
  watch,
} from '../../../server/channels/consumer.ts';
import { type Topic, topicOf } from '../../../server/channels/groups.ts';
import { type ClientMessage, requestIdOf } from '../../../server/channels/message.ts';
import { type Done, plainAnswers, requestHandler } from '../../../server/channels/requests.ts';
import type { ProtocolServices } from '../../../server/consumers/protocol.ts';
import { enterRoomOfPath } from '../../../server/consumers/roomOfPath.ts';
import { parseAuctionId } from '../../../server/domain/auction/auctionId.ts';
import type { Room } from '../../../server/domain/auction/view/room.ts';
import { refused } from '../../../server/domain/auction/rules/outcome.ts';
import { type Refusal, refusals } from '../../../server/domain/auction/rules/refusals.ts';
import { echoPayloads, type ServerMessage } from './contract.ts';

/** The topic of everyone who hears the bids of an auction as an echo. */
export function echoTopic(auctionId: number): Topic<ServerMessage> {
  return topicOf(`echo.${auctionId}`);
}

/** The consumer of `/ws/echo/:id/`. */
export function echoConsumer(services: ProtocolServices): ConsumerFactory<Scope, ServerMessage> {
  return (scope, channel) => new EchoConsumer(services, scope, channel);
}

class EchoConsumer implements Consumer {
  readonly services: ProtocolServices;
  readonly auctionId: number | null;
  readonly user: Scope['user'];
  readonly #channel: Channel<ServerMessage>;
  #room: Room | null = null;

  constructor(services: ProtocolServices, { params, user }: Scope, channel: Channel<ServerMessage>) {
    this.services = services;
    this.auctionId = parseAuctionId(params['id']);
    this.user = user;
    this.#channel = channel;
  }

  async connected(): Promise<void> {
    const { rooms } = this.services;
    this.#room = await enterRoomOfPath(rooms, this.auctionId, this.user.id, this.#channel);
    if (this.#room === null) return;
    const { auctionId, snapshot } = this.#room;
    watch(this.#channel, echoTopic(auctionId), { type: 'watching', seq: snapshot.seq });
  }

  received(message: ClientMessage): void | Promise<void> {
    return handleEchoRequest(this, this.#channel, message);
  }

  disconnected(): void {
    if (this.#room !== null) this.services.rooms.leave(this.#room);
  }
}

const handleEchoRequest = requestHandler<typeof echoPayloads, EchoConsumer, ServerMessage, Done, Refusal>(
  echoPayloads,
  {
    bid: {
      counts: 'bid',
      handle: ({ services: { auctions }, auctionId, user: bidder }, { amount }, message) => {
        if (auctionId === null) return refused(refusals.auctionNotFound);
        const { receivedAtMs } = message;
        const requestId = requestIdOf(message);
        return auctions.placeBid({ auctionId, bidder, amount, requestId, receivedAtMs });
      },
    },
  },
  plainAnswers,
);
