import { randomUUID } from 'node:crypto';
import { type AuctionChange, changeOf } from '../../../server/domain/auction/ledger/change.ts';
import type { Profile } from '../../../server/domain/account/account.ts';
import type { AuctionCommand } from '../../../server/domain/auction/rules/commands.ts';
import { decide } from '../../../server/domain/auction/rules/decide.ts';
import type { StoredAuctionEvent } from '../../../server/domain/auction/rules/events.ts';
import { evolve } from '../../../server/domain/auction/rules/evolve.ts';
import type { AuctionState } from '../../../server/domain/auction/rules/state.ts';
import type { CommitOutcome } from '../../../server/domain/auction/ledger/store.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import type { SeedData } from '../../../server/seeding/seedStore.ts';
import { bulkSeed } from '../../../server/seeding/bulk.ts';
import { person } from '../../support/auctions.ts';
import type { TestStore } from '../../support/store.ts';

/** Opens a store over a fresh database. */
export type OpenStore = (seed?: SeedData) => Promise<TestStore>;

/** The moment at which the scripts begin. */
export const NOW_MS = Date.UTC(2026, 0, 1);

/** How the suites' databases are filled: `user1`… and active auctions from 1 up. */
export function crowd(users: number, auctions: number): SeedData {
  return bulkSeed({ users, auctions, nowMs: NOW_MS });
}

/** The buyer with that id in a {@link crowd}. */
export function user(id: number): Profile {
  return person(id, `user${id}`);
}

/** What `place_bid` says, with the parts that a test does not care about. */
export function bid(
  bidder: Profile,
  amount: number,
  more: { atMs?: number; requestId?: string } = {},
): AuctionCommand {
  return {
    type: 'place_bid',
    bidder,
    bidderIsBlocked: false,
    amount,
    receivedAtMs: more.atMs ?? NOW_MS,
    requestId: more.requestId ?? null,
  };
}

/** The change that the rules make of these commands; every one must be accepted. */
export function changeBy(before: AuctionState, ...commands: readonly AuctionCommand[]): AuctionChange {
  const events: StoredAuctionEvent[] = [];
  let after = before;
  for (const command of commands) {
    const decision = decide(after, command);
    if (decision.kind === 'refused') throw new Error(decision.refusal.message);
    for (const event of decision.events) {
      after = evolve(after, event);
      events.push({ seq: after.version, event });
    }
  }
  return changeOf(before, events, after, randomUUID());
}

/** The state of an auction that must be there. */
export async function loaded(store: Store, auctionId: number): Promise<AuctionState> {
  const state = await store.ledger.load(auctionId);
  if (state === null) throw new Error(`there is no auction ${auctionId}`);
  return state;
}

/** Commits one auction's commands; they must be accepted and stored. Gives the ids of the new notices. */
export async function play(
  store: Store,
  auctionId: number,
  ...commands: readonly AuctionCommand[]
): Promise<readonly number[]> {
  const change = changeBy(await loaded(store, auctionId), ...commands);
  const [outcome] = await store.ledger.commit([change]);
  if (outcome?.kind !== 'committed') throw new Error('the change was not stored');
  return outcome.notificationIds;
}

/** True when that change was stored. */
export function isCommitted(outcome: CommitOutcome | undefined): boolean {
  return outcome?.kind === 'committed';
}
