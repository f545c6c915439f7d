import { type Decision, happened, refused } from './outcome.ts';
import { refusals } from './refusals.ts';
import type { AwardProduct, ChangeProduct, PostComment, RingCommand, SaleCommand } from './commands.ts';
import { decideRing } from './decideRing.ts';
import type { AuctionEvent } from './events.ts';
import { endOf, notLiveFault, overFault } from './salePhase.ts';
import { currentPrice, type SaleState } from './state.ts';

/** The rules of a live sale: its host goes from product to product, round by round. */
export function decideSale(state: SaleState, command: SaleCommand): Decision<AuctionEvent> {
  switch (command.type) {
    case 'post_comment':
      return postComment(state, command);
    case 'enter_ring':
    case 'pause_sale':
    case 'resume_sale':
    case 'close_ring':
      return decideRing(state, command);
    default:
      return decideForHost(state, command);
  }
}

function decideForHost(
  state: SaleState,
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
      return endOf(state.sale, {
        type: 'auction_ended',
        atMs,
        cause: 'seller',
        winner: null,
        finalPrice: currentPrice(state),
      });
    case 'cancel_sale':
      return endOf(state.sale, { type: 'auction_cancelled', atMs });
    case 'change_product':
      return changeProduct(state, command);
    case 'award_product':
      return award(state, command);
    case 'mute_user':
      return happened({ type: 'user_muted', atMs, userId: command.userId, isMuted: command.isMuted });
  }
}

function changeProduct(
  { round: open }: SaleState,
  { nowMs: atMs, product, prices, description: given }: ChangeProduct,
): Decision<AuctionEvent> {
  const isCorrection = product === open.product;
  const round = isCorrection ? open.number : open.number + 1;
  // What was said of another product is not said of this one.
  const isOutdated = open.product !== null && !isCorrection;
  const description = given ?? (isOutdated ? null : undefined);
  const change = { type: 'product_changed', atMs, round, product, prices } as const;
  return happened(description === undefined ? change : { ...change, description });
}

function award({ round }: SaleState, { nowMs: atMs, product, weight }: AwardProduct): Decision<AuctionEvent> {
  const { number, highestBid: winningBid } = round;
  return happened({ type: 'product_awarded', atMs, round: number, product, weight, winningBid });
}

function postComment(state: SaleState, command: PostComment): Decision<AuctionEvent> {
  const { author, text, receivedAtMs: atMs } = command;
  const fault = notLiveFault(state);
  if (fault) return refused(fault);
  if (command.authorIsBlocked) return refused(refusals.accountBlocked);
  if (state.sale.mutedUserIds.includes(author.id)) return refused(refusals.muted);
  return happened({ type: 'comment_posted', atMs, round: state.round.number, author, text });
}
