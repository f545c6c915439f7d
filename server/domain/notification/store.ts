import type { Page, Paged } from '../page.ts';
import type { ListedNotification } from './notification.ts';

/**
 * Notifications of users. No method sees or changes a row of another user. Every method rejects with `StoreUnavailable` while
 * the database is away.
 */
export interface NotificationStore {
  /** Newest first. */
  list(userId: number, page: Page): Promise<Paged<ListedNotification>>;
  /** Marks one as read; false when this user has no such notification. */
  markRead(userId: number, notificationId: number): Promise<boolean>;
  /** Marks all as read and gives how many were not. */
  markAllRead(userId: number): Promise<number>;
  /** How many are unread. */
  unreadCount(userId: number): Promise<number>;
}
