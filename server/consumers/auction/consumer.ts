import { auctionPayloads, type ServerMessage } from '../../../shared/contracts/auctionSocket.ts';
import {
  type Channel,
  type Consumer,
  type ConsumerFactory,
  type Scope,
  watch,
} from '../../channels/consumer.ts';
import { type ClientMessage, requestIdOf } from '../../channels/message.ts';
import { plainAnswers, requestHandler } from '../../channels/requests.ts';
import { parseAuctionId } from '../../domain/auction/auctionId.ts';
import type { BidPlaced } from '../../domain/auction/rules/events.ts';
import type { HostAbsences } from '../../domain/auction/hostAbsences.ts';
import type { Room } from '../../domain/auction/view/room.ts';
import type { Rooms } from '../../domain/auction/view/rooms.ts';
import type { AuctionSnapshot } from '../../domain/auction/view/snapshot.ts';
import type { AuctionService } from '../../domain/auction/service.ts';
import { refused, type Stored } from '../../domain/auction/rules/outcome.ts';
import { type Refusal, refusals } from '../../domain/auction/rules/refusals.ts';
import type { Clock } from '../../ports/clock.ts';
import { enterRoomOfPath } from '../roomOfPath.ts';
import { type AuctionStatusFrames, auctionTopic, bidAcceptedMessage } from './messages.ts';

/** What the consumer works with. */
export interface AuctionConsumerServices {
  readonly auctions: AuctionService;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly frames: AuctionStatusFrames;
  readonly hosts: Pick<HostAbsences, 'joined' | 'lost'>;
}

/** The consumer of `/ws/auction/:id/`: a shopper who watches one auction and bids in it. */
export function auctionConsumer(services: AuctionConsumerServices): ConsumerFactory<Scope, ServerMessage> {
  return (scope, channel) => new AuctionConsumer(services, scope, channel);
}

class AuctionConsumer implements Consumer {
  readonly tools: AuctionConsumerServices;
  /** `null`: the path names no auction. */
  readonly auctionId: number | null;
  readonly user: Scope['user'];
  readonly #channel: Channel<ServerMessage>;
  #room: Room | null = null;

  constructor(tools: AuctionConsumerServices, { params, user }: Scope, channel: Channel<ServerMessage>) {
    this.tools = tools;
    this.auctionId = parseAuctionId(params['id']);
    this.user = user;
    this.#channel = channel;
  }

  async connected(): Promise<void> {
    const { rooms, frames, hosts, clock } = this.tools;
    this.#room = await enterRoomOfPath(rooms, this.auctionId, this.user.id, this.#channel);
    if (this.#room === null) return;
    const { auctionId, snapshot } = this.#room;
    watch(this.#channel, auctionTopic(auctionId), frames.frameOf(snapshot, clock.nowMs()));
    if (this.#isHost(snapshot)) hosts.joined(auctionId);
  }

  received(message: ClientMessage): void | Promise<void> {
    return handleRequest(this, this.#channel, message);
  }

  disconnected(): void {
    if (this.#room === null) return;
    const { auctionId, snapshot } = this.#room;
    if (this.#isHost(snapshot)) this.tools.hosts.lost(auctionId);
    this.tools.rooms.leave(this.#room);
  }

  /** Whether this is the host of a live sale. */
  #isHost({ state, seller }: AuctionSnapshot): boolean {
    return state.sale !== null && seller.id === this.user.id;
  }
}

/** An accepted bid. */
interface AcceptedBid {
  readonly kind: 'accepted';
  readonly stored: Stored<BidPlaced>;
}

/** What a client of this protocol may ask. An accepted bid is answered where it carried an id. */
const handleRequest = requestHandler<
  typeof auctionPayloads,
  AuctionConsumer,
  ServerMessage,
  AcceptedBid,
  Refusal
>(
  auctionPayloads,
  {
    place_bid: {
      counts: 'bid',
      handle: ({ tools, auctionId, user: bidder }, { amount }, message) => {
        if (auctionId === null) return refused(refusals.auctionNotFound);
        const requestId = requestIdOf(message);
        const { receivedAtMs } = message;
        return tools.auctions.placeBid({ auctionId, bidder, amount, requestId, receivedAtMs });
      },
    },
  },
  {
    ...plainAnswers,
    accepted: (channel, { id }, { stored }) => {
      if (id !== undefined) channel.push(bidAcceptedMessage(id, stored));
    },
  },
);
