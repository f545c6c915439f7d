import type { DeadlineKind } from '../../../domain/deadline.ts';
import type { BackendCall } from '../../../domain/notification/backendCall.ts';
import type { Letter, NotificationType } from '../../../domain/notification/notification.ts';
import type { AccountTables } from './accountTables.ts';
import type { Columns } from './columns.ts';

/** What a row of the outbox holds: a letter to a person, a call to the main backend, or a room to be closed. */
export type OutboxKind = Letter['kind'] | BackendCall['kind'] | RoomClosing['kind'];

/** The order to close the room of a call. */
export interface RoomClosing {
  readonly kind: 'close_room';
  readonly callId: string;
}

/** Where a row of the outbox is: see {@link OutboxStore} for what leads from one to the next. */
export type OutboxStatus = 'pending' | 'held' | 'queued' | 'sent' | 'failed' | 'superseded' | 'unaddressed';

/** Notifications, the outbox and deadlines. */
export function deliveryTables(
  { table, id, integer, boolean, varchar, text, reference, index, primaryKey }: Columns,
  { users }: AccountTables,
) {
  const notifications = table(
    'notifications',
    {
      id: id(),
      userId: reference('user_id', () => users.id),
      type: varchar('type', 32).$type<NotificationType>().notNull(),
      title: varchar('title', 200).notNull(),
      message: varchar('message', 1000).notNull(),
      auctionId: integer('auction_id').notNull(),
      isRead: boolean('is_read').notNull(),
      createdAtMs: integer('created_at').notNull(),
    },
    // One index for the list and for counting the unread: every further one costs each bid a page.
    (table) => [index('notifications_user').on(table.userId, table.id, table.isRead)],
  );

  /**
   * Letters, calls to the main backend and rooms to be closed, on their way. `data` is the JSON of each without
   * `kind`; `userId` is the reader of a letter, whom a call is about, or who was in the room. Rooms have auction 0.
   */
  const outbox = table(
    'outbox',
    {
      id: id(),
      userId: integer('user_id').notNull(),
      auctionId: integer('auction_id').notNull(),
      kind: varchar('kind', 32).$type<OutboxKind>().notNull(),
      data: text('data').notNull(),
      gatherKey: varchar('gather_key', 100),
      status: varchar('status', 16).$type<OutboxStatus>().notNull(),
      dueAtMs: integer('due_at').notNull(),
      claimedAtMs: integer('claimed_at'),
      sentAtMs: integer('sent_at'),
      attempts: integer('attempts').notNull(),
      lastError: varchar('last_error', 500),
      wasPutOff: boolean('was_put_off').notNull(),
      createdAtMs: integer('created_at').notNull(),
    },
    (table) => [
      index('outbox_due').on(table.status, table.dueAtMs),
      index('outbox_gather').on(table.gatherKey, table.status, table.claimedAtMs),
    ],
  );

  const deadlines = table(
    'deadlines',
    {
      kind: varchar('kind', 32).$type<DeadlineKind>().notNull(),
      subjectId: integer('subject_id').notNull(),
      dueAtMs: integer('due_at').notNull(),
    },
    (table) => [
      primaryKey('deadlines_pk', [table.kind, table.subjectId]),
      index('deadlines_due').on(table.dueAtMs),
    ],
  );

  return { notifications, outbox, deadlines };
}

/** What processes leave for each other and for themselves. */
export function processTables({ table, integer, varchar, primaryKey }: Columns) {
  /** One row that is overwritten to see whether anything can be stored. */
  const probes = table('probes', { id: integer('id').notNull(), atMs: integer('at').notNull() }, (table) => [
    primaryKey('probes_pk', [table.id]),
  ]);

  /** Processes that serve this database together, each with the moment at which it was last known to live. */
  const nodes = table(
    'nodes',
    { id: varchar('id', 100).notNull(), seenAtMs: integer('seen_at').notNull() },
    (table) => [primaryKey('nodes_pk', [table.id])],
  );

  return { probes, nodes };
}
