import { type Decision, happened } from './outcome.ts';
import { type Refusal, refusals } from './refusals.ts';
import type { AuctionCancelled, AuctionEnded, AuctionEvent, RingCloseCause } from './events.ts';
import type { AuctionState, SaleTerms } from './state.ts';

/** Why a sale is not live; `null` when it is. */
export function notLiveFault(state: AuctionState): Refusal | null {
  return state.status === 'scheduled' ? refusals.notStarted : overFault(state);
}

/** Why a sale is over; `null` when it is not. */
export function overFault({ status }: AuctionState): Refusal | null {
  switch (status) {
    case 'cancelled':
      return refusals.alreadyCancelled;
    case 'ended':
    case 'completed':
      return refusals.alreadyEnded;
    case 'scheduled':
    case 'active':
      return null;
  }
}

/** The end of a sale: an open ring is closed with it. */
export function endOf(
  sale: SaleTerms | null,
  event: AuctionEnded | AuctionCancelled,
): Decision<AuctionEvent> {
  if (sale?.ring !== 'open') return happened(event);
  const cause = event.type === 'auction_cancelled' ? 'cancelled' : 'stopped';
  return happened<AuctionEvent>({ type: 'ring_closed', atMs: event.atMs, cause }, event);
}

/** The status of a sale once its ring is closed. */
export function statusOfClosed(cause: RingCloseCause): 'ended' | 'cancelled' {
  return cause === 'cancelled' ? 'cancelled' : 'ended';
}
