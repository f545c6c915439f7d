/** A bid as it is sent. */
export interface SentBid {
  readonly id: string;
  readonly auctionId: number;
  readonly bidderId: number;
  /** With two decimals. */
  readonly amount: string;
}

/** The answer to a bid: its number in the ledger, or the code of the refusal. */
export type Answer = { readonly seq: number } | { readonly code: string };

/** A bid that was answered. */
export interface AnsweredBid {
  readonly bid: SentBid;
  readonly answer: Answer;
}

/** A bid as somebody was told of it. */
export interface ToldBid {
  readonly auctionId: number;
  readonly seq: number;
  readonly bidder: string;
  /** As it was printed, with two decimals. */
  readonly amount: string;
}

/** Those that were accepted. */
export function acceptedOf(bids: readonly AnsweredBid[]): readonly AnsweredBid[] {
  return bids.filter(({ answer }) => 'seq' in answer);
}
