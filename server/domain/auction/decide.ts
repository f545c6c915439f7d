import { type Decision, happened, refused } from '../outcome.ts';
import { refusals } from '../refusals.ts';
import type { AuctionCommand, EndAuction, PlaceBid, StartAuction } from './commands.ts';
import { decideSale, placeSaleBid } from './decideSale.ts';
import type { AuctionEvent } from './events.ts';
import { endOf } from './salePhase.ts';
import type { AuctionState } from './state.ts';

/** Says what a command leads to. Pure and synchronous; every rule of an auction stands here and in decideSale. */
export function decide(state: AuctionState, command: AuctionCommand): Decision<AuctionEvent> {
  switch (command.type) {
    case 'place_bid':
      return state.sale === null ? placeBid(state, command) : placeSaleBid(state, state.sale, command);
    case 'start':
      return start(state, command);
    case 'end':
      return end(state, command);
    default:
      return state.sale === null ? refused(refusals.auctionNotFound) : decideSale(state, state.sale, command);
  }
}

/** Refusals in the order of decision 13. */
function placeBid(state: AuctionState, command: PlaceBid): Decision<AuctionEvent> {
  const { facts, leader } = state;
  if (state.status !== 'active' || command.receivedAtMs >= facts.endTimeMs) {
    return refused(refusals.auctionNotActive);
  }
  if (command.bidderIsBlocked) return refused(refusals.accountBlocked);
  if (command.bidder.id === facts.sellerId) return refused(refusals.ownAuction);
  if (command.amount <= state.currentPrice) return refused(refusals.bidTooLow(state.currentPrice));
  return happened({
    type: 'bid_placed',
    atMs: command.receivedAtMs,
    bidder: { id: command.bidder.id, username: command.bidder.username },
    amount: command.amount,
    requestId: command.requestId,
    previousLeader: leader && { id: leader.id, username: leader.username },
  });
}

function start({ sale, status, facts }: AuctionState, { nowMs }: StartAuction): Decision<AuctionEvent> {
  const isDue = sale === null && status === 'scheduled' && nowMs >= facts.startTimeMs;
  return isDue ? happened({ type: 'auction_started', atMs: nowMs }) : refused(refusals.notDue);
}

function end(state: AuctionState, { requestedBy, nowMs }: EndAuction): Decision<AuctionEvent> {
  if (requestedBy === null) {
    const isDue = state.sale === null && state.status === 'active' && nowMs >= state.facts.endTimeMs;
    if (!isDue) return refused(refusals.notDue);
  } else {
    if (requestedBy.id !== state.facts.sellerId) return refused(refusals.notSeller);
    if (state.status !== 'active') return refused(refusals.auctionNotActive);
  }
  const leader = state.sale === null ? state.leader : null;
  return endOf(state.sale, {
    type: 'auction_ended',
    atMs: nowMs,
    cause: requestedBy === null ? 'time' : 'seller',
    winner: leader && { id: leader.id, username: leader.username },
    finalPrice: state.currentPrice,
  });
}
