import type { Profile } from '../../server/domain/account/account.ts';
import type { AuctionCommand, PlaceBid } from '../../server/domain/auction/rules/commands.ts';
import { decide } from '../../server/domain/auction/rules/decide.ts';
import type { AuctionEvent, Person } from '../../server/domain/auction/rules/events.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import type { AuctionState } from '../../server/domain/auction/rules/state.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { ALICE, STARTED_AT_MS } from './auctions.ts';
import { AUCTIONEER as HOST, RING as SALE } from './ringHarness.ts';
import { openTestStore } from './store.ts';

/** The moment at which everything here is asked for. */
export const NOW_MS = STARTED_AT_MS + 1_000;
/** What the host's products cost. */
export const PRICES = { minBidPrice: 800, bidPrice: 1000, actualPrice: 1400 };

/** Asks for a bid at {@link NOW_MS}. */
export const bid = (bidder: Profile, amount: number, requestId: string | null = null): PlaceBid => ({
  type: 'place_bid',
  bidder,
  bidderIsBlocked: false,
  amount,
  receivedAtMs: NOW_MS,
  requestId,
});
/** Something that the host of the demo's sale asks for, or another. */
export const byHost = <Type extends string>(type: Type, requestedBy: Person = HOST) => ({
  type,
  nowMs: NOW_MS,
  requestedBy,
});
/** Something whose time has come. */
export const byTime = <Type extends string>(type: Type) => ({ type, nowMs: NOW_MS, requestedBy: null });
/** The host's next product, with {@link PRICES}. */
export const product = (name: string) => ({ ...byHost('change_product'), product: name, prices: PRICES });
/** The host's award to the highest bid. */
export const award = { ...byHost('award_product'), product: 'Gold Ring', weight: '5 g' };
/** A comment of Alice's. */
export const comment = {
  type: 'post_comment' as const,
  author: ALICE,
  authorIsBlocked: false,
  text: 'Mine!',
  receivedAtMs: NOW_MS,
};

/** What the command leads to; throws when it is refused. */
export function eventsOf(state: AuctionState, command: AuctionCommand): readonly AuctionEvent[] {
  const decision = decide(state, command);
  if (decision.kind === 'refused') throw new Error(decision.refusal.code);
  return decision.events;
}

/** The state after these commands; every one of them must be carried out. */
export function after(state: AuctionState, ...commands: AuctionCommand[]): AuctionState {
  return commands.reduce((current, command) => eventsOf(current, command).reduce(evolve, current), state);
}

/** The code of the refusal; `null` when the command is carried out. */
export function refusalOf(state: AuctionState, command: AuctionCommand): string | null {
  const decision = decide(state, command);
  return decision.kind === 'refused' ? decision.refusal.code : null;
}

/** The demo's live sale as rules see it. */
export interface SaleStates {
  /** Before its start. */
  readonly scheduled: AuctionState;
  /** With a product on the block, in round 2, after these commands. */
  readonly live: (...commands: readonly AuctionCommand[]) => AuctionState;
  /** The same, held in its ring. */
  readonly inRing: (...commands: readonly AuctionCommand[]) => AuctionState;
}

/** Reads the demo's live sale from a store. */
export async function saleStates(): Promise<SaleStates> {
  const { store, close } = await openTestStore('sqlite', demoSeed(STARTED_AT_MS));
  const scheduled = await store.ledger.load(SALE);
  await close();
  if (scheduled === null) throw new Error('the demo has no live sale');
  return {
    scheduled,
    live: (...commands) => after(scheduled, byHost('start_sale'), product('Necklace'), ...commands),
    inRing: (...commands) => after(scheduled, byHost('enter_ring'), product('Necklace'), ...commands),
  };
}
