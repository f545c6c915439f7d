import { formatMinor, majorOf } from '../../shared/money.ts';
import { isoSeconds } from '../../shared/time.ts';
import { partyOf } from '../consumers/calls/messages.ts';
import { auctionModel, type ListedSale } from '../consumers/gateway/model.ts';
import { ACCESS_TOKEN_LIFETIME_MS, type Session } from '../domain/account/auth.ts';
import type { AuctionEnded } from '../domain/auction/rules/events.ts';
import type { BidLine } from '../domain/auction/view/snapshot.ts';
import type { Call } from '../domain/call/call.ts';
import type { Telecaller } from '../domain/call/telecaller.ts';
import type { ListedNotification } from '../domain/notification/notification.ts';
import type { AuctionLine, Category } from '../domain/auction/catalogue/store.ts';
import type { Winning } from '../domain/auction/catalogue/winnings.ts';

/** A notice as `GET /api/notifications/` lists it. */
export function notificationView(notification: ListedNotification) {
  return {
    id: notification.id,
    notification_type: notification.type,
    title: notification.title,
    message: notification.message,
    is_read: notification.isRead,
    auction: {
      id: notification.auctionId,
      product_name: notification.productName,
      current_price: formatMinor(notification.currentPrice),
    },
    created_at: isoSeconds(notification.createdAtMs),
  };
}

/** An auction as `GET /api/auctions/` lists it. */
export function auctionLineView(line: AuctionLine) {
  return {
    auction_id: line.id,
    product_name: line.productName,
    category: line.category,
    image: line.imageUrl,
    seller: line.seller,
    starting_price: formatMinor(line.startingPrice),
    current_price: formatMinor(line.currentPrice),
    start_time: isoSeconds(line.startTimeMs),
    end_time: isoSeconds(line.endTimeMs),
    status: line.status,
    is_active: line.status === 'active',
    winner: line.winner,
    total_bids: line.totalBids,
  };
}

/** A bid as `GET /api/auctions/{id}/bids/` lists it. */
export function bidView({ seq, bidder, amount, atMs }: BidLine) {
  return { bidder, amount: formatMinor(amount), time: isoSeconds(atMs), seq };
}

/** How an auction ended, as its watchers are told. */
export function auctionEndView(auctionId: number, { winner, finalPrice }: AuctionEnded) {
  return {
    auction_id: auctionId,
    winner: winner?.username ?? null,
    final_price: formatMinor(finalPrice),
    status: 'ended' as const,
  };
}

/** A live sale as `GET /api/auctions/?type=Live` lists it. */
export function saleView(sale: ListedSale, nowMs: number) {
  return { ...auctionModel(sale, nowMs), owner: sale.owner, external_id: sale.externalId };
}

/** Something that was won, as `GET /api/winnings/` lists it. */
export function winningView(winning: Winning) {
  return {
    id: winning.id,
    user_id: winning.userId,
    auction_id: winning.auctionId,
    product: winning.product,
    price: majorOf(winning.price),
    weight: winning.weight,
    sold: winning.isSold,
    createdAt: isoSeconds(winning.createdAtMs),
    updatedAt: isoSeconds(winning.updatedAtMs),
  };
}

/** A category as `GET /api/categories/` lists it. */
export function categoryView({ id, name, pictureUrl, createdAtMs, updatedAtMs }: Category) {
  return {
    id,
    name,
    pic_url: pictureUrl,
    createdAt: isoSeconds(createdAtMs),
    updatedAt: isoSeconds(updatedAtMs),
  };
}

/** A call as `GET /api/calls/` lists it. */
export function callView(call: Call) {
  return {
    callId: call.callId,
    callType: call.type,
    status: call.status,
    caller: partyOf(call.caller),
    telecaller: partyOf(call.telecaller),
    createdAt: isoSeconds(call.createdAtMs),
    acceptedAt: call.acceptedAtMs === null ? null : isoSeconds(call.acceptedAtMs),
    endedAt: call.endedAtMs === null ? null : isoSeconds(call.endedAtMs),
    duration: call.durationSeconds,
    coins: call.coins,
  };
}

/** A telecaller as `GET /api/telecallers/` lists them. */
export function telecallerView(telecaller: Telecaller) {
  const { username, language, about, presence } = telecaller;
  return { ...partyOf(telecaller), username, language, about, presence };
}

/** What a user who has logged in is given. */
export function sessionView({ accessToken, refreshToken, user }: Session) {
  const { id, name, type, number, username } = user;
  const expiresIn = ACCESS_TOKEN_LIFETIME_MS / 1000;
  return { accessToken, expiresIn, refreshToken, user: { id, name, type, number, username } };
}
