import { and, count, desc, eq, inArray } from 'drizzle-orm';
import type { ListedNotification } from '../../../domain/notification/notification.ts';
import type { NotificationStore } from '../../../domain/notification/store.ts';
import type { Page, Paged } from '../../../domain/page.ts';
import type { Database, Session } from '../database.ts';
import { methodsOn } from '../methods.ts';

/** The notifications of a database. */
export function notificationStore(database: Database): NotificationStore {
  const { read, snapshot, transaction } = methodsOn(database);
  return {
    list: snapshot(listNotifications),
    markRead: transaction(markRead),
    markAllRead: transaction(markAllRead),
    unreadCount: read(unreadCount),
  };
}

async function listNotifications(
  { db, tables: { notifications, auctions, products } }: Session,
  userId: number,
  { page, pageSize }: Page,
): Promise<Paged<ListedNotification>> {
  const isTheirs = eq(notifications.userId, userId);
  const [total] = await db.select({ count: count() }).from(notifications).where(isTheirs);
  // The index alone is read up to the page: only what is shown is joined.
  const shown = await db
    .select({ id: notifications.id })
    .from(notifications)
    .where(isTheirs)
    .orderBy(desc(notifications.id))
    .limit(pageSize)
    .offset((page - 1) * pageSize);
  if (shown.length === 0) return { count: total?.count ?? 0, rows: [] };
  const ids = shown.map(({ id }) => id);
  const rows = await db
    .select({
      id: notifications.id,
      userId: notifications.userId,
      type: notifications.type,
      title: notifications.title,
      message: notifications.message,
      auctionId: notifications.auctionId,
      isRead: notifications.isRead,
      createdAtMs: notifications.createdAtMs,
      productName: products.name,
      currentPrice: auctions.currentPrice,
    })
    .from(notifications)
    .innerJoin(auctions, eq(auctions.id, notifications.auctionId))
    .innerJoin(products, eq(products.id, auctions.productId))
    .where(inArray(notifications.id, ids))
    .orderBy(desc(notifications.id));
  return { count: total?.count ?? 0, rows };
}

async function markRead(
  { db, tables: { notifications }, dialect }: Session,
  userId: number,
  notificationId: number,
): Promise<boolean> {
  const result = await db
    .update(notifications)
    .set({ isRead: true })
    .where(and(eq(notifications.id, notificationId), eq(notifications.userId, userId)));
  return dialect.rowsOf(result) > 0;
}

async function markAllRead(
  { db, tables: { notifications }, dialect }: Session,
  userId: number,
): Promise<number> {
  const result = await db
    .update(notifications)
    .set({ isRead: true })
    .where(and(eq(notifications.userId, userId), eq(notifications.isRead, false)));
  return dialect.rowsOf(result);
}

async function unreadCount({ db, tables: { notifications } }: Session, userId: number): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(notifications)
    .where(and(eq(notifications.userId, userId), eq(notifications.isRead, false)));
  return row?.count ?? 0;
}
