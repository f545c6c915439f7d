import type { RingRole, ServerMessage } from '../../../shared/contracts/ringSocket.ts';
import {
  type Channel,
  type Consumer,
  type ConsumerFactory,
  type GuestScope,
  watch,
} from '../../channels/consumer.ts';
import type { Groups } from '../../channels/groups.ts';
import type { ClientMessage } from '../../channels/message.ts';
import { Presence } from '../../channels/presence.ts';
import { parseAuctionId } from '../../domain/auction/auctionId.ts';
import type { Person } from '../../domain/auction/rules/events.ts';
import type { Room } from '../../domain/auction/view/room.ts';
import type { Rooms } from '../../domain/auction/view/rooms.ts';
import type { SaleService } from '../../domain/auction/saleService.ts';
import type { AuctionService } from '../../domain/auction/service.ts';
import type { Limits } from '../../limits.ts';
import { refusals } from '../../domain/auction/rules/refusals.ts';
import type { RingService } from '../../domain/auction/ringService.ts';
import type { Clock } from '../../ports/clock.ts';
import { enterRoomOfPath, turnAway } from '../roomOfPath.ts';
import { type RingLists, ringLists, ringStatusMessage, ringTopic, userCountMessage } from './messages.ts';
import { handleRingRequest, type RingConnection } from './requests.ts';

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

/** The sessions of `/ws/ring/:id/` and `/ring`: the auctioneer, bidders, and the public, who may only watch. */
export function ringConsumer(services: RingConsumerServices): ConsumerFactory<GuestScope, ServerMessage> {
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

class RingConsumer implements Consumer, RingConnection {
  readonly ringId: number | null;
  readonly user: GuestScope['user'];
  readonly #tools: RingTools;
  readonly #sessionId: string;
  readonly #client: GuestScope['client'];
  readonly #channel: Channel<ServerMessage>;
  #room: Room | null = null;
  #isInRoom = false;

  constructor(
    tools: RingTools,
    { params, user, client, socketId }: GuestScope,
    channel: Channel<ServerMessage>,
  ) {
    this.#tools = tools;
    this.#sessionId = socketId ?? tools.clock.randomId();
    this.ringId = parseAuctionId(params['id']);
    this.user = user;
    this.#client = client;
    this.#channel = channel;
  }

  get auctions(): AuctionService {
    return this.#tools.auctions;
  }

  get sales(): SaleService {
    return this.#tools.sales;
  }

  get isInRoom(): boolean {
    return this.#isInRoom;
  }

  async connected(): Promise<void> {
    this.#room = await enterRoomOfPath(this.#tools.rooms, this.ringId, this.#client, this.#channel);
    if (this.#room === null) return;
    if (this.#room.snapshot.sale === null) turnAway(this.#channel, refusals.auctionNotFound);
    else await this.join();
  }

  disconnected(): void {
    if (this.#room === null) return;
    this.leave();
    this.#tools.rooms.leave(this.#room);
  }

  received(message: ClientMessage): void | Promise<void> {
    return handleRingRequest(this, this.#channel, message);
  }

  async join(): Promise<void> {
    if (this.#room === null) return;
    const { clock, lists, presence, rings } = this.#tools;
    const { auctionId, snapshot } = this.#room;
    const viewer = {
      sessionId: this.#sessionId,
      role: this.#roleIn(this.#room),
      userCount: presence.countOf(auctionId) + (this.#isInRoom ? 0 : 1),
    };
    const status = ringStatusMessage(snapshot, lists, viewer, clock.nowMs());
    if (status !== null) watch(this.#channel, ringTopic(auctionId), status);
    if (this.#isInRoom) return;
    this.#isInRoom = true;
    presence.join(auctionId);
    const auctioneer = this.#auctioneerOf(this.#room);
    if (auctioneer === null) return;
    this.#channel.setIdleLimit('auctioneerIdleMs');
    const outcome = await rings.auctioneerCame(auctionId, auctioneer);
    // That the ring is live already is no news to the auctioneer.
    if (outcome.kind === 'refused' && outcome.refusal.code !== 'not_due')
      this.#channel.error(outcome.refusal);
  }

  leave(): void {
    if (this.#room === null || !this.#isInRoom) return;
    this.#isInRoom = false;
    const { auctionId } = this.#room;
    this.#channel.leave(ringTopic(auctionId));
    this.#tools.presence.leave(auctionId);
    if (this.#auctioneerOf(this.#room) === null) return;
    this.#channel.setIdleLimit('idleMs');
    this.#tools.rings.auctioneerLeft(auctionId);
  }

  #roleIn(room: Room): RingRole {
    if (this.user === null) return 'public';
    return this.#auctioneerOf(room) === null ? 'bidder' : 'auctioneer';
  }

  /** This session's user, if they are the auctioneer. */
  #auctioneerOf({ snapshot }: Room): Person | null {
    return this.user?.id === snapshot.seller.id ? this.user : null;
  }
}
