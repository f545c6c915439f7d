import { faultOf } from '../../shared/contracts/liveFields.ts';
import { isRingMessageName, type RingMessage, ringPayloads } from '../../shared/contracts/ringSocket.ts';
import type { ClientAction } from '../channels/clientRates.ts';
import type { Channel, Consumer, ConsumerFactory, GuestScope } from '../channels/consumer.ts';
import { errors } from '../channels/errors.ts';
import type { Groups } from '../channels/groups.ts';
import type { Answerable, ClientMessage } from '../channels/message.ts';
import { Presence } from '../channels/presence.ts';
import { parseAuctionId } from '../domain/auction/auctionId.ts';
import type { SaleCommand } from '../domain/auction/commands.ts';
import type { Person } from '../domain/auction/events.ts';
import type { Room } from '../domain/auction/room.ts';
import type { Rooms } from '../domain/auction/rooms.ts';
import type { SaleService } from '../domain/auction/saleService.ts';
import type { AuctionService } from '../domain/auction/service.ts';
import type { Limits } from '../domain/limits.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Refusal, refusals } from '../domain/refusals.ts';
import type { RingService } from '../domain/ring/ringService.ts';
import type { Clock } from '../ports/clock.ts';
import { type RingLists, ringLists, ringStatusMessage, ringTopic, userCountMessage } from './ringDialect.ts';

/** What is counted for its sender over all connections. */
const ACTIONS: Partial<Record<RingMessage['type'], ClientAction>> = {
  join: 'join',
  leave: 'join',
  place_bid: 'bid',
  comment: 'comment',
};

/** What a guest is told who wants to do more than watch. */
const SIGN_IN = { code: 'sign_in_required', message: 'Sign in to take part' };

/** What the consumer works with. */
export interface RingConsumerServices {
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  readonly rings: RingService;
  readonly rooms: Rooms;
  readonly groups: Groups;
  readonly limits: Pick<Limits, 'listBytes'>;
  readonly clock: Clock;
}

/** The sessions of `/ws/ring/:id/`: the auctioneer, bidders, and the public, who may only watch. */
export function ringConsumer(services: RingConsumerServices): ConsumerFactory<GuestScope> {
  const { groups, limits, clock } = services;
  const lists = ringLists(limits.listBytes);
  const presence = new Presence<number>(clock, (ringId, userCount) =>
    groups.broadcast(ringTopic(ringId), () => userCountMessage(ringId, userCount)),
  );
  const tools = { ...services, lists, presence };
  return (scope, channel) => new RingConsumer(tools, scope, channel);
}

/** What all sessions of this protocol share. */
interface RingTools extends RingConsumerServices {
  readonly lists: RingLists;
  readonly presence: Presence<number>;
}

class RingConsumer implements Consumer {
  readonly #services: RingTools;
  readonly #ringId: number | null;
  readonly #user: GuestScope['user'];
  readonly #client: GuestScope['client'];
  readonly #channel: Channel;
  #room: Room | null = null;
  #isInRoom = false;

  constructor(services: RingTools, { params, user, client }: GuestScope, channel: Channel) {
    this.#services = services;
    this.#ringId = parseAuctionId(params['id']);
    this.#user = user;
    this.#client = client;
    this.#channel = channel;
  }

  async connected(): Promise<void> {
    const room =
      this.#ringId === null
        ? refusals.auctionNotFound
        : await this.#services.rooms.enter(this.#ringId, this.#client);
    if ('code' in room) return this.#turnAway(room);
    this.#room = room;
    if (room.snapshot.sale === null) return this.#turnAway(refusals.auctionNotFound);
    await this.#join(room);
  }

