import { formatMinor } from '../../../../shared/money.ts';
import {
  type Letter,
  type NewLetter,
  type NewNotification,
  type NotificationType,
  outbidKey,
} from '../../notification/notification.ts';
import type {
  AuctionEnded,
  BidPlaced,
  ProductAwarded,
  RingClosed,
  StoredAuctionEvent,
} from '../rules/events.ts';
import type { AuctionState } from '../rules/state.ts';

/** Whom events concern in person: in-app notices and letters. */
export interface Notices {
  readonly notifications: NewNotification[];
  readonly letters: NewLetter[];
}

/** Someone who has bid on an auction. */
export interface EarlierBidder {
  readonly userId: number;
  /** Whether the end is told by letter too, should they not win: they were outbid lately, or a letter that says so waits. */
  readonly wantsLetter: boolean;
}

/**
 * The notices that follow from events, which happened to `before` in this order. `earlierBidders` are all who have bid until
 * then; they are needed where a timed auction ends.
 */
export function noticesOf(
  before: AuctionState,
  events: readonly StoredAuctionEvent[],
  earlierBidders: readonly EarlierBidder[] = [],
): Notices {
  const notices = new NoticeWriter(before.facts.id);
  let productName = before.round.product ?? before.facts.productName;
  let leaderId = before.round.highestBid?.bidder.id ?? null;
  const hasOutbidLetters = before.sale === null || before.sale.hasOutbidLetters;
  for (const { event } of events) {
    switch (event.type) {
      case 'bid_placed':
        tellOutbid(notices, event, productName, hasOutbidLetters);
        leaderId = event.bidder.id;
        break;
      case 'auction_ended':
        if (before.sale !== null) break;
        tellEnd(notices, event, before);
        if (event.winner !== null) {
          const bidders = biddersWith(earlierBidders, events);
          bidders.delete(event.winner.id);
          tellLosers(notices, event, before.facts.productName, bidders);
        }
        break;
      case 'product_changed':
        productName = event.product;
        leaderId = null;
        break;
      case 'product_awarded':
        tellAward(notices, event);
        productName = before.facts.productName;
        leaderId = null;
        break;
      case 'ring_closed':
        if (leaderId !== null) tellNotAwarded(notices, event, leaderId, productName);
        break;
      case 'auction_created':
      case 'auction_started':
      case 'auction_cancelled':
      case 'comment_posted':
      case 'user_muted':
      case 'ring_opened':
      case 'sale_paused':
      case 'sale_resumed':
        break;
    }
  }
  return notices;
}

class NoticeWriter implements Notices {
  readonly notifications: NewNotification[] = [];
  readonly letters: NewLetter[] = [];
  readonly #auctionId: number;

  constructor(auctionId: number) {
    this.#auctionId = auctionId;
  }

  notify(userId: number, type: NotificationType, title: string, message: string, createdAtMs: number): void {
    this.notifications.push({ userId, type, title, message, auctionId: this.#auctionId, createdAtMs });
  }

  write(userId: number, letter: Letter, createdAtMs: number): void {
    const auctionId = this.#auctionId;
    const gatherKey = letter.kind === 'outbid' ? outbidKey(auctionId, userId) : null;
    this.letters.push({ userId, auctionId, letter, gatherKey, createdAtMs });
  }
}

/** A leader who raises their own bid is not notified. */
function tellOutbid(
  notices: NoticeWriter,
  { previousLeader, bidder, amount, atMs }: BidPlaced,
  productName: string,
  withLetter: boolean,
): void {
  if (previousLeader === null || previousLeader.id === bidder.id) return;
  const message = `Someone placed a higher bid of Rs. ${formatMinor(amount)} on ${productName}`;
  notices.notify(previousLeader.id, 'bid_outbid', 'You have been outbid', message, atMs);
  if (withLetter) notices.write(previousLeader.id, { kind: 'outbid', productName, amount }, atMs);
}

function tellEnd(
  notices: NoticeWriter,
  { winner, finalPrice, atMs }: AuctionEnded,
  { facts: { sellerId, productName } }: AuctionState,
): void {
  const title = 'Your auction has ended';
  if (winner === null) {
    notices.notify(sellerId, 'auction_unsold', title, `${productName} received no bids`, atMs);
    notices.write(sellerId, { kind: 'auction_unsold', productName }, atMs);
    return;
  }
  tellWinner(notices, winner.id, productName, finalPrice, atMs);
  const message = `${winner.username} won ${productName} for Rs. ${formatMinor(finalPrice)}`;
  notices.notify(sellerId, 'auction_sold', title, message, atMs);
  notices.write(sellerId, { kind: 'auction_sold', productName, finalPrice, winner: winner.username }, atMs);
}

/** All who have bid, and whether they want letters. Who was outbid by one of these events was so just now. */
function biddersWith(
  earlierBidders: readonly EarlierBidder[],
  events: readonly StoredAuctionEvent[],
): Map<number, boolean> {
  const bidders = new Map(earlierBidders.map(({ userId, wantsLetter }) => [userId, wantsLetter]));
  for (const { event } of events) {
    if (event.type !== 'bid_placed') continue;
    bidders.set(event.bidder.id, true);
    if (event.previousLeader !== null) bidders.set(event.previousLeader.id, true);
  }
  return bidders;
}

function tellLosers(
  notices: NoticeWriter,
  { finalPrice, atMs }: AuctionEnded,
  productName: string,
  losers: ReadonlyMap<number, boolean>,
): void {
  const message = `${productName} went to another bidder for Rs. ${formatMinor(finalPrice)}`;
  const letter = { kind: 'auction_lost', productName, finalPrice } as const;
  for (const [userId, wantsLetter] of losers) {
    notices.notify(userId, 'auction_lost', 'The auction has ended', message, atMs);
    if (wantsLetter) notices.write(userId, letter, atMs);
  }
}

function tellAward(notices: NoticeWriter, { winningBid, product, atMs }: ProductAwarded): void {
  if (winningBid !== null) tellWinner(notices, winningBid.bidder.id, product, winningBid.amount, atMs);
}

/** A host who ends the round themselves has decided not to award it; one who is gone has not. */
function tellNotAwarded(
  notices: NoticeWriter,
  { cause, atMs }: RingClosed,
  leaderId: number,
  productName: string,
): void {
  if (cause !== 'auctioneer_disconnected') return;
  const message = `The auctioneer left and the sale has ended: your highest bid did not win ${productName}`;
  notices.notify(leaderId, 'lot_not_awarded', 'The lot was not awarded', message, atMs);
}

function tellWinner(
  notices: NoticeWriter,
  userId: number,
  productName: string,
  finalPrice: number,
  atMs: number,
): void {
  const message = `You won ${productName} for Rs. ${formatMinor(finalPrice)}`;
  notices.notify(userId, 'auction_won', 'You have won the auction', message, atMs);
  notices.write(userId, { kind: 'auction_won', productName, finalPrice }, atMs);
}
