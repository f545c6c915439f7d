import type { AuctionStatusMessage, ServerMessage } from '../../../shared/contracts/auctionSocket.ts';
import { formatMinor } from '../../../shared/money.ts';
import { isoSeconds } from '../../../shared/time.ts';
import { type Topic, topicOf } from '../../channels/groups.ts';
import { type MessageId, Outgoing } from '../../channels/message.ts';
import type { BidPlaced, SaleEvent, StoredAuctionEvent } from '../../domain/auction/rules/events.ts';
import type { AuctionSnapshot } from '../../domain/auction/view/snapshot.ts';
import type { Stored } from '../../domain/auction/rules/outcome.ts';

/** The topic of everyone who watches an auction in this dialect. */
export function auctionTopic(auctionId: number): Topic<ServerMessage> {
  return topicOf(`auction.${auctionId}`);
}

/** The `data` of `auction_status`, and of `GET /api/auctions/:id/`. */
export function auctionStatusData(snapshot: AuctionSnapshot) {
  const { product, seller } = snapshot;
  return {
    auction_id: snapshot.auctionId,
    product: {
      id: product.id,
      name: product.name,
      description: product.description,
      condition: product.condition,
      category: product.category,
      images: product.images.map(({ url, isPrimary, order }) => ({ url, is_primary: isPrimary, order })),
    },
    seller: {
      id: seller.id,
      username: seller.username,
      email: seller.email,
      brand_name: seller.brandName,
      biography: seller.biography,
      is_verified: seller.isVerified,
      average_rating: formatMinor(seller.averageRatingHundredths),
      total_feedbacks: seller.totalFeedbacks,
    },
    starting_price: formatMinor(snapshot.startingPrice),
    current_price: formatMinor(snapshot.currentPrice),
    start_time: isoSeconds(snapshot.startTimeMs),
    end_time: isoSeconds(snapshot.endTimeMs),
    status: snapshot.status,
    is_active: snapshot.status === 'active',
    winner: snapshot.winner,
    total_bids: snapshot.totalBids,
    latest_bids: snapshot.latestBids.map(({ bidder, amount, atMs }) => ({
      bidder,
      amount: formatMinor(amount),
      time: isoSeconds(atMs),
    })),
  };
}

/** Writes an event for those who watch; `null` for one that happens before anyone can watch. */
export function auctionEventMessage(
  { seq, event }: StoredAuctionEvent,
  snapshot: AuctionSnapshot,
): ServerMessage | null {
  const { auctionId } = snapshot;
  switch (event.type) {
    case 'auction_created':
      return null;
    case 'auction_started':
      return {
        type: 'auction_started',
        seq,
        data: {
          auction_id: auctionId,
          status: 'active',
          current_price: formatMinor(snapshot.currentPrice),
          start_time: isoSeconds(snapshot.startTimeMs),
          end_time: isoSeconds(snapshot.endTimeMs),
        },
      };
    case 'bid_placed':
      return {
        type: 'new_bid',
        seq,
        data: {
          bidder: event.bidder.username,
          amount: formatMinor(event.amount),
          time: isoSeconds(event.atMs),
          current_price: formatMinor(event.amount),
        },
      };
    case 'auction_ended':
      return {
        type: 'auction_ended',
        seq,
        data: {
          auction_id: auctionId,
          winner: event.winner?.username ?? null,
          final_price: formatMinor(event.finalPrice),
          status: 'ended',
        },
      };
    default:
      return saleEventMessage(snapshot, seq, event);
  }
}

/** What happens in a live sale only, for those who watch it through this protocol. */
function saleEventMessage(snapshot: AuctionSnapshot, seq: number, event: SaleEvent): ServerMessage {
  const { auctionId } = snapshot;
  switch (event.type) {
    case 'auction_cancelled':
      return { type: 'auction_cancelled', seq, data: { auction_id: auctionId, status: 'cancelled' } };
    case 'product_changed':
      return {
        type: 'product_changed',
        seq,
        data: {
          auction_id: auctionId,
          product: event.product,
          current_price: formatMinor(snapshot.currentPrice),
          starting_price: formatMinor(event.prices.bidPrice),
        },
      };
    case 'product_awarded':
      return {
        type: 'product_awarded',
        seq,
        data: {
          auction_id: auctionId,
          product: event.product,
          winner: event.winningBid?.bidder.username ?? null,
          final_price: event.winningBid && formatMinor(event.winningBid.amount),
        },
      };
    case 'comment_posted': {
      const { author, text: comment, atMs } = event;
      return { type: 'comment', seq, data: { user: author.username, comment, time: isoSeconds(atMs) } };
    }
    case 'ring_opened':
    case 'ring_closed':
      return { type: event.type, seq, data: { auction_id: auctionId } };
    case 'sale_paused':
      return { type: 'auction_paused', seq, data: { auction_id: auctionId, reason: event.reason } };
    case 'sale_resumed':
      return { type: 'auction_resumed', seq, data: { auction_id: auctionId } };
    case 'user_muted':
      return { type: 'user_muted', seq, data: { user_id: event.userId, is_muted: event.isMuted } };
  }
}

/** The private answer to an accepted bid that carried an id. */
export function bidAcceptedMessage(id: MessageId, { seq, event }: Stored<BidPlaced>): ServerMessage {
  const amount = formatMinor(event.amount);
  const time = isoSeconds(event.atMs);
  return { type: 'bid_accepted', id, seq, amount, time, data: { id, seq, amount, time } };
}

/** Snapshots as frames, encoded once for everyone who connects within the same second. */
export class AuctionStatusFrames {
  readonly #frames = new WeakMap<
    AuctionSnapshot,
    { readonly serverTime: string; readonly frame: Outgoing<AuctionStatusMessage> }
  >();

  frameOf(snapshot: AuctionSnapshot, nowMs: number): Outgoing<AuctionStatusMessage> {
    const serverTime = isoSeconds(nowMs);
    const known = this.#frames.get(snapshot);
    if (known?.serverTime === serverTime) return known.frame;
    const frame = new Outgoing<AuctionStatusMessage>({
      type: 'auction_status',
      seq: snapshot.seq,
      server_time: serverTime,
      data: auctionStatusData(snapshot),
    });
    this.#frames.set(snapshot, { serverTime, frame });
    return frame;
  }
}
