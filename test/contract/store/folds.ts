import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuctionCommand } from '../../../server/domain/auction/rules/commands.ts';
import { decide } from '../../../server/domain/auction/rules/decide.ts';
import { evolve } from '../../../server/domain/auction/rules/evolve.ts';
import { type AuctionSnapshot, project } from '../../../server/domain/auction/view/snapshot.ts';
import type { AuctionState } from '../../../server/domain/auction/rules/state.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import type { TestStore } from '../../support/store.ts';
import { ask, comment, createdSale, HOST, market, newSale } from './saleScripts.ts';
import { bid, changeBy, isCommitted, loaded, NOW_MS, type OpenStore, user } from './scripts.ts';

const ENDS_AT_MS = NOW_MS + 1_000;
const userId = fc.integer({ min: 1, max: 6 });
const requestedBy = fc.constantFrom(HOST, user(1), null);
const atMs = fc.integer({ min: NOW_MS, max: ENDS_AT_MS + 5 });

const bids = fc
  .record({ bidder: userId, amount: fc.integer({ min: 90, max: 1_500 }), atMs, requestId: fc.string() })
  .map(({ bidder, amount, ...more }) => bid(user(bidder), amount, more));

/** What can be asked of a timed auction, legal or not. */
const timedCommand = fc.oneof(
  { weight: 12, arbitrary: bids },
  { weight: 2, arbitrary: atMs.map((nowMs): AuctionCommand => ({ type: 'start', nowMs })) },
  fc.record({ type: fc.constant('end' as const), nowMs: atMs, requestedBy }),
);

/** What can be asked of a live sale, legal or not. */
const saleCommand = fc.oneof(
  { weight: 16, arbitrary: bids },
  { weight: 5, arbitrary: fc.tuple(userId, fc.string(), atMs).map((parts) => comment(...parts)) },
  { weight: 4, arbitrary: fc.tuple(userId, fc.boolean(), atMs).map((parts) => ask.mute(...parts)) },
  { weight: 4, arbitrary: fc.tuple(fc.string(), fc.nat(300), atMs).map((parts) => ask.product(...parts)) },
  { weight: 4, arbitrary: fc.tuple(fc.string(), fc.string(), atMs).map((parts) => ask.award(...parts)) },
  { weight: 5, arbitrary: atMs.map((nowMs) => ask.start(nowMs)) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('enter_ring' as const, 'resume_sale' as const),
      requestedBy: fc.constant(HOST),
      nowMs: atMs,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('pause_sale' as const), requestedBy, nowMs: atMs }),
  },
  fc.record({ type: fc.constant('close_ring' as const), requestedBy, nowMs: atMs }),
  fc.constantFrom(ask.end(), ask.cancel()),
);

/** The commands of each change, one of them most of the time. */
const changesOf = (command: fc.Arbitrary<AuctionCommand>) =>
  fc.array(fc.array(command, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 14 });

/** One set of rules for events: what is read back is what they make, whichever way it is come by. */
export function foldContract(open: OpenStore): void {
  describe('a ledger', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(market(0));
    });
    afterAll(() => test.close());

    const timed = () =>
      test.store.catalogue.create({
        sellerId: HOST.id,
        product: { name: 'Lamp', description: 'Brass.', condition: 'good', category: 'Home', images: [] },
        createdAtMs: NOW_MS - 1,
        startingPrice: 100,
        startTimeMs: NOW_MS,
        endTimeMs: ENDS_AT_MS,
      });
    const sale = () => createdSale(test.store, newSale());

    it.each([
      ['a timed auction', timed, timedCommand],
      ['a live sale', sale, saleCommand],
    ])('of %s is folded alike by the rules, by a room and by the store', async (_name, make, command) => {
      await fc.assert(
        fc.asyncProperty(changesOf(command), async (changes) => {
          await foldedAlike(test.store, await make(), changes);
        }),
        { numRuns: 20 },
      );
    });
  });
}

async function foldedAlike(
  store: Store,
  auctionId: number,
  changes: readonly (readonly AuctionCommand[])[],
): Promise<void> {
  const { ledger, views } = store;
  const first = await loaded(store, auctionId);
  let state = first;
  let shown = await shownBy(store, auctionId);
  for (const commands of changes) {
    const legal = legalOnes(state, commands);
    if (legal.length === 0) continue;
    const change = changeBy(state, ...legal);
    expect((await ledger.commit([change])).map(isCommitted)).toEqual([true]);
    state = change.after;
    shown = change.events.reduce(project, shown);
    expect(shown.state).toEqual(state);
    expect(await ledger.load(auctionId)).toEqual(state);
    expect(await views.snapshot(auctionId)).toEqual(shown);
  }
  const events = await ledger.eventsAfter(auctionId, 0, 1_000);
  const folded = events.reduce<AuctionState>((before, { event }) => evolve(before, event), {
    ...first,
    version: 0,
  });
  expect(folded).toEqual(state);
}

/** Those that the rules do not refuse when they come one after the other. */
function legalOnes(before: AuctionState, commands: readonly AuctionCommand[]): AuctionCommand[] {
  let state = before;
  return commands.filter((command) => {
    const decision = decide(state, command);
    if (decision.kind === 'refused') return false;
    state = decision.events.reduce(evolve, state);
    return true;
  });
}

async function shownBy({ views }: Store, auctionId: number): Promise<AuctionSnapshot> {
  const snapshot = await views.snapshot(auctionId);
  if (snapshot === null) throw new Error(`there is no auction ${auctionId}`);
  return snapshot;
}
