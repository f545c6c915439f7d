import type { NotificationMessage } from '../../shared/contracts/everySocket.ts';
import { isoSeconds } from '../../shared/time.ts';
import type { Inboxes } from '../channels/inboxes.ts';
import type { AuctionPublisher } from '../domain/auction/ledger/publisher.ts';
import type { Notification } from '../domain/notification/notification.ts';

/** Writes a private notice: the same for every protocol. */
export function notificationMessage(notification: Notification): NotificationMessage {
  return {
    type: 'notification',
    data: {
      id: notification.id,
      notification_type: notification.type,
      title: notification.title,
      message: notification.message,
      auction: notification.auctionId,
      is_read: notification.isRead,
      created_at: isoSeconds(notification.createdAtMs),
    },
  };
}

/** From now on private notices reach every connection that their user has here, in every protocol. */
export function deliverNotices(
  publisher: Pick<AuctionPublisher, 'notifications'>,
  inboxes: Inboxes<NotificationMessage>,
): void {
  inboxes.receiveBy(
    publisher.notifications((notification) =>
      inboxes.deliver(notification.userId, () => notificationMessage(notification)),
    ),
  );
}
