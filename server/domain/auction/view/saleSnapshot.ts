import type { Profile } from '../../account/account.ts';
import type { PauseReason, RoundPrices, StoredAuctionEvent } from '../rules/events.ts';
import type { Bid, RingPhase, SaleState } from '../rules/state.ts';

/** How many of the newest bids and comments of a round are shown (decision 8). */
export const SHOWN_LINES = 100;

/** A bid as viewers of a live sale see it. */
export type SaleBid = Bid<Profile>;

/** A comment as viewers of a live sale see it. */
export interface SaleComment {
  readonly seq: number;
  readonly author: Profile;
  readonly text: string;
  readonly atMs: number;
}

/** What the rules need not know of a live sale. */
export interface SaleDetails {
  /** The main backend's own name for it; `null`: it has given none. */
  readonly externalId: string | null;
  readonly title: string;
  readonly description: string;
  readonly imageUrl: string;
  readonly categoryId: number;
  readonly owner: { readonly id: number; readonly username: string; readonly name: string };
  /** What the host said of the product when the sale was made; emptied by an award. */
  readonly productDescription: string | null;
  readonly quantity: number;
  readonly startDateMs: number | null;
  readonly expiryDateMs: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The winner of the newest award. */
  readonly winnerId: number | null;
}

/** A live sale without what was bid and said in it. */
export interface SaleSummary extends SaleDetails {
  readonly round: number;
  /** `null`: nothing is named. */
  readonly product: string | null;
  readonly prices: RoundPrices;
  readonly ring: RingPhase;
  readonly pause: PauseReason | null;
}

/** The lists of a live sale; empty in a timed auction. */
export interface SaleLists {
  /** Those of the round, newest first, at most {@link SHOWN_LINES}. */
  readonly bids: readonly SaleBid[];
  /** Those of the round, oldest first, the newest {@link SHOWN_LINES}. */
  readonly comments: readonly SaleComment[];
}

/** What a live sale shows in addition to what every auction does. */
export interface SaleSnapshot extends SaleSummary, SaleLists {}

/** A live sale as its viewers see it. */
export function saleSummary(
  { number, product, prices }: Pick<SaleState['round'], 'number' | 'product' | 'prices'>,
  { ring, pause }: Pick<SaleState['sale'], 'ring' | 'pause'>,
  details: SaleDetails,
): SaleSummary {
  return { ...details, round: number, product, prices, ring, pause };
}

/** The details of a live sale after one more event. */
export function saleDetailsAfter(before: SaleDetails, { event }: StoredAuctionEvent): SaleDetails {
  const { atMs: updatedAtMs } = event;
  if (event.type !== 'product_awarded') return { ...before, updatedAtMs };
  const winnerId = event.winningBid?.bidder.id ?? null;
  return { ...before, updatedAtMs, winnerId, productDescription: null };
}
