import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitInDoubt, StoreUnavailable } from '../../server/ports/errors.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { person } from '../support/auctions.ts';
import { openLanes, type TestLanes } from '../support/lanes.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

/** Buyers of the demo, and the price that a first bid on auction 1 has to beat. */
const BUYERS = [person(1, 'buyer1'), person(2, 'buyer2')] as const;
const [FIRST, SECOND] = BUYERS;
const SELLER = { id: 11, username: 'kashmiri_crafts' };
const START = 250_000;

let clock: ManualClock;
let database: TestStore;
let process: TestLanes;

beforeEach(async () => {
  clock = new ManualClock();
  database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
  process = openLanes(database.store.ledger, clock);
});
afterEach(() => database.close());

const accepted = (seq: number) => ({ kind: 'accepted', stored: expect.objectContaining({ seq }) as unknown });
const refusedAs = (code: string) => ({
  kind: 'refused',
  refusal: expect.objectContaining({ code }) as unknown,
});
const storedEvents = () => database.store.ledger.eventsAfter(1, 2, 1_000);

describe('a lane', () => {
  it('[BI8] stores everything that waits as one change, and answers every command', async () => {
    const outcomes = await Promise.all([
      process.bid(FIRST, START + 1),
      process.bid(SECOND, START + 1),
      process.bid(SECOND, START + 2),
      process.bid(FIRST, START + 3),
    ]);
    expect(outcomes).toEqual([accepted(3), refusedAs('bid_too_low'), accepted(4), accepted(5)]);
    expect(process.commits).toHaveLength(1);
    expect(process.published).toHaveLength(1);
    expect((await database.store.ledger.load(1))?.round.totalBids).toBe(3);
  });

  it('[BI8] decides again on what another process stored meanwhile', async () => {
    const other = openLanes((await database.reopen()).ledger, clock);
    await process.bid(FIRST, START + 1);
    await other.bid(SECOND, START + 5);
    expect(await process.bid(FIRST, START + 5)).toEqual(refusedAs('bid_too_low'));
    expect(await process.bid(FIRST, START + 6)).toEqual(accepted(5));
    expect((await storedEvents()).map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });

  it('[BI8] any number of bids from two processes: a rising ledger, each accepted bid in it once', async () => {
    const other = openLanes((await database.reopen()).ledger, clock);
    const anyBid = fc.record({
      place: fc.constantFrom(process, other),
      bidder: fc.constantFrom(...BUYERS),
      amount: fc.integer({ min: START - 5, max: START + 5_000 }),
      isTogether: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyBid, { maxLength: 25 }), async (bids) => {
        const before = (await storedEvents()).length;
        const answers: ReturnType<TestLanes['bid']>[] = [];
        for (const { place, bidder, amount, isTogether } of bids) {
          answers.push(place.bid(bidder, amount));
          if (!isTogether) await answers.at(-1);
        }
        const outcomes = await Promise.all(answers);
        const stored = (await storedEvents()).slice(before);
        const told = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome.stored] : []));
        expect(told.sort((left, right) => left.seq - right.seq)).toEqual(stored);
        const amounts = (await storedEvents()).map(({ event }) =>
          event.type === 'bid_placed' ? event.amount : 0,
        );
        expect(amounts).toEqual([...new Set(amounts)].sort((left, right) => left - right));
      }),
      { numRuns: 40 },
    );
  });

  it('[BI9] refuses with "try again" while the store is away, and goes on when it is back', async () => {
    process.faults.push(() => Promise.reject(new StoreUnavailable('away')));
    const outcome = await process.bid(FIRST, START + 1);
    expect(outcome).toEqual({
      kind: 'refused',
      refusal: { code: 'unavailable', message: 'Your request could not be stored. Please try again.' },
    });
    expect(await storedEvents()).toEqual([]);
    expect(await process.bid(FIRST, START + 1)).toEqual(accepted(3));
  });

  it('[BI9] finds out whether a commit in doubt was stored before it tells anybody', async () => {
    process.faults.push(async (commit) => {
      await commit();
      throw new CommitInDoubt('the answer was lost');
    });
    expect(await process.bid(FIRST, START + 1)).toEqual(accepted(3));
    process.faults.push(() => Promise.reject(new CommitInDoubt('it never arrived')));
    expect(await process.bid(SECOND, START + 2)).toEqual(accepted(4));
    expect((await storedEvents()).map(({ seq }) => seq)).toEqual([3, 4]);
    expect(process.published.map(({ events }) => events.length)).toEqual([1, 1]);
  });

  it('[BI9] knows its own commit that arrived only after it had been looked up', async () => {
    let arrive = (): Promise<unknown> => Promise.reject(new Error('nothing was sent'));
    process.faults.push((commit) => {
      arrive = commit;
      return Promise.reject(new CommitInDoubt('it is still on its way'));
    });
    process.faults.push(async (commit) => {
      await arrive();
      return commit();
    });
    expect(await process.bid(FIRST, START + 1)).toEqual(accepted(3));
    expect((await storedEvents()).map(({ seq }) => seq)).toEqual([3]);
    expect(process.published.map(({ events }) => events.length)).toEqual([1]);
    expect(await process.bid(SECOND, START + 2)).toEqual(accepted(4));
  });

  it('[BI9] knows its own commit that arrived while it was stored a second time, in doubt again', async () => {
    let arrive = (): Promise<unknown> => Promise.reject(new Error('nothing was sent'));
    process.faults.push((commit) => {
      arrive = commit;
      return Promise.reject(new CommitInDoubt('it is still on its way'));
    });
    process.faults.push(async () => {
      await arrive();
      throw new CommitInDoubt('nothing came back');
    });
    expect(await process.bid(FIRST, START + 1)).toEqual(accepted(3));
    expect((await storedEvents()).map(({ seq }) => seq)).toEqual([3]);
    expect(process.published.map(({ events }) => events.length)).toEqual([1]);
    expect(await process.bid(SECOND, START + 2)).toEqual(accepted(4));
  });

  it('[BI9] refuses newer commands while a commit is in doubt', async () => {
    const { ledger } = database.store;
    let isAway = true;
    const doubtful = openLanes(
      {
        ...ledger,
        changeIdAt: (auctionId, seq) =>
          isAway ? Promise.reject(new StoreUnavailable('away')) : ledger.changeIdAt(auctionId, seq),
      },
      clock,
    );
    doubtful.faults.push(() => Promise.reject(new CommitInDoubt('the answer was lost')));
    const first = doubtful.bid(FIRST, START + 1);
    await until(() => expect(clock.pendingTimers).toBeGreaterThan(2));
    expect(await doubtful.bid(SECOND, START + 2)).toEqual(refusedAs('unavailable'));
    isAway = false;
    await clock.advance(250);
    expect(await first).toEqual(accepted(3));
  });

  it('[ME3] knows accepted ids for 5 minutes, also in another process, and not longer', async () => {
    const outcome = await process.bid(FIRST, START + 1, '"again"');
    const other = openLanes((await database.reopen()).ledger, clock);
    await clock.advance(5 * 60_000 - 1);
    expect(await other.bid(FIRST, START + 9, '"again"')).toEqual(outcome);
    expect(await process.bid(FIRST, START + 9, '"again"')).toEqual(outcome);
    await clock.advance(2);
    expect(await process.bid(FIRST, START + 9, '"again"')).toEqual(accepted(4));
  });

  it('[ME3] learns the ids of another process from the ledger when the two collide', async () => {
    const other = openLanes((await database.reopen()).ledger, clock);
    await process.bid(FIRST, START + 1);
    const outcome = await other.bid(SECOND, START + 2, '"again"');
    expect(await process.bid(SECOND, START + 3, '"again"')).toEqual(outcome);
    expect(await storedEvents()).toHaveLength(2);
  });

  it('[BI8] refuses nothing on a state that is older than a second', async () => {
    const other = openLanes((await database.reopen()).ledger, clock);
    await process.bid(FIRST, START + 1);
    await other.lanes.submit(1, { type: 'end', nowMs: clock.nowMs(), requestedBy: SELLER });
    expect(await process.bid(FIRST, 1)).toEqual(refusedAs('bid_too_low'));
    await clock.advance(1_000);
    expect(await process.bid(FIRST, 1)).toEqual(refusedAs('auction_not_active'));
  });

  it('[LI7] refuses busy when too many commands wait', async () => {
    const narrow = openLanes(database.store.ledger, clock, { laneCommands: 2 });
    const answers = [1, 2, 3].map((step) => narrow.bid(FIRST, START + step));
    expect(await Promise.all(answers)).toEqual([accepted(3), accepted(4), refusedAs('busy')]);
  });

  it('[BI10] says that there is no such auction', async () => {
    const command = { type: 'end' as const, nowMs: clock.nowMs(), requestedBy: FIRST };
    expect(await process.lanes.submit(999, command)).toEqual(refusedAs('auction_not_found'));
  });
});
