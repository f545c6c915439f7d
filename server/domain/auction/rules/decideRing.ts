import { type Decision, happened, refused } from './outcome.ts';
import { refusals } from './refusals.ts';
import type { CloseRing, EnterRing, PauseSale, ResumeSale, RingCommand } from './commands.ts';
import type { AuctionEvent } from './events.ts';
import { notLiveFault, overFault } from './salePhase.ts';
import { currentPrice, type SaleState } from './state.ts';

/**
 * The rules of a sale ring: its auctioneer's presence makes the sale live, their absence pauses and then closes
 * it. When that is due is up to the deadlines; an obsolete deadline is refused here.
 */
export function decideRing(state: SaleState, command: RingCommand): Decision<AuctionEvent> {
  const isOutsider = command.requestedBy !== null && command.requestedBy.id !== state.facts.sellerId;
  if (isOutsider) return refused(refusals.notSeller);
  switch (command.type) {
    case 'enter_ring':
      return enter(state, command);
    case 'pause_sale':
      return pause(state, command);
    case 'resume_sale':
      return resume(state, command);
    case 'close_ring':
      return close(state, command);
  }
}

/** Refused as not due when the auctioneer's coming changes nothing. */
function enter(state: SaleState, { nowMs: atMs }: EnterRing): Decision<AuctionEvent> {
  const fault = overFault(state);
  if (fault) return refused(fault);
  if (state.status === 'scheduled') {
    return happened({ type: 'auction_started', atMs }, { type: 'ring_opened', atMs });
  }
  if (state.sale.ring === 'none') return happened({ type: 'ring_opened', atMs });
  if (state.sale.pause === 'auctioneer_disconnected') return happened({ type: 'sale_resumed', atMs });
  return refused(refusals.notDue);
}

function pause(state: SaleState, command: PauseSale): Decision<AuctionEvent> {
  const { nowMs: atMs, requestedBy } = command;
  const fault = notLiveFault(state);
  if (requestedBy === null) {
    const isDue =
      fault === null && state.sale.ring === 'open' && state.sale.pause !== 'auctioneer_disconnected';
    if (!isDue) return refused(refusals.notDue);
    return happened({ type: 'sale_paused', atMs, reason: 'auctioneer_disconnected' });
  }
  if (fault) return refused(fault);
  if (state.sale.pause !== null) return refused(refusals.paused);
  return happened({ type: 'sale_paused', atMs, reason: 'host' });
}

function resume(state: SaleState, { nowMs: atMs }: ResumeSale): Decision<AuctionEvent> {
  const fault = notLiveFault(state);
  if (fault) return refused(fault);
  return state.sale.pause === null ? refused(refusals.notPaused) : happened({ type: 'sale_resumed', atMs });
}

function close(state: SaleState, command: CloseRing): Decision<AuctionEvent> {
  const { nowMs: atMs, requestedBy } = command;
  const fault = notLiveFault(state);
  if (fault) return refused(requestedBy === null ? refusals.notDue : fault);
  if (state.sale.ring !== 'open') return refused(refusals.notDue);
  const cause = requestedBy === null ? 'auctioneer_disconnected' : 'stopped';
  return happened(
    { type: 'ring_closed', atMs, cause },
    { type: 'auction_ended', atMs, cause: 'seller', winner: null, finalPrice: currentPrice(state) },
  );
}
