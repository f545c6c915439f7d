import type { Minor } from '../../../../shared/money.ts';
import { type Decision, happened, refused } from './outcome.ts';
import { type Refusal, refusals } from './refusals.ts';
import type { AuctionCommand, EndAuction, PlaceBid, StartAuction } from './commands.ts';
import { decideSale } from './decideSale.ts';
import type { AuctionEvent, BidPlaced } from './events.ts';
import { endOf, notLiveFault } from './salePhase.ts';
import { type AuctionState, currentPrice, lowestBid, personOf, winnerAtEnd } from './state.ts';

/** Says what a command leads to. Pure and synchronous; every rule of an auction stands here and in decideSale. */
export function decide(state: AuctionState, command: AuctionCommand): Decision<AuctionEvent> {
  switch (command.type) {
    case 'place_bid':
      return placeBid(state, command);
    case 'start':
      return start(state, command);
    case 'end':
      return end(state, command);
    default:
      return state.sale === null ? refused(refusals.auctionNotFound) : decideSale(state, command);
  }
}

/** Refusals in the order of decision 13. */
function placeBid(state: AuctionState, command: PlaceBid): Decision<AuctionEvent> {
  const { bidder, amount } = command;
  const fault = closedFault(state, command);
  if (fault) return refused(fault);
  if (command.bidderIsBlocked) return refused(refusals.accountBlocked);
  if (bidder.id === state.facts.sellerId) return refused(refusals.ownAuction);
  if (amount < lowestBid(state)) return refused(tooLow(state, amount));
  return happened(bidPlaced(state, command));
}

/** Written out for both kinds, for every bid comes through here. */
function bidPlaced({ round, sale }: AuctionState, command: PlaceBid): BidPlaced {
  const { bidder: profile, amount, requestId, receivedAtMs: atMs } = command;
  const type = 'bid_placed';
  const bidder = personOf(profile);
  const previousLeader = round.highestBid === null ? null : personOf(round.highestBid.bidder);
  return sale === null
    ? { type, atMs, bidder, amount, requestId, previousLeader }
    : {
        type,
        atMs,
        bidder,
        amount,
        requestId,
        previousLeader,
        sale: { round: round.number, bidder: profile },
      };
}

/** Why an auction takes no bids; `null` when it does. */
function closedFault(state: AuctionState, { receivedAtMs }: PlaceBid): Refusal | null {
  if (state.sale !== null) {
    const fault = notLiveFault(state) ?? (state.sale.pause === null ? null : refusals.paused);
    return fault ?? (state.round.product === null ? refusals.nothingUp : null);
  }
  const isOpen = state.status === 'active' && receivedAtMs < state.facts.endTimeMs;
  return isOpen ? null : refusals.auctionNotActive;
}

/** A bid that is high enough for the others may be below the minimum that its host has set since. */
function tooLow(state: AuctionState, amount: Minor): Refusal {
  const { highestBid, prices } = state.round;
  const isBelowMinimum = state.sale !== null && (highestBid === null || amount > highestBid.amount);
  return isBelowMinimum ? refusals.belowMinimum(prices.minBidPrice) : refusals.bidTooLow(currentPrice(state));
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
  return endOf(state.sale, {
    type: 'auction_ended',
    atMs: nowMs,
    cause: requestedBy === null ? 'time' : 'seller',
    winner: winnerAtEnd(state),
    finalPrice: currentPrice(state),
  });
}