  disconnected(): void {
    if (this.#room === null) return;
    this.#leave(this.#room);
    this.#services.rooms.leave(this.#room);
  }

  received(message: ClientMessage): void | Promise<void> {
    const { type } = message;
    if (!isRingMessageName(type)) return this.#channel.error(errors.unknownType(type), message);
    const parsed = ringPayloads[type].safeParse(message.payload);
    if (!parsed.success) return this.#channel.error(errors.invalidMessage(faultOf(parsed.error)), message);
    if (this.#room === null) return;
    // The table pairs each name with its payload; TypeScript loses the pair where both are unions.
    return this.#handle({ type, payload: parsed.data } as RingMessage, message, this.#room);
  }

  #handle(asked: RingMessage, message: ClientMessage, room: Room): void | Promise<void> {
    const action = ACTIONS[asked.type];
    if (action !== undefined && !this.#channel.take(action)) {
      return this.#channel.error(errors.rateLimited, message);
    }
    const { id, receivedAtMs } = message;
    if (asked.type === 'join') return this.#join(room).then(() => this.#channel.acknowledge(message));
    if (asked.type === 'leave') {
      this.#leave(room);
      return this.#channel.acknowledge(message);
    }
    const user = this.#user;
    if (user === null) return this.#channel.error(SIGN_IN, message);
    const { auctionId } = room;
    const { auctions, sales } = this.#services;
    switch (asked.type) {
      case 'place_bid': {
        const { amount } = asked.payload;
        const requestId = id === undefined ? null : JSON.stringify(id);
        return this.#answer(
          message,
          auctions.placeBid({ auctionId, bidder: user, amount, requestId, receivedAtMs }),
        );
      }
      case 'comment': {
        const { comment: text } = asked.payload;
        return this.#answer(message, sales.comment({ auctionId, authorId: user.id, text, receivedAtMs }));
      }
      default:
        return this.#answer(message, sales.direct(auctionId, hostCommand(asked, user, receivedAtMs)));
    }
  }

  #turnAway(refusal: Refusal): void {
    this.#channel.error(refusal);
    this.#channel.close(refusal.code === 'auction_not_found' ? 'notFound' : 'tryLater');
  }

  /** Pushes the state and takes part in what follows: nothing may wait in between. */
  async #join(room: Room): Promise<void> {
    const { clock, lists, rings } = this.#services;
    const { auctionId, snapshot } = room;
    const count = this.#services.presence.countOf(auctionId) + (this.#isInRoom ? 0 : 1);
    const status = ringStatusMessage(snapshot, lists, count, clock.nowMs());
    if (status !== null) this.#channel.push(status);
    if (this.#isInRoom) return;
    this.#isInRoom = true;
    this.#channel.join(ringTopic(auctionId));
    this.#services.presence.join(auctionId);
    const auctioneer = this.#auctioneerOf(room);
    if (auctioneer === null) return;
    const outcome = await rings.auctioneerCame(auctionId, auctioneer);
    // That the ring is live already is no news to the auctioneer.
    if (outcome.kind === 'refused' && outcome.refusal.code !== 'not_due')
      this.#channel.error(outcome.refusal);
  }

  #leave(room: Room): void {
    if (!this.#isInRoom) return;
    this.#isInRoom = false;
    this.#channel.leave(ringTopic(room.auctionId));
    this.#services.presence.leave(room.auctionId);
    if (this.#auctioneerOf(room) !== null) this.#services.rings.auctioneerLeft(room.auctionId);
  }

  /** This session's user, if they are the auctioneer. */
  #auctioneerOf({ snapshot }: Room): Person | null {
    return this.#user?.id === snapshot.seller.id ? this.#user : null;
  }

  async #answer(message: Answerable, deciding: Promise<Outcome<unknown>>): Promise<void> {
    const outcome = await deciding;
    if (outcome.kind === 'refused') this.#channel.error(outcome.refusal, message);
    else this.#channel.acknowledge(message, outcome.stored.seq);
  }
}

type HostMessage = Exclude<RingMessage, { type: 'join' | 'leave' | 'place_bid' | 'comment' }>;

/** What the auctioneer asks of the sale; the rules refuse it to everybody else. */
function hostCommand({ type, payload }: HostMessage, requestedBy: Person, nowMs: number): SaleCommand {
  switch (type) {
    case 'change_product': {
      const { product, min_bid_price: minBidPrice, bid_price: bidPrice, actual_price: actualPrice } = payload;
      return { type, nowMs, requestedBy, product, prices: { minBidPrice, bidPrice, actualPrice } };
    }
    case 'award':
      return {
        type: 'award_product',
        nowMs,
        requestedBy,
        product: payload.product,
        weight: payload.weight ?? null,
      };
    case 'mute_user':
      return { type, nowMs, requestedBy, userId: payload.user_id, isMuted: payload.muted };
    case 'end_auction':
      return { type: 'end_sale', nowMs, requestedBy };
    case 'cancel_auction':
      return { type: 'cancel_sale', nowMs, requestedBy };
    case 'pause_ring':
      return { type: 'pause_sale', nowMs, requestedBy };
    case 'resume_ring':
      return { type: 'resume_sale', nowMs, requestedBy };
    case 'stop_ring':
      return { type: 'close_ring', nowMs, requestedBy };
  }
}
