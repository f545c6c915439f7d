import {
  type GatewayEventName,
  type GatewayPayload,
  gatewayPayloads,
  isGatewayEventName,
} from '../../shared/contracts/gatewaySocket.ts';
import { faultOf } from '../../shared/contracts/liveFields.ts';
import type { ClientAction } from '../channels/clientRates.ts';
import type { Channel, Consumer, ConsumerFactory, Scope } from '../channels/consumer.ts';
import { errors } from '../channels/errors.ts';
import type { Groups } from '../channels/groups.ts';
import type { Answerable, ClientMessage } from '../channels/message.ts';
import { Presence } from '../channels/presence.ts';
import type { SaleCommand } from '../domain/auction/commands.ts';
import type { Rooms } from '../domain/auction/rooms.ts';
import type { SaleService } from '../domain/auction/saleService.ts';
import type { AuctionService } from '../domain/auction/service.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import {
  GATEWAY_TOPIC,
  gatewayError,
  type GatewayLists,
  gatewayTopic,
  userCountMessage,
} from './gatewayDialect.ts';
import { Memberships } from './gatewayMemberships.ts';

/** What is counted for its sender over all connections. */
const ACTIONS: Partial<Record<GatewayEventName, ClientAction>> = {
  joinAuction: 'join',
  leaveAuction: 'join',
  placeBid: 'bid',
  comment: 'comment',
};

const NOT_JOINED = { code: 'not_joined', message: 'You have not joined this auction.' };

/** What the consumer works with. */
export interface GatewayServices {
  readonly auctions: AuctionService;
  readonly sales: SaleService;
  readonly rooms: Rooms;
  readonly groups: Groups;
  readonly lists: GatewayLists;
  readonly clock: Clock;
}

/** The protocol of `/ws/`: hosts and viewers of live sales; one connection may join several. */
export function gatewayConsumer(services: GatewayServices): ConsumerFactory {
  const { groups, clock } = services;
  const presence = new Presence<number>(clock, (auctionId, userCount) =>
    groups.broadcast(gatewayTopic(auctionId), () => userCountMessage(auctionId, userCount)),
  );
  const tools = { ...services, presence };
  return (scope, channel) => new GatewayConsumer(tools, scope, channel);
}

/** What all connections of this protocol share. */
type GatewayTools = GatewayServices & { readonly presence: Presence<number> };

class GatewayConsumer implements Consumer {
  readonly #services: GatewayServices;
  readonly #user: Scope['user'];
  readonly #channel: Channel;
  readonly #memberships: Memberships;

  constructor(services: GatewayTools, { user, client }: Scope, channel: Channel) {
    this.#services = services;
    this.#user = user;
    this.#channel = channel;
    this.#memberships = new Memberships(services, channel, client);
  }

  connected(): void {
    this.#channel.join(GATEWAY_TOPIC);
  }

  disconnected(): void {
    this.#memberships.leaveAll();
  }

  received(message: ClientMessage): void | Promise<void> {
    const { type } = message;
    if (!isGatewayEventName(type)) return this.#channel.error(errors.unknownType(type), message);
    const parsed = gatewayPayloads[type].safeParse(message.payload);
    if (!parsed.success) return this.#channel.error(errors.invalidMessage(faultOf(parsed.error)), message);
    // The table pairs each name with its payload; TypeScript loses the pair where both are unions.
    return this.#handle({ type, payload: parsed.data } as GatewayEvent, message);
  }

  #handle(event: GatewayEvent, message: ClientMessage): void | Promise<void> {
    const action = ACTIONS[event.type];
    if (action !== undefined && !this.#channel.take(action)) {
      return this.#channel.error(errors.rateLimited, message);
    }
    const { auctionId } = event.payload;
    const { receivedAtMs: nowMs } = message;
    const requestedBy = this.#user;
    const direct = (command: SaleCommand) =>
      this.#answer(event.type, message, this.#services.sales.direct(auctionId, command));
    switch (event.type) {
      case 'joinAuction':
        return this.#join(auctionId, message);
      case 'leaveAuction':
        return this.#leave(auctionId, message);
      case 'placeBid':
        return this.#placeBid(event.payload, message);
      case 'comment':
        return this.#comment(event.payload, message);
      case 'broadCasterLeave':
        return this.#broadcasterLeave(auctionId, message);
      case 'startLiveAuction':
        return direct({ type: 'start_sale', nowMs, requestedBy });
      case 'cancelAuction':
        return direct({ type: 'cancel_sale', nowMs, requestedBy });
      case 'endAuction':
        return direct({ type: 'end_sale', nowMs, requestedBy });
      case 'awardingAuction': {
        const { product, weight = null } = event.payload;
        return direct({ type: 'award_product', nowMs, requestedBy, product, weight });
      }
      case 'changeCuurentProduct': {
        const { product, minBidPrice, bidPrice, actualPrice } = event.payload;
        const prices = { minBidPrice, bidPrice, actualPrice };
        return direct({ type: 'change_product', nowMs, requestedBy, product, prices });
      }
      case 'muteUser': {
        const { userId, muted: isMuted } = event.payload;
        return direct({ type: 'mute_user', nowMs, requestedBy, userId, isMuted });
      }
    }
  }

  async #join(auctionId: number, message: Answerable): Promise<void> {
    const refusal = await this.#memberships.join(auctionId);
    if (refusal !== null) this.#channel.error(gatewayError('joinAuction', refusal), message);
    else this.#channel.acknowledge(message);
  }

  async #leave(auctionId: number, message: Answerable): Promise<void> {
    if (await this.#memberships.leave(auctionId)) this.#channel.acknowledge(message);
    else this.#channel.error(NOT_JOINED, message);
  }

  async #placeBid({ auctionId, amount }: GatewayPayload<'placeBid'>, message: ClientMessage): Promise<void> {
    const { id, receivedAtMs } = message;
    const requestId = id === undefined ? null : JSON.stringify(id);
    const bidder = this.#user;
    const bid = this.#services.auctions.placeBid({ auctionId, bidder, amount, requestId, receivedAtMs });
    await this.#answer('placeBid', message, bid);
  }

  async #comment(
    { auctionId, comment: text }: GatewayPayload<'comment'>,
    message: ClientMessage,
  ): Promise<void> {
    const { receivedAtMs } = message;
    const authorId = this.#user.id;
    const { sales } = this.#services;
    await this.#answer('comment', message, sales.comment({ auctionId, authorId, text, receivedAtMs }));
  }

  /** Tells the room and changes nothing: the document's notice that the stream has no host. */
  async #broadcasterLeave(auctionId: number, message: Answerable): Promise<void> {
    const refusal = await this.#services.sales.whyNotHost(auctionId, this.#user.id);
    if (refusal !== null) {
      this.#channel.error(gatewayError('broadCasterLeave', refusal), message);
      return;
    }
    this.#services.groups.broadcast(gatewayTopic(auctionId), () => ({
      type: 'broadCasterLeft',
      data: { auctionId },
    }));
    this.#channel.acknowledge(message);
  }

  async #answer(
    event: GatewayEventName,
    message: Answerable,
    deciding: Promise<Outcome<unknown>>,
  ): Promise<void> {
    const outcome = await deciding;
    if (outcome.kind === 'refused') this.#channel.error(gatewayError(event, outcome.refusal), message);
    else this.#channel.acknowledge(message, outcome.stored.seq);
  }
}

/** An event with its payload. */
type GatewayEvent = {
  [Name in GatewayEventName]: { readonly type: Name; readonly payload: GatewayPayload<Name> };
}[GatewayEventName];
