import { parseAmount } from '../../shared/money.ts';
import type { Channel, Consumer, ConsumerFactory, Scope } from '../channels/consumer.ts';
import { errors } from '../channels/errors.ts';
import type { ClientMessage } from '../channels/message.ts';
import { parseAuctionId } from '../domain/auction/auctionId.ts';
import type { BidPlaced } from '../domain/auction/events.ts';
import type { Room } from '../domain/auction/room.ts';
import type { Rooms } from '../domain/auction/rooms.ts';
import type { AuctionService } from '../domain/auction/service.ts';
import type { Outcome } from '../domain/outcome.ts';
import { refusals } from '../domain/refusals.ts';
import type { Clock } from '../ports/clock.ts';
import { AuctionStatusFrames, auctionTopic, bidAcceptedMessage } from './auctionDialect.ts';

/** What the consumer works with. */
export interface AuctionConsumerServices {
  readonly auctions: AuctionService;
  readonly rooms: Rooms;
  readonly clock: Clock;
}

/** The protocol of `/ws/auction/:id/`: a shopper who watches one timed auction and bids in it. */
export function auctionConsumer(services: AuctionConsumerServices): ConsumerFactory {
  const tools = { ...services, frames: new AuctionStatusFrames() };
  return (scope, channel) => new AuctionConsumer(tools, scope, channel);
}

type Tools = AuctionConsumerServices & { readonly frames: AuctionStatusFrames };

class AuctionConsumer implements Consumer {
  readonly #tools: Tools;
  readonly #auctionId: number | null;
  readonly #user: Scope['user'];
  readonly #channel: Channel;
  #room: Room | null = null;

  constructor(tools: Tools, { params, user }: Scope, channel: Channel) {
    this.#tools = tools;
    this.#auctionId = parseAuctionId(params['id']);
    this.#user = user;
    this.#channel = channel;
  }

  async connected(): Promise<void> {
    const { rooms, frames, clock } = this.#tools;
    const room =
      this.#auctionId === null ? refusals.auctionNotFound : await rooms.enter(this.#auctionId, this.#user.id);
    if ('code' in room) {
      this.#channel.error(room);
      this.#channel.close(room.code === 'auction_not_found' ? 'notFound' : 'tryLater');
      return;
    }
    this.#room = room;
    // Nothing may wait between these two: an event would be missed or told twice.
    this.#channel.push(frames.frameOf(room.snapshot, clock.nowMs()));
    this.#channel.join(auctionTopic(room.auctionId));
  }

  received(message: ClientMessage): void | Promise<void> {
    switch (message.type) {
      case 'place_bid':
        return this.#placeBid(message);
      default:
        this.#channel.error(errors.unknownType(message.type), message);
    }
  }

  disconnected(): void {
    if (this.#room !== null) this.#tools.rooms.leave(this.#room);
  }

  #placeBid(message: ClientMessage): void | Promise<void> {
    const { id, payload, receivedAtMs } = message;
    const amount = parseAmount(payload['amount']);
    if (!amount.ok) {
      this.#channel.error(errors.invalidMessage(amount.fault), message);
      return;
    }
    if (this.#room === null) return;
    if (!this.#channel.take('bid')) {
      this.#channel.error(errors.rateLimited, message);
      return;
    }
    const request = {
      auctionId: this.#room.auctionId,
      bidder: this.#user,
      amount: amount.minor,
      requestId: id === undefined ? null : JSON.stringify(id),
      receivedAtMs,
    };
    return this.#tools.auctions.placeBid(request).then((outcome) => this.#answer(message, outcome));
  }

  #answer(message: ClientMessage, outcome: Outcome<BidPlaced>): void {
    if (outcome.kind === 'refused') this.#channel.error(outcome.refusal, message);
    else if (message.id !== undefined) {
      this.#channel.push(bidAcceptedMessage(message.id, outcome.stored));
    }
  }
}
