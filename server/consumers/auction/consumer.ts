import type { ServerMessage } from '../../../shared/contracts/auctionSocket.ts';
import {
  type Channel,
  type Consumer,
  type ConsumerFactory,
  type Scope,
  watch,
} from '../../channels/consumer.ts';
import type { ClientMessage } from '../../channels/message.ts';
import { parseAuctionId } from '../../domain/auction/auctionId.ts';
import type { Room } from '../../domain/auction/room.ts';
import type { Rooms } from '../../domain/auction/rooms.ts';
import type { AuctionService } from '../../domain/auction/service.ts';
import type { Clock } from '../../ports/clock.ts';
import { enterRoomOfPath } from '../roomOfPath.ts';
import { AuctionStatusFrames, auctionTopic } from './messages.ts';
import { type AuctionConnection, handleAuctionRequest } from './requests.ts';

/** What the consumer works with. */
export interface AuctionConsumerServices {
  readonly auctions: AuctionService;
  readonly rooms: Rooms;
  readonly clock: Clock;
}

/** The consumer of `/ws/auction/:id/`: a shopper who watches one auction and bids in it. */
export function auctionConsumer(services: AuctionConsumerServices): ConsumerFactory<Scope, ServerMessage> {
  const tools = { ...services, frames: new AuctionStatusFrames() };
  return (scope, channel) => new AuctionConsumer(tools, scope, channel);
}

type Tools = AuctionConsumerServices & { readonly frames: AuctionStatusFrames };

class AuctionConsumer implements Consumer, AuctionConnection {
  readonly auctionId: number | null;
  readonly user: Scope['user'];
  readonly #tools: Tools;
  readonly #channel: Channel<ServerMessage>;
  #room: Room | null = null;

  constructor(tools: Tools, { params, user }: Scope, channel: Channel<ServerMessage>) {
    this.#tools = tools;
    this.auctionId = parseAuctionId(params['id']);
    this.user = user;
    this.#channel = channel;
  }

  get auctions(): AuctionService {
    return this.#tools.auctions;
  }

  async connected(): Promise<void> {
    const { rooms, frames, clock } = this.#tools;
    this.#room = await enterRoomOfPath(rooms, this.auctionId, this.user.id, this.#channel);
    if (this.#room === null) return;
    const { auctionId, snapshot } = this.#room;
    watch(this.#channel, auctionTopic(auctionId), frames.frameOf(snapshot, clock.nowMs()));
  }

  received(message: ClientMessage): void | Promise<void> {
    return handleAuctionRequest(this, this.#channel, message);
  }

  disconnected(): void {
    if (this.#room !== null) this.#tools.rooms.leave(this.#room);
  }
}
