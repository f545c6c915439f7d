import type { Profile } from '../../server/domain/account/account.ts';
import { type TimedState, timedRound } from '../../server/domain/auction/rules/state.ts';

/** The moment at which the auctions of these tests have begun. */
export const STARTED_AT_MS = Date.UTC(2026, 0, 1, 10);
/** The moment at which they end. */
export const ENDS_AT_MS = STARTED_AT_MS + 3_600_000;

/** Two who bid and one who sells. */
export const ALICE = person(11, 'alice');
export const BOB = person(12, 'bob');
export const SELLER = person(5, 'seller');

/** A user as viewers see them. */
export function person(id: number, username: string): Profile {
  return { id, username, name: username, type: 'Normal', number: '' };
}

/** An active auction at its starting price of 25.00, after `created` and `started`. */
export function activeAuction(changes: Partial<TimedState> = {}): TimedState {
  const facts = {
    id: 1,
    sellerId: SELLER.id,
    productName: 'Handwoven Pashmina Shawl',
    startingPrice: 2500,
    startTimeMs: STARTED_AT_MS,
    endTimeMs: ENDS_AT_MS,
  };
  return { facts, version: 2, status: 'active', round: timedRound(facts), sale: null, ...changes };
}
