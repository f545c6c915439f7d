import { type AuctionEvent, type BidPlaced, NO_PRICES, type Person, type SaleEvent } from './events.ts';
import { faultOf, LedgerFault, saleFaultOf } from './ledgerFault.ts';
import type { AuctionState, Round, SaleState, SaleTerms } from './state.ts';

/**
 * The state after one more event: the only rules by which an event changes an auction. Throws a {@link LedgerFault}
 * for an event that cannot have happened in that state.
 */
export function evolve(state: AuctionState, event: AuctionEvent): AuctionState {
  switch (event.type) {
    case 'auction_created':
    case 'auction_started':
    case 'bid_placed':
    case 'auction_ended':
      refuse(state, event, faultOf(state, event));
      return afterAnyEvent(state, state.version + 1, event);
    default:
      if (state.sale === null) throw new LedgerFault(state, event, 'it is not a live sale');
      refuse(state, event, saleFaultOf(state, event));
      return afterSaleEvent(state, state.version + 1, event);
  }
}

function refuse(state: AuctionState, event: AuctionEvent, fault: string | null): void {
  if (fault !== null) throw new LedgerFault(state, event, fault);
}

function afterAnyEvent(
  state: AuctionState,
  version: number,
  event: Exclude<AuctionEvent, SaleEvent>,
): AuctionState {
  switch (event.type) {
    case 'auction_created':
      return { ...state, version };
    case 'auction_started':
      return { ...state, version, status: 'active' };
    case 'bid_placed':
      return afterBid(state, version, event);
    case 'auction_ended':
      return { ...state, version, status: 'ended' };
  }
}

/** Written out, for every bid comes through here. */
function afterBid(state: AuctionState, version: number, event: BidPlaced): AuctionState {
  const { facts, status } = state;
  if (state.sale === null && event.sale === undefined) {
    return { facts, version, status, round: withBid(state.round, version, event, event.bidder), sale: null };
  }
  if (state.sale === null || event.sale === undefined) {
    throw new LedgerFault(state, event, 'a bid of the other kind of auction');
  }
  const round = withBid(state.round, version, event, event.sale.bidder);
  return { facts, version, status, round, sale: state.sale };
}

function withBid<Bidder extends Person>(
  { number, product, prices, totalBids }: Round<Bidder>,
  seq: number,
  { amount, atMs }: BidPlaced,
  bidder: Bidder,
): Round<Bidder> {
  return { number, product, prices, highestBid: { seq, amount, bidder, atMs }, totalBids: totalBids + 1 };
}

function afterSaleEvent(state: SaleState, version: number, event: SaleEvent): SaleState {
  switch (event.type) {
    case 'comment_posted':
      return { ...state, version };
    case 'auction_cancelled':
      return { ...state, version, status: 'cancelled' };
    case 'product_changed': {
      const { round: number, product, prices } = event;
      if (number === state.round.number) return { ...state, version, round: { ...state.round, prices } };
      return { ...state, version, round: { number, product, prices, highestBid: null, totalBids: 0 } };
    }
    case 'product_awarded': {
      const round = { product: null, prices: NO_PRICES, highestBid: null, totalBids: 0 };
      return { ...state, version, round: { number: event.round + 1, ...round } };
    }
    case 'ring_opened':
      return withTerms(state, version, { ring: 'open' });
    case 'ring_closed':
      return withTerms(state, version, { ring: 'closed', pause: null });
    case 'sale_paused':
      return withTerms(state, version, { pause: event.reason });
    case 'sale_resumed':
      return withTerms(state, version, { pause: null });
    case 'user_muted':
      return withTerms(state, version, { mutedUserIds: afterMute(state.sale, event.userId, event.isMuted) });
  }
}

function withTerms(state: SaleState, version: number, changes: Partial<SaleTerms>): SaleState {
  return { ...state, version, sale: { ...state.sale, ...changes } };
}

function afterMute({ mutedUserIds }: SaleTerms, userId: number, isMuted: boolean): readonly number[] {
  const others = mutedUserIds.filter((id) => id !== userId);
  return isMuted ? [...others, userId].sort((left, right) => left - right) : others;
}
