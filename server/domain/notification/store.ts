import type { Page, Paged } from '../page.ts';
import type { ListedNotification } from './notification.ts';

/** In-app notices. Every method is bounded by its user: another user's rows do not exist. */
export interface NotificationStore {
  /** Newest first. */
  list(userId: number, page: Page): Promise<Paged<ListedNotification>>;
  /** False when this user has no such notice. */
  markRead(userId: number, notificationId: number): Promise<boolean>;
  /** How many were unread. */
  markAllRead(userId: number): Promise<number>;
  unreadCount(userId: number): Promise<number>;
}
