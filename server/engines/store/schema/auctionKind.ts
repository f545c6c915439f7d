/** Whether an auction ends at its time, or is a sale that its host leads round by round. */
export type AuctionKind = 'timed' | 'live';
