import type { Minor } from '../../../shared/money.ts';

/** The kinds of notice a person may get in the application. */
export type NotificationType =
  'bid_outbid' | 'auction_won' | 'auction_lost' | 'auction_sold' | 'auction_unsold' | 'lot_not_awarded';

/** A notice to be stored with the event that causes it. */
export interface NewNotification {
  readonly userId: number;
  readonly type: NotificationType;
  readonly title: string;
  readonly message: string;
  readonly auctionId: number;
  readonly createdAtMs: number;
}

/** A stored notice. */
export interface Notification extends NewNotification {
  readonly id: number;
  readonly isRead: boolean;
}

/** A notice with what a list shows of its auction. */
export interface ListedNotification extends Notification {
  readonly productName: string;
  readonly currentPrice: Minor;
}

/** What a letter says; the address is looked up when it is sent. */
export type Letter = OutbidLetter | WonLetter | LostLetter | SoldLetter | UnsoldLetter;

/** "You have been outbid on …" Of a timed auction it is sent with the price at that moment. */
export interface OutbidLetter {
  readonly kind: 'outbid';
  readonly productName: string;
  readonly amount: Minor;
}

/** To the winner. */
export interface WonLetter {
  readonly kind: 'auction_won';
  readonly productName: string;
  readonly finalPrice: Minor;
}

/** To a bidder who did not win, in place of an outbid letter that would come too late. */
export interface LostLetter {
  readonly kind: 'auction_lost';
  readonly productName: string;
  readonly finalPrice: Minor;
}

/** To the seller of an auction with a winner. */
export interface SoldLetter {
  readonly kind: 'auction_sold';
  readonly productName: string;
  readonly finalPrice: Minor;
  readonly winner: string;
}

/** To the seller of an auction without a bid. */
export interface UnsoldLetter {
  readonly kind: 'auction_unsold';
  readonly productName: string;
}

/** A letter to be queued in the commit of the event that causes it. */
export interface NewLetter {
  readonly userId: number;
  readonly auctionId: number;
  readonly letter: Letter;
  /**
   * Letters with the same key are gathered: the first goes at once, further ones within the window become
   * one with the newest content. `null`: never gathered.
   */
  readonly gatherKey: string | null;
  readonly createdAtMs: number;
}

/** The gather key of outbid letters to one reader on one auction. */
export function outbidKey(auctionId: number, userId: number): string {
  return `outbid:${auctionId}:${userId}`;
}

/** Between which texts the gather keys of an auction's outbid letters stand, in the order of their characters. */
export function outbidKeys(auctionId: number): { readonly after: string; readonly before: string } {
  return { after: `outbid:${auctionId}:`, before: `outbid:${auctionId};` };
}
