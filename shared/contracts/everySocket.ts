import { z } from 'zod';
import { required } from './fields.ts';
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

/** What renews the token of a connection. */
export const authenticatePayload = z.object({
  token: z.string({ error: required('a string') }).min(1, 'must not be empty'),
});

/** From the client: a new token of the same user. Its fields may also stand inside `data`. */
export const authenticateMessage = z
  .strictObject({ type: z.literal('authenticate'), token: z.string().min(1), id: messageId.optional() })
  .meta({ id: 'AuthenticateMessage' });

/** To the sender alone: the token of the connection was renewed; `expires_at` is null where it never ends. */
export const authenticatedMessage = z
  .strictObject({
    type: z.literal('authenticated'),
    id: messageId.optional(),
    data: z.strictObject({ expires_at: time.nullable() }),
  })
  .meta({ id: 'AuthenticatedMessage' });

/** To one connection: its token ends then, and the connection with it unless the token is renewed. */
export const tokenExpiringMessage = z
  .strictObject({ type: z.literal('token_expiring'), data: z.strictObject({ expires_at: time }) })
  .meta({ id: 'TokenExpiringMessage' });

/** An error of a protocol that has no shape of its own for errors. */
export type ErrorMessage = z.output<typeof errorMessage>;
/** The acknowledgement of a client's message. */
export type AckMessage = z.output<typeof ackMessage>;
/** An in-app notice. */
export type NotificationMessage = z.output<typeof notificationMessage>;
/** The answer to a client that renews its token. */
export type AuthenticatedMessage = z.output<typeof authenticatedMessage>;
/** The notice that a token ends. */
export type TokenExpiringMessage = z.output<typeof tokenExpiringMessage>;
/** What any connection may be sent, whatever its protocol. */
export type EverySocketMessage = NotificationMessage | AuthenticatedMessage | TokenExpiringMessage;
