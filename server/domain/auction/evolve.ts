import type { Profile } from '../account/account.ts';
import { type AuctionEvent, type BidPlaced, NO_PRICES, type RoundPrices } from './events.ts';
import type { AuctionState, Round, Sale } from './state.ts';

/** The state after one more event. Total: an event that was stored always applies. */
export function evolve(state: AuctionState, event: AuctionEvent): AuctionState {
  const version = state.version + 1;
  switch (event.type) {
    case 'auction_created':
    case 'comment_posted':
      return { ...state, version };
    case 'auction_started':
      return { ...state, version, status: 'active' };
    case 'bid_placed':
      return afterBid(state, version, event);
    case 'auction_ended':
      return { ...state, version, status: 'ended' };
    case 'auction_cancelled':
      return { ...state, version, status: 'cancelled' };
    case 'product_changed':
      return withRound(state, version, event.round, event.product, event.prices);
    case 'product_awarded':
      return withRound(state, version, event.round + 1, null, NO_PRICES);
    case 'ring_opened':
      return withSale(state, version, { ring: 'open' });
    case 'ring_closed':
      return withSale(state, version, { ring: 'closed', pause: null });
    case 'sale_paused':
      return withSale(state, version, { pause: event.reason });
    case 'sale_resumed':
      return withSale(state, version, { pause: null });
    case 'user_muted':
      return { ...state, version, sale: state.sale && afterMute(state.sale, event.userId, event.isMuted) };
  }
}

/** Written out, for every bid comes through here. */
function afterBid(state: AuctionState, version: number, event: BidPlaced): AuctionState {
  const { bidder, amount } = event;
  return {
    facts: state.facts,
    version,
    status: state.status,
    currentPrice: amount,
    leader: { id: bidder.id, username: bidder.username, bidSeq: version },
    totalBids: state.totalBids + 1,
    sale:
      state.sale && event.sale ? withHighestBid(state.sale, version, event, event.sale.bidder) : state.sale,
  };
}

function withHighestBid(sale: Sale, seq: number, { amount, atMs }: BidPlaced, bidder: Profile): Sale {
  return { ...sale, round: { ...sale.round, highestBid: { seq, amount, bidder, atMs } } };
}

function withSale(state: AuctionState, version: number, changes: Partial<Sale>): AuctionState {
  return { ...state, version, sale: state.sale && { ...state.sale, ...changes } };
}

function withRound(
  state: AuctionState,
  version: number,
  number: number,
  product: string | null,
  prices: RoundPrices,
): AuctionState {
  const round: Round = { number, product, prices, highestBid: null };
  return {
    ...state,
    version,
    currentPrice: prices.minBidPrice,
    leader: null,
    totalBids: 0,
    sale: state.sale && { ...state.sale, round },
  };
}

function afterMute(sale: Sale, userId: number, isMuted: boolean): Sale {
  const others = sale.mutedUserIds.filter((id) => id !== userId);
  return { ...sale, mutedUserIds: isMuted ? [...others, userId] : others };
}
