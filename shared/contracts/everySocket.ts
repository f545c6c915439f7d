import { z } from 'zod';
import { id, time } from './values.ts';

/** Messages that every protocol may send, and the parts that their contracts have in common. */

/** The id that a client may give a message: it comes back on the message's outcome. */
export const messageId = z.union([z.int(), z.string().min(1).max(64)]);

/** The number of an auction's event: it rises by one with each. */
export const seq = z.int().positive();

/** To the sender alone: what is wrong, in words and as a stable code. */
export const errorMessage = z
  .strictObject({
    type: z.literal('error'),
    message: z.string(),
    code: z.string(),
    id: messageId.optional(),
  })
  .meta({ id: 'ErrorMessage' });

/** To the sender alone: the message with this `id` was carried out; `seq` where a ledger event came of it. */
export const ackMessage = z.strictObject({
  type: z.literal('ack'),
  id: messageId,
  data: z.strictObject({ ok: z.literal(true), seq: seq.optional() }),
});

/** The kinds of notice a person may get. */
export const notificationType = z.enum([
  'bid_outbid',
  'bid_lapsed',
  'auction_won',
  'auction_lost',
  'auction_sold',
  'auction_unsold',
  'lot_not_awarded',
]);

/** To one person, on every socket they have open: an in-app notice. */
export const notificationMessage = z
  .strictObject({
    type: z.literal('notification'),
    data: z.strictObject({
      id,
      notification_type: notificationType,
      title: z.string(),
      message: z.string(),
      auction: id,
      is_read: z.boolean(),
      created_at: time,
    }),
  })
  .meta({ id: 'NotificationMessage' });

/** An error of a protocol that has no shape of its own for errors. */
export type ErrorMessage = z.output<typeof errorMessage>;
/** The acknowledgement of a client's message. */
export type AckMessage = z.output<typeof ackMessage>;
/** An in-app notice. */
export type NotificationMessage = z.output<typeof notificationMessage>;
