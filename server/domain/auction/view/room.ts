import type { LedgerStore } from '../ledger/store.ts';
import type { AuctionViewStore } from './store.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { ChannelLayer } from '../../../ports/channelLayer.ts';
import type { Log } from '../../../ports/log.ts';
import { isTransient } from '../../../ports/errors.ts';
import type { StoredAuctionEvent } from '../rules/events.ts';
import { type AuctionSnapshot, project } from './snapshot.ts';

/** How many missed events are read at once. */
const HEAL_PAGE = 500;

/** Called for every event of a room, in order, with the snapshot after it. */
export type RoomListener = (stored: StoredAuctionEvent, snapshot: AuctionSnapshot) => void;

/** What rooms work with. */
export interface RoomServices {
  readonly views: Pick<AuctionViewStore, 'snapshot' | 'versions'>;
  readonly ledger: Pick<LedgerStore, 'eventsAfter'>;
  readonly layer: ChannelLayer;
  readonly clock: Clock;
  readonly log: Log;
}

/** The channel on which an auction's events travel between processes. */
export function auctionChannel(auctionId: number): string {
  return `auction.${auctionId}`;
}

/**
 * What this process knows of an auction that is watched here: a projection that applies the
 * ledger's events in order, without a hole. A message that the channel layer lost is read from the ledger.
 */
export class Room {
  readonly auctionId: number;
  watchers = 0;
  readonly #services: RoomServices;
  readonly #listener: RoomListener;
  readonly #unsubscribe: Cancel;
  #snapshot: AuctionSnapshot;
  /** An event of the ledger could not be applied: the room stays as it was before that event. */
  #isStuck = false;
  #isHealing = false;
  #mustHealAgain = false;

  private constructor(
    services: RoomServices,
    listener: RoomListener,
    snapshot: AuctionSnapshot,
    unsubscribe: Cancel,
  ) {
    this.auctionId = snapshot.auctionId;
    this.#services = services;
    this.#listener = listener;
    this.#snapshot = snapshot;
    this.#unsubscribe = unsubscribe;
  }

  /** Subscribes first and reads the snapshot then, so that no event falls between; `null`: no such auction. */
  static async open(auctionId: number, services: RoomServices, listener: RoomListener): Promise<Room | null> {
    const early: StoredAuctionEvent[] = [];
    let receive = (events: readonly StoredAuctionEvent[]): void => {
      early.push(...events);
    };
    const unsubscribe = await services.layer.subscribe(auctionChannel(auctionId), (message) => {
      // Only this server publishes on this channel, and only events of the ledger.
      receive(message as readonly StoredAuctionEvent[]);
    });
    try {
      const snapshot = await services.views.snapshot(auctionId);
      if (snapshot === null) {
        unsubscribe();
        return null;
      }
      const room = new Room(services, listener, snapshot, unsubscribe);
      receive = (events) => room.receive(events);
      room.receive(early);
      return room;
    } catch (error) {
      unsubscribe();
      throw error;
    }
  }

  /** The auction as of the newest event that watchers were told. */
  get snapshot(): AuctionSnapshot {
    return this.#snapshot;
  }

  /**
   * Applies what is next, ignores what is known, and reads what is missing. An event that cannot have happened is
   * logged once, and the room stays as it was before it.
   */
  receive(events: readonly StoredAuctionEvent[]): void {
    for (const stored of events) {
      if (stored.seq <= this.#snapshot.seq) continue;
      if (this.#isStuck) return;
      if (stored.seq > this.#snapshot.seq + 1) {
        this.heal();
        return;
      }
      if (!this.#apply(stored)) return;
      this.#listener(stored, this.#snapshot);
    }
  }

  /** False where that event is impossible: what follows it cannot be told either. */
  #apply(stored: StoredAuctionEvent): boolean {
    try {
      this.#snapshot = project(this.#snapshot, stored);
      return true;
    } catch (error) {
      this.#isStuck = true;
      this.#services.log.error('a room stays behind an impossible event', {
        auctionId: this.auctionId,
        seq: stored.seq,
        error,
      });
      return false;
    }
  }

  /** Reads from the ledger what the channel layer did not bring. */
  heal(): void {
    if (this.#isStuck) return;
    this.#mustHealAgain = true;
    if (this.#isHealing) return;
    this.#isHealing = true;
    void this.#readMissed().finally(() => {
      this.#isHealing = false;
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  async #readMissed(): Promise<void> {
    const { ledger, log } = this.#services;
    try {
      while (this.#mustHealAgain && !this.#isStuck) {
        this.#mustHealAgain = false;
        const missed = await ledger.eventsAfter(this.auctionId, this.#snapshot.seq, HEAL_PAGE);
        this.receive(missed);
        if (missed.length === HEAL_PAGE) this.#mustHealAgain = true;
      }
    } catch (error) {
      const level = isTransient(error) ? 'warn' : 'error';
      log[level]('a room could not read what it missed', { auctionId: this.auctionId, error });
    }
  }
}
