import { formatMinor } from '../../../../shared/money.ts';
import type {
  Letter,
  NewLetter,
  NewNotification,
  NotificationType,
} from '../../notification/notification.ts';
import type { AuctionEnded, BidPlaced, ProductAwarded, StoredAuctionEvent } from '../rules/events.ts';
import type { AuctionState } from '../rules/state.ts';

/** Whom events concern in person: in-app notices and letters. */
export interface Notices {
  readonly notifications: NewNotification[];
  readonly letters: NewLetter[];
}

/** The notices that follow from events, which happened to `before` in this order. */
export function noticesOf(before: AuctionState, events: readonly StoredAuctionEvent[]): Notices {
  const notices = new NoticeWriter(before.facts.id);
  let productName = before.round.product ?? before.facts.productName;
  const hasOutbidLetters = before.sale === null || before.sale.hasOutbidLetters;
  for (const { event } of events) {
    switch (event.type) {
      case 'bid_placed':
        tellOutbid(notices, event, productName, hasOutbidLetters);
        break;
      case 'auction_ended':
        if (before.sale === null) tellEnd(notices, event, before);
        break;
      case 'product_changed':
        productName = event.product;
        break;
      case 'product_awarded':
        tellAward(notices, event);
        productName = before.facts.productName;
        break;
      case 'auction_created':
      case 'auction_started':
      case 'auction_cancelled':
      case 'comment_posted':
      case 'user_muted':
      case 'ring_opened':
      case 'ring_closed':
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
    const gatherKey = letter.kind === 'outbid' ? `outbid:${auctionId}:${userId}` : null;
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

function tellAward(notices: NoticeWriter, { winningBid, product, atMs }: ProductAwarded): void {
  if (winningBid !== null) tellWinner(notices, winningBid.bidder.id, product, winningBid.amount, atMs);
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
