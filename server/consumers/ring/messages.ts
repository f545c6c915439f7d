import type { RingRole, ServerMessage } from '../../../shared/contracts/ringSocket.ts';
import { formatMinor } from '../../../shared/money.ts';
import { isoSeconds } from '../../../shared/time.ts';
import { BoundedList } from '../../channels/boundedList.ts';
import { type Topic, topicOf } from '../../channels/groups.ts';
import type { RoundPrices, StoredAuctionEvent } from '../../domain/auction/rules/events.ts';
import { statusOfClosed } from '../../domain/auction/rules/salePhase.ts';
import type { SaleBid, SaleComment, SaleSnapshot } from '../../domain/auction/view/saleSnapshot.ts';
import type { AuctionSnapshot } from '../../domain/auction/view/snapshot.ts';

/** The topic of everyone in the room of a ring. */
export function ringTopic(ringId: number): Topic<ServerMessage> {
  return topicOf(`ring.${ringId}`);
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

/** A session of a ring as it is told of itself, and how many there are. */
export interface RingViewer {
  readonly sessionId: string;
  readonly role: RingRole;
  readonly userCount: number;
}

/** What a session is told on connection; `null` for a timed auction, which has no ring. */
export function ringStatusMessage(
  snapshot: AuctionSnapshot,
  lists: RingLists,
  { sessionId, role, userCount }: RingViewer,
  nowMs: number,
): ServerMessage | null {
  const { auctionId, seq, sale } = snapshot;
  if (sale === null) return null;
  return {
    type: 'ring_status',
    seq,
    server_time: isoSeconds(nowMs),
    data: {
      ring_id: auctionId,
      external_id: sale.externalId,
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
      session_id: sessionId,
      role,
    },
  };
}

/** How many connections are in the room. */
export function userCountMessage(ringId: number, userCount: number): ServerMessage {
  return { type: 'user_count', data: { ring_id: ringId, user_count: userCount } };
}

/** Writes an event for those in the room; `null` for one that happens before anyone can be there. */
export function ringEventMessage(
  { seq, event }: StoredAuctionEvent,
  snapshot: AuctionSnapshot,
): ServerMessage | null {
  const { sale } = snapshot;
  if (sale === null) return null;
  switch (event.type) {
    case 'auction_created':
      return null;
    case 'auction_started':
    case 'auction_ended':
    case 'auction_cancelled':
      return { type: event.type, seq, data: ringOf(snapshot, sale) };
    case 'bid_placed': {
      const current_price = formatMinor(event.amount);
      return { type: 'new_bid', seq, data: { ...bidOf(event), current_price } };
    }
    case 'comment_posted':
      return { type: 'new_comment', seq, data: commentOf(event) };
    case 'product_changed': {
      const { round, product, prices } = event;
      return { type: 'product_changed', seq, data: { round, product, ...pricesOf(prices) } };
    }
    case 'product_awarded': {
      const { round, product, weight, winningBid } = event;
      const winning_bid = winningBid && bidOf(winningBid);
      return { type: 'product_awarded', seq, data: { round, product, weight, winning_bid } };
    }
    case 'user_muted':
      return { type: 'user_muted', seq, data: { user_id: event.userId, is_muted: event.isMuted } };
    case 'ring_opened':
      return { type: 'ring_live', seq, data: ringOf(snapshot, sale) };
    case 'sale_paused':
      return { type: 'ring_paused', seq, data: { ...ringOf(snapshot, sale), reason: event.reason } };
    case 'sale_resumed':
      return { type: 'ring_resumed', seq, data: ringOf(snapshot, sale) };
    case 'ring_closed': {
      // The event that ends the sale is the next one of the same change.
      const status = statusOfClosed(event.cause);
      return { type: 'ring_closed', seq, data: { ...ringOf(snapshot, sale), status, reason: event.cause } };
    }
  }
}

/** The ring with its flags, as events that change them tell it. */
function ringOf(snapshot: AuctionSnapshot, sale: SaleSnapshot) {
  return { ring_id: snapshot.auctionId, ...flagsOf(snapshot, sale) };
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

interface Bid extends Pick<SaleBid, 'amount' | 'atMs'> {
  readonly bidder: { readonly username: string };
}

function bidOf({ bidder, amount, atMs }: Bid) {
  return { bidder: bidder.username, amount: formatMinor(amount), time: isoSeconds(atMs) };
}

function commentOf({ author, text, atMs }: Pick<SaleComment, 'author' | 'text' | 'atMs'>) {
  return { user: author.username, comment: text, time: isoSeconds(atMs) };
}
