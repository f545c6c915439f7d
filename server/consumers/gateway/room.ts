import type { Groups } from '../../channels/groups.ts';
import type { StoredAuctionEvent } from '../../domain/auction/rules/events.ts';
import type { AuctionSnapshot } from '../../domain/auction/view/snapshot.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { type GatewayLists, gatewayEventMessage, gatewayTopic, newCommentMessage } from './messages.ts';

/** A sale with more comments than that within a second has them gathered. */
const COMMENTS_PER_SECOND = 20;
/** How long comments are gathered: five messages a second. */
const GATHER_MS = 200;

/** Comments that were not told yet; all of them stand in the list of the snapshot. */
interface Gathered {
  readonly firstSeq: number;
  readonly newest: StoredAuctionEvent;
  readonly snapshot: AuctionSnapshot;
}

/** What telling a room needs. */
export interface GatewayRoomServices {
  readonly groups: Groups;
  readonly lists: GatewayLists;
  readonly clock: Clock;
}

/**
 * Tells those who have joined one live sale what happens in it. Many comments are gathered (SA8): then one message
 * has all that came since the last one in its list, and everything keeps the order of the ledger.
 */
export class GatewayRoom {
  readonly #services: GatewayRoomServices;
  readonly #topic: string;
  /** When the last comments came, by the monotonic clock, oldest first. */
  readonly #commentsAtMs: number[] = [];
  #gathered: Gathered | null = null;
  #cancelTelling: Cancel = () => undefined;

  constructor(auctionId: number, services: GatewayRoomServices) {
    this.#services = services;
    this.#topic = gatewayTopic(auctionId);
  }

  /** Tells an event of the sale, at once or with the next gathered comments; `snapshot` is the sale after it. */
  hear(stored: StoredAuctionEvent, snapshot: AuctionSnapshot): void {
    const { groups, lists, clock } = this.#services;
    if (!groups.has(this.#topic)) return this.#forget();
    if (stored.event.type === 'comment_posted' && this.#isBusy()) return this.#gather(stored, snapshot);
    this.#tellGathered();
    groups.broadcast(this.#topic, () => gatewayEventMessage(stored, snapshot, lists, clock.nowMs()));
  }

  /** Counts one more comment; true when so many came within a second, or some wait to be told. */
  #isBusy(): boolean {
    const nowMs = this.#services.clock.elapsedMs();
    this.#commentsAtMs.push(nowMs);
    if (this.#commentsAtMs.length <= COMMENTS_PER_SECOND) return false;
    const earlierMs = this.#commentsAtMs.shift() ?? 0;
    return nowMs - earlierMs < 1_000 || this.#gathered !== null;
  }

  #gather(newest: StoredAuctionEvent, snapshot: AuctionSnapshot): void {
    const firstSeq = this.#gathered?.firstSeq ?? newest.seq;
    if (this.#gathered !== null && !this.#holds(snapshot, firstSeq)) {
      this.#tellGathered();
      return this.#gather(newest, snapshot);
    }
    if (this.#gathered === null) {
      this.#cancelTelling = this.#services.clock.after(GATHER_MS, () => this.#tellGathered());
    }
    this.#gathered = { firstSeq, newest, snapshot };
  }

  /** Whether the list as it would be told still has the comment of that number. */
  #holds({ auctionId, sale }: AuctionSnapshot, seq: number): boolean {
    const comments = sale?.comments ?? [];
    const shown = this.#services.lists.comments.oldestFirst(comments, auctionId).length;
    return (comments.at(-shown)?.seq ?? Infinity) <= seq;
  }

  #tellGathered(): void {
    const gathered = this.#gathered;
    this.#forget();
    if (gathered === null) return;
    const { firstSeq, newest, snapshot } = gathered;
    const { groups, lists } = this.#services;
    groups.broadcast(this.#topic, () => newCommentMessage(newest.seq, snapshot, lists, firstSeq));
  }

  #forget(): void {
    this.#cancelTelling();
    this.#gathered = null;
  }
}
