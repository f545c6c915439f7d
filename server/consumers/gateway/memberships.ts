import type { ServerMessage } from '../../../shared/contracts/gatewaySocket.ts';
import type { ClientKey } from '../../channels/clientRates.ts';
import { type Channel, watch } from '../../channels/consumer.ts';
import type { Presence } from '../../channels/presence.ts';
import type { Room } from '../../domain/auction/view/room.ts';
import type { Rooms } from '../../domain/auction/view/rooms.ts';
import { type Refusal, refusals } from '../../domain/auction/rules/refusals.ts';
import type { KeyedQueue } from '../../domain/keyedQueue.ts';
import type { Clock } from '../../ports/clock.ts';
import { auctionStateMessage, type GatewayLists, gatewayTopic } from './messages.ts';

/** What memberships need. */
export interface MembershipServices {
  readonly rooms: Pick<Rooms, 'admit' | 'leave'>;
  readonly presence: Presence<number>;
  readonly lists: GatewayLists;
  /** What is done one after the other, for each connection. */
  readonly queue: KeyedQueue<Memberships>;
  readonly clock: Clock;
}

/**
 * The auctions that one connection has joined. Joining waits for the room, so joins and leaves are done one
 * after the other, in the order they were asked for: counts end at the truth whatever comes between.
 */
export class Memberships {
  readonly #services: MembershipServices;
  readonly #channel: Channel<ServerMessage>;
  readonly #client: ClientKey;
  readonly #joined = new Map<number, Room>();
  #isOver = false;

  constructor(services: MembershipServices, channel: Channel<ServerMessage>, client: ClientKey) {
    this.#services = services;
    this.#client = client;
    this.#channel = channel;
  }

  /** Joins a live sale; gives the reason when that cannot be. Joining again only tells the state once more. */
  join(auctionId: number): Promise<Refusal | null> {
    return this.#services.queue.run(this, () => this.#join(auctionId));
  }

  /** False when it was not joined. */
  leave(auctionId: number): Promise<boolean> {
    return this.#services.queue.run(this, () => Promise.resolve(this.#leave(auctionId)));
  }

  /** The connection is over: whatever is still under way joins nothing any more. */
  leaveAll(): void {
    this.#isOver = true;
    for (const auctionId of [...this.#joined.keys()]) this.#leave(auctionId);
  }

  async #join(auctionId: number): Promise<Refusal | null> {
    const { rooms, presence, lists, clock } = this.#services;
    const known = this.#joined.get(auctionId);
    const room = known ?? (await rooms.admit(auctionId, this.#client));
    if ('code' in room) return room;
    const userCount = presence.countOf(auctionId) + (known === undefined ? 1 : 0);
    const mayJoin = !this.#isOver && room.snapshot.status === 'active';
    const state = mayJoin ? auctionStateMessage(room.snapshot, lists, userCount, clock.nowMs()) : null;
    if (state === null) {
      if (known === undefined) rooms.leave(room);
      return this.#isOver ? null : refusals.notStarted;
    }
    watch(this.#channel, gatewayTopic(auctionId), state);
    if (known === undefined) {
      this.#joined.set(auctionId, room);
      presence.join(auctionId);
    }
    return null;
  }

  #leave(auctionId: number): boolean {
    const room = this.#joined.get(auctionId);
    if (room === undefined) return false;
    this.#joined.delete(auctionId);
    this.#channel.leave(gatewayTopic(auctionId));
    this.#services.rooms.leave(room);
    this.#services.presence.leave(auctionId);
    return true;
  }
}
