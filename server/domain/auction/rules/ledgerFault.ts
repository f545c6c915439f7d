import { type AuctionEvent, type BidPlaced, roundOf, type SaleEvent } from './events.ts';
import { type AuctionState, currentPrice, type SaleState, winnerAtEnd } from './state.ts';

/** The ledger of an auction holds an event that cannot have happened: the ledger is wrong, or the code is. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault';

  constructor({ facts, version, status, round, sale }: AuctionState, event: AuctionEvent, reason: string) {
    const bid = round.highestBid === null ? 'no bid' : `a bid of ${round.highestBid.amount}`;
    const ring = sale === null ? '' : `, ring ${sale.ring}, pause ${sale.pause ?? 'none'}`;
    super(
      `event ${version + 1} (${event.type}) of auction ${facts.id} is impossible: ${reason} ` +
        `(version ${version}, ${status}, round ${round.number} with ${bid}${ring})`,
    );
  }
}

/** Why an event cannot have happened in that state; `null` where it can. Policy belongs to `decide`. */
export function faultOf(state: AuctionState, event: Exclude<AuctionEvent, SaleEvent>): string | null {
  switch (event.type) {
    case 'auction_created':
      return state.version === 0 ? null : 'the auction exists already';
    case 'auction_started':
      return state.status === 'scheduled' ? null : 'it has started already';
    case 'bid_placed':
      return state.status === 'active' ? bidFault(state, event) : NOT_ACTIVE;
    case 'auction_ended':
      if (state.status !== 'active') return NOT_ACTIVE;
      return winnerAtEnd(state)?.id === event.winner?.id ? null : 'its winner did not bid highest';
  }
}

const NOT_ACTIVE = 'it is not active';

/** A price never falls, and only the first bid of a round may equal it. */
function bidFault(state: AuctionState, event: BidPlaced): string | null {
  const { round } = state;
  if (roundOf(event) !== round.number) return 'the bid is of another round';
  if (state.sale !== null && state.sale.pause !== null) return 'the sale is paused';
  const price = currentPrice(state);
  const isTooLow = round.highestBid === null ? event.amount < price : event.amount <= price;
  return isTooLow ? `a bid of ${event.amount} is not higher than ${price}` : null;
}

/** As {@link faultOf}, for what happens in live sales only. */
export function saleFaultOf({ status, round, sale }: SaleState, event: SaleEvent): string | null {
  if (status !== 'active') return NOT_ACTIVE;
  switch (event.type) {
    case 'product_changed':
      return event.round === round.number + 1 ? null : `round ${event.round} is not the next one`;
    case 'product_awarded':
      if (event.round !== round.number) return `round ${event.round} is not open`;
      return event.winningBid?.seq === round.highestBid?.seq ? null : 'the winning bid is not the highest';
    case 'comment_posted':
      return event.round === round.number ? null : `round ${event.round} is not open`;
    case 'ring_opened':
      return sale.ring === 'none' ? null : 'the ring has been opened before';
    case 'ring_closed':
      return sale.ring === 'open' ? null : 'the ring is not open';
    case 'sale_paused':
      // A pause of the host goes on as that of an auctioneer who is gone, and not the other way round.
      return sale.pause === null || (sale.pause === 'host' && event.reason !== 'host')
        ? null
        : 'the sale is paused already';
    case 'sale_resumed':
      return sale.pause === null ? 'the sale is not paused' : null;
    case 'auction_cancelled':
    case 'user_muted':
      return null;
  }
}
