import { changeOf } from '../../server/domain/auction/ledger/change.ts';
import type { StoredAuctionEvent } from '../../server/domain/auction/rules/events.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import { type AuctionState, currentPrice } from '../../server/domain/auction/rules/state.ts';
import type { Store } from '../../server/engines/store/store.ts';

const BIDS_A_COMMIT = 1_000;

/** Stores that many bids of one bidder on an active auction, as the server itself would. */
export async function storeHistory(
  { ledger }: Pick<Store, 'ledger'>,
  auctionId: number,
  bidder: { readonly id: number; readonly username: string },
  { bids, nowMs }: { readonly bids: number; readonly nowMs: number },
): Promise<void> {
  let state = await ledger.load(auctionId);
  if (state === null) throw new Error(`there is no auction ${auctionId}`);
  for (let stored = 0; stored < bids; stored += BIDS_A_COMMIT) {
    const before: AuctionState = state;
    const events: StoredAuctionEvent[] = [];
    for (let index = stored; index < Math.min(bids, stored + BIDS_A_COMMIT); index += 1) {
      const event = {
        type: 'bid_placed',
        atMs: nowMs,
        bidder,
        amount: currentPrice(state) + 100,
        requestId: null,
        previousLeader: index === 0 ? null : bidder,
      } as const;
      state = evolve(state, event);
      events.push({ seq: state.version, event });
    }
    await ledger.commit([changeOf(before, events, state, `history-${stored}`)]);
  }
}
