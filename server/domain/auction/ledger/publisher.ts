import type { AuctionViewStore } from '../view/store.ts';
import type { ChannelFamily, ChannelLayer } from '../../../ports/channelLayer.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { Notification } from '../../notification/notification.ts';
import type { AuctionChange } from './change.ts';
import { auctionChannel } from '../view/room.ts';
import type { AuctionSnapshot } from '../view/snapshot.ts';

/** Before the id of the user: the channels on which private notices travel between processes. */
const NOTIFICATIONS = 'user.';
/** The channel that names live sales as they start. */
const SALES_STARTED = 'sales.started';

/** How many notices are published in one turn of the event loop. */
const NOTICES_AT_ONCE = 200;

/** What the publisher works with. */
export interface PublisherServices {
  readonly layer: Pick<ChannelLayer, 'publish' | 'subscribe' | 'family'>;
  readonly store: Pick<AuctionViewStore, 'snapshot'>;
  readonly clock: Pick<Clock, 'soon'>;
  readonly log: Log;
  /** Called when letters or calls of the main backend wait in the outbox. */
  readonly outboxChanged: () => void;
}

/** Publishes what was stored to all processes, and hands on what concerns more than one room. */
export class AuctionPublisher {
  readonly #services: PublisherServices;

  constructor(services: PublisherServices) {
    this.#services = services;
  }

  /** Publishes a stored change. `notificationIds` are the numbers of its notices, in their order. */
  readonly publish = (change: AuctionChange, notificationIds: readonly number[]): void => {
    const { layer, outboxChanged } = this.#services;
    const { auctionId, events, after } = change;
    layer.publish(auctionChannel(auctionId), events);
    if (after.sale !== null && events.some(({ event }) => event.type === 'auction_started')) {
      layer.publish(SALES_STARTED, auctionId);
    }
    this.#publishNotices(change, notificationIds, 0);
    if (change.letters.length + change.backendCalls.length > 0) outboxChanged();
  };

  /** Publishes notices from that one on, and lets the event loop turn in between where there are many. */
  #publishNotices(
    { notifications }: Pick<AuctionChange, 'notifications'>,
    ids: readonly number[],
    from: number,
  ): void {
    const { layer, clock } = this.#services;
    const until = Math.min(from + NOTICES_AT_ONCE, ids.length);
    for (let index = from; index < until; index += 1) {
      const [notification, id] = [notifications[index], ids[index]];
      if (notification === undefined) continue;
      layer.publish(`${NOTIFICATIONS}${notification.userId}`, { ...notification, id, isRead: false });
    }
    if (until < ids.length) clock.soon(() => this.#publishNotices({ notifications }, ids, until));
  }

  /** Calls `receive` for each live sale that starts, in any process, with the sale as it is then. */
  onSaleStarted(receive: (snapshot: AuctionSnapshot) => void): Promise<Cancel> {
    const { layer, store, log } = this.#services;
    const read = async (auctionId: number) => {
      const snapshot = await store.snapshot(auctionId);
      if (snapshot !== null) receive(snapshot);
    };
    return layer.subscribe(SALES_STARTED, (auctionId) => {
      read(Number(auctionId)).catch((error: unknown) =>
        log.warn('the start of a live sale could not be announced', { auctionId, error }),
      );
    });
  }

  /** Calls `receive` for each private notice of the users whose channel is open, whichever process stored it. */
  notifications(receive: (notification: Notification) => void): ChannelFamily {
    // Only `publish` writes on these channels.
    return this.#services.layer.family(NOTIFICATIONS, (_userId, message) => receive(message as Notification));
  }
}
