import { z } from 'zod';
import { bid } from './auction.ts';
import { notificationType } from './everySocket.ts';
import { keyedPageOf, pageOf } from './page.ts';
import { auctionStatus, id, person, price, time } from './values.ts';

/** What every answer that is not a success says. */
export const fault = z
  .strictObject({
    detail: z.string(),
    code: z.string().optional().meta({ description: 'A stable name of the refusal, where it has one.' }),
    error_id: z.string().optional().meta({ description: 'Names an unexpected error in the server’s log.' }),
  })
  .meta({ id: 'Fault', example: { detail: 'Not found.' } });

/** What a request with invalid fields is answered: every fault under the name of its field. */
export const invalidFields = z
  .strictObject({
    detail: z.string(),
    errors: z.record(z.string(), z.array(z.string())).optional(),
  })
  .meta({
    id: 'InvalidFields',
    example: { detail: 'name is required', errors: { name: ['is required'] } },
  });

/** An in-app notice with what a list shows of its auction. */
export const notification = z
  .strictObject({
    id,
    notification_type: notificationType,
    title: z.string(),
    message: z.string(),
    is_read: z.boolean(),
    auction: z.strictObject({ id, product_name: z.string(), current_price: price }),
    created_at: time,
  })
  .meta({ id: 'Notification' });

/** The notices of one user, newest first. */
export const notificationPage = pageOf('NotificationPage', notification);

/** A notice that is read now. */
export const readNotification = z
  .strictObject({ id, is_read: z.literal(true) })
  .meta({ id: 'ReadNotification' });

/** How many notices were unread and are read now. */
export const readAllNotifications = z
  .strictObject({ updated: z.int().min(0) })
  .meta({ id: 'ReadAllNotifications' });

/** How many notices are unread. */
export const unreadCount = z.strictObject({ unread_count: z.int().min(0) }).meta({ id: 'UnreadCount' });

/** An auction as a list shows it. */
export const auctionLine = z
  .strictObject({
    auction_id: id,
    product_name: z.string(),
    category: z.string(),
    image: z.string().nullable(),
    seller: person,
    starting_price: price,
    current_price: price,
    start_time: time,
    end_time: time,
    status: auctionStatus,
    is_active: z.boolean(),
    winner: person.nullable(),
    total_bids: z.int().min(0),
  })
  .meta({ id: 'AuctionLine' });

/** Auctions, newest first. */
export const auctionPage = keyedPageOf('AuctionPage', auctionLine);

const numbered = {
  seq: z.int().positive(),
  round: z.int().positive().meta({ description: 'The round of a live sale; 1 in a timed auction.' }),
};

/** A bid with its number in the auction's ledger. */
export const numberedBid = bid.extend(numbered).meta({ id: 'NumberedBid' });

/** The whole history of an auction's bids, newest first. */
export const bidPage = keyedPageOf('BidPage', numberedBid);

/** A comment with its number in the auction's ledger. */
export const numberedComment = z
  .strictObject({ user: z.string(), comment: z.string(), time, ...numbered })
  .meta({ id: 'NumberedComment' });

/** All comments of a live sale, newest first. */
export const commentPage = keyedPageOf('CommentPage', numberedComment);

/** Whether the server can do its work; `failing` names what it lacks. */
export const readiness = z
  .strictObject({ status: z.enum(['ready', 'not ready']), failing: z.array(z.string()) })
  .meta({ id: 'Readiness' });

/** The process is up. */
export const health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });
