import type { Cancel } from '../../../ports/clock.ts';
import { StoreUnavailable } from '../../../ports/errors.ts';
import { type Refusal, refusals } from '../rules/refusals.ts';
import type { Asker, AuctionLookups } from '../ledger/auctionLookups.ts';
import { Room, type RoomListener, type RoomServices } from './room.ts';

/** How often rooms compare themselves with the ledger: the longest that a lost message stays unnoticed. */
export const SYNC_MS = 5_000;

/** What rooms work with together. */
export interface RoomsServices extends RoomServices {
  readonly lookups: AuctionLookups;
}

/** The rooms of this process: one for each auction that is watched here. */
export class Rooms {
  readonly #services: RoomsServices;
  readonly #listenerOf: (auctionId: number) => RoomListener;
  readonly #open = new Map<number, Room>();
  readonly #opening = new Map<number, Promise<Room | Refusal>>();
  readonly #stopSyncing: Cancel;
  /** Rooms without watchers at the last check. */
  #deserted = new Set<Room>();

  /** `listenerOf` is asked once for each room. */
  constructor(services: RoomsServices, listenerOf: (auctionId: number) => RoomListener) {
    this.#services = services;
    this.#listenerOf = listenerOf;
    this.#stopSyncing = services.clock.every(SYNC_MS, () => void this.#sync());
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * The auction's room, with one watcher more, or the reason why it cannot be had. What the caller does before it
   * waits again (push the snapshot, subscribe) falls between two events. Rejects while the store is away.
   */
  async enter(auctionId: number, client: Asker): Promise<Room | Refusal> {
    const room = this.#open.get(auctionId) ?? (await this.#join(auctionId, client));
    if (room instanceof Room) room.watchers += 1;
    return room;
  }

  /** As {@link enter}; that the store is away is a reason like any other. */
  async admit(auctionId: number, client: Asker): Promise<Room | Refusal> {
    try {
      return await this.enter(auctionId, client);
    } catch (error) {
      if (error instanceof StoreUnavailable) return refusals.unavailable;
      throw error;
    }
  }

  /** Takes back one {@link enter}. */
  leave(room: Room): void {
    room.watchers -= 1;
  }

  close(): void {
    this.#stopSyncing();
    for (const room of this.#open.values()) room.close();
    this.#open.clear();
  }

  #join(auctionId: number, client: Asker): Promise<Room | Refusal> {
    const underWay = this.#opening.get(auctionId);
    if (underWay !== undefined) return underWay;
    const opening = this.#services.lookups
      .find(auctionId, client, () => Room.open(auctionId, this.#services, this.#listenerOf(auctionId)))
      .then((result) => {
        if (result.kind === 'refused') return result.refusal;
        this.#open.set(auctionId, result.found);
        return result.found;
      })
      .finally(() => this.#opening.delete(auctionId));
    this.#opening.set(auctionId, opening);
    return opening;
  }

  async #sync(): Promise<void> {
    this.#closeDeserted();
    const ids = [...this.#open.keys()];
    if (ids.length === 0) return;
    try {
      const versions = await this.#services.views.versions(ids);
      for (const [auctionId, version] of versions) {
        const room = this.#open.get(auctionId);
        if (room !== undefined && room.snapshot.seq < version) room.heal();
      }
    } catch (error) {
      this.#services.log.warn('rooms could not be compared with the ledger', { error });
    }
  }

  /** A room outlives its last watcher by one look at least, so that a crowd that reconnects finds it. */
  #closeDeserted(): void {
    const empty = new Set<Room>();
    for (const room of this.#open.values()) {
      if (room.watchers > 0) continue;
      if (this.#deserted.has(room)) {
        this.#open.delete(room.auctionId);
        room.close();
      } else {
        empty.add(room);
      }
    }
    this.#deserted = empty;
  }
}
