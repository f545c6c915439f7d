import { type Decision, happened, refused } from '../outcome.ts';
import { refusals } from '../refusals.ts';
import type { AwardProduct, PlaceBid, PostComment, RingCommand, SaleCommand } from './commands.ts';
import { decideRing } from './decideRing.ts';
import type { AuctionEvent } from './events.ts';
import { endOf, notLiveFault, overFault } from './salePhase.ts';
import type { AuctionState, Sale } from './state.ts';

/** The rules of a live sale: its host goes from product to product, round by round. */
export function decideSale(state: AuctionState, sale: Sale, command: SaleCommand): Decision<AuctionEvent> {
  switch (command.type) {
    case 'post_comment':
      return postComment(state, sale, command);
    case 'enter_ring':
    case 'pause_sale':
    case 'resume_sale':
    case 'close_ring':
      return decideRing(state, sale, command);
    default:
      return decideForHost(state, sale, command);
  }
}

function decideForHost(
  state: AuctionState,
  sale: Sale,
  command: Exclude<SaleCommand, PostComment | RingCommand>,
): Decision<AuctionEvent> {
  if (command.requestedBy.id !== state.facts.sellerId) return refused(refusals.notSeller);
  const { nowMs: atMs } = command;
  if (command.type === 'start_sale') {
    const fault = state.status === 'active' ? refusals.alreadyLive : overFault(state);
    return fault ? refused(fault) : happened({ type: 'auction_started', atMs });
  }
  const fault = notLiveFault(state);
  if (fault) return refused(fault);
  switch (command.type) {
    case 'end_sale':
      return endOf(sale, {
        type: 'auction_ended',
        atMs,
        cause: 'seller',
        winner: null,
        finalPrice: state.currentPrice,
      });
    case 'cancel_sale':
      return endOf(sale, { type: 'auction_cancelled', atMs });
    case 'change_product': {
      const { product, prices } = command;
      return happened({ type: 'product_changed', atMs, round: sale.round.number + 1, product, prices });
    }
    case 'award_product':
      return award(sale, command);
    case 'mute_user':
      return happened({ type: 'user_muted', atMs, userId: command.userId, isMuted: command.isMuted });
  }
}

/** The first bid of a round is at least its minimum, every further one higher than the last. */
export function placeSaleBid(state: AuctionState, sale: Sale, command: PlaceBid): Decision<AuctionEvent> {
  const fault = notLiveFault(state);
  if (fault) return refused(fault);
  const { bidder, amount } = command;
  const { highestBid, number: round, prices } = sale.round;
  if (sale.pause !== null) return refused(refusals.paused);
  if (command.bidderIsBlocked) return refused(refusals.accountBlocked);
  if (bidder.id === state.facts.sellerId) return refused(refusals.ownAuction);
  if (highestBid === null && (amount < prices.minBidPrice || amount === 0)) {
    return refused(refusals.belowMinimum(prices.minBidPrice));
  }
  if (highestBid !== null && amount <= highestBid.amount) {
    return refused(refusals.bidTooLow(highestBid.amount));
  }
  const { leader } = state;
  return happened({
    type: 'bid_placed',
    atMs: command.receivedAtMs,
    bidder: { id: bidder.id, username: bidder.username },
    amount,
    requestId: command.requestId,
    previousLeader: leader && { id: leader.id, username: leader.username },
    sale: { round, bidder },
  });
}

function award({ round }: Sale, { nowMs: atMs, product, weight }: AwardProduct): Decision<AuctionEvent> {
  const { number, highestBid: winningBid } = round;
  return happened({ type: 'product_awarded', atMs, round: number, product, weight, winningBid });
}

function postComment(state: AuctionState, sale: Sale, command: PostComment): Decision<AuctionEvent> {
  const { author, text, receivedAtMs: atMs } = command;
  const fault = notLiveFault(state);
  if (fault) return refused(fault);
  if (command.authorIsBlocked) return refused(refusals.accountBlocked);
  if (sale.mutedUserIds.includes(author.id)) return refused(refusals.muted);
  return happened({ type: 'comment_posted', atMs, round: sale.round.number, author, text });
}
