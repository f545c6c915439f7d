import { formatMinor } from '../../shared/money.ts';
import { isoSeconds } from '../../shared/time.ts';
import { BoundedList } from '../channels/boundedList.ts';
import type { WireMessage } from '../channels/message.ts';
import type { RingEvent, RoundPrices, StoredAuctionEvent } from '../domain/auction/events.ts';
import type { SaleBid, SaleComment, SaleSnapshot } from '../domain/auction/saleSnapshot.ts';
import type { AuctionSnapshot } from '../domain/auction/snapshot.ts';

/** The topic of everyone in the room of a ring. */
export function ringTopic(ringId: number): string {
  return `ring.${ringId}`;
}

/** The lists of bids and comments as this protocol writes them, bounded in bytes (SA7). */
export interface RingLists {
  readonly bids: BoundedList<SaleBid, ReturnType<typeof bidOf>>;
  readonly comments: BoundedList<SaleComment, ReturnType<typeof commentOf>>;
}

/** Lists of at most that many bytes each; 0: no bound. */
export function ringLists(maxBytes: number): RingLists {
  return { bids: new BoundedList(maxBytes, bidOf), comments: new BoundedList(maxBytes, commentOf) };
}

/** What a session is told on connection; `null` for a timed auction, which has no ring. */
export function ringStatusMessage(
  snapshot: AuctionSnapshot,
  lists: RingLists,
  userCount: number,
  nowMs: number,
): WireMessage | null {
  const { auctionId, seq, sale } = snapshot;
  if (sale === null) return null;
  return {
    type: 'ring_status',
    seq,
    server_time: isoSeconds(nowMs),
    data: {
      ring_id: auctionId,
      title: sale.title,
      description: sale.description,
      image_url: sale.imageUrl,
      auctioneer: sale.owner,
      ...flagsOf(snapshot, sale),
      round: sale.round,
      product: sale.product,
      ...pricesOf(sale.prices),
      current_price: formatMinor(snapshot.currentPrice),
      latest_bids: lists.bids.newestFirst(sale.bids, auctionId),
      latest_comments: lists.comments.oldestFirst(sale.comments, auctionId),
      user_count: userCount,
    },
  };
}

/** How many connections are in the room. */
export function userCountMessage(ringId: number, userCount: number): WireMessage {
  return { type: 'user_count', data: { ring_id: ringId, user_count: userCount } };
}

/** What an event is to those in the room; `null` for one that nobody can have missed. */
export function ringEventMessage(
  { seq, event }: StoredAuctionEvent,
  snapshot: AuctionSnapshot,
): WireMessage | null {
  const { auctionId: ring_id, sale } = snapshot;
  if (sale === null) return null;
  const flags = flagsOf(snapshot, sale);
  switch (event.type) {
    case 'auction_created':
      return null;
    case 'auction_started':
    case 'auction_ended':
    case 'auction_cancelled':
      return { type: event.type, seq, data: { ring_id, ...flags } };
    case 'bid_placed': {
      const [bid] = sale.bids;
      return {
        type: 'new_bid',
        seq,
        data: { ...(bid && bidOf(bid)), current_price: formatMinor(event.amount) },
      };
    }
    case 'comment_posted':
      return { type: 'new_comment', seq, data: commentOf(event) };
    case 'product_changed':
      return {
        type: 'product_changed',
        seq,
        data: { round: event.round, product: event.product, ...pricesOf(event.prices) },
      };
    case 'product_awarded': {
      const { round, product, weight, winningBid } = event;
      const winning_bid = winningBid && bidOf(winningBid);
      return { type: 'product_awarded', seq, data: { round, product, weight, winning_bid } };
    }
    case 'user_muted':
      return { type: 'user_muted', seq, data: { user_id: event.userId, is_muted: event.isMuted } };
    default:
      return { type: RING_WORDS[event.type], seq, data: { ring_id, ...flags, ...causeOf(event) } };
  }
}

const RING_WORDS: Record<RingEvent['type'], string> = {
  ring_opened: 'ring_live',
  sale_paused: 'ring_paused',
  sale_resumed: 'ring_resumed',
  ring_closed: 'ring_closed',
};

function causeOf(event: RingEvent): { readonly reason?: string } {
  switch (event.type) {
    case 'sale_paused':
      return { reason: event.reason };
    case 'ring_closed':
      return { reason: event.cause };
    case 'ring_opened':
    case 'sale_resumed':
      return {};
  }
}

/** A ring that lost its auctioneer is not live until they are back. */
function flagsOf({ status }: AuctionSnapshot, { pause, ring }: SaleSnapshot) {
  return {
    status,
    is_live: status === 'active' && ring !== 'closed' && pause !== 'auctioneer_disconnected',
    paused: pause !== null,
    is_auctioneer_disconnected: pause === 'auctioneer_disconnected',
    is_closed: ring === 'closed',
  };
}

function pricesOf({ minBidPrice, bidPrice, actualPrice }: RoundPrices) {
  return {
    min_bid_price: formatMinor(minBidPrice),
    bid_price: formatMinor(bidPrice),
    actual_price: formatMinor(actualPrice),
  };
}

function bidOf({ bidder, amount, atMs }: Pick<SaleBid, 'bidder' | 'amount' | 'atMs'>) {
  return { bidder: bidder.username, amount: formatMinor(amount), time: isoSeconds(atMs) };
}

function commentOf({ author, text, atMs }: Pick<SaleComment, 'author' | 'text' | 'atMs'>) {
  return { user: author.username, comment: text, time: isoSeconds(atMs) };
}
