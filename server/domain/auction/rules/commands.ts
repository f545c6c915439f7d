import type { Minor } from '../../../../shared/money.ts';
import type { Profile } from '../../account/account.ts';
import type { Person, RoundPrices } from './events.ts';

/** What can be asked of an auction. Time comes with the command: the rules read no clock. */
export type AuctionCommand = PlaceBid | StartAuction | EndAuction | SaleCommand;

/** What can be asked of a live sale only. */
export type SaleCommand =
  StartSale | EndSale | CancelSale | ChangeProduct | AwardProduct | PostComment | MuteUser | RingCommand;

/** What can be asked of the ring of a live sale. */
export type RingCommand = EnterRing | PauseSale | ResumeSale | CloseRing;

export interface PlaceBid {
  readonly type: 'place_bid';
  readonly bidder: Profile;
  readonly bidderIsBlocked: boolean;
  readonly amount: Minor;
  /** When the frame arrived: a bid that came in time is not refused because it waited. */
  readonly receivedAtMs: number;
  readonly requestId: string | null;
}

/** A timed auction's start time has come. */
export interface StartAuction {
  readonly type: 'start';
  readonly nowMs: number;
}

export interface EndAuction {
  readonly type: 'end';
  readonly nowMs: number;
  /** `null`: the auction's own end time has come. */
  readonly requestedBy: Person | null;
}

/** What only the host of a live sale may ask. */
interface HostCommand {
  readonly nowMs: number;
  readonly requestedBy: Person;
}

export interface StartSale extends HostCommand {
  readonly type: 'start_sale';
}

export interface EndSale extends HostCommand {
  readonly type: 'end_sale';
}

export interface CancelSale extends HostCommand {
  readonly type: 'cancel_sale';
}

/** Puts a product on the block; with the name of the product that is there it corrects what was said of it. */
export interface ChangeProduct extends HostCommand {
  readonly type: 'change_product';
  readonly product: string;
  readonly prices: RoundPrices;
  /** Absent or `null`: none is given. */
  readonly description?: string | null;
}

export interface AwardProduct extends HostCommand {
  readonly type: 'award_product';
  readonly product: string;
  readonly weight: string | null;
}

export interface MuteUser extends HostCommand {
  readonly type: 'mute_user';
  readonly userId: number;
  readonly isMuted: boolean;
}

/** The auctioneer is there: the sale goes live, or goes on if it was paused for their absence. */
export interface EnterRing extends HostCommand {
  readonly type: 'enter_ring';
}

export interface PauseSale {
  readonly type: 'pause_sale';
  readonly nowMs: number;
  /** `null`: the auctioneer has been gone for too long. */
  readonly requestedBy: Person | null;
}

export interface ResumeSale extends HostCommand {
  readonly type: 'resume_sale';
}

export interface CloseRing {
  readonly type: 'close_ring';
  readonly nowMs: number;
  /** `null`: the auctioneer has been gone for too long. */
  readonly requestedBy: Person | null;
}

export interface PostComment {
  readonly type: 'post_comment';
  readonly author: Profile;
  readonly authorIsBlocked: boolean;
  readonly text: string;
  readonly receivedAtMs: number;
}
