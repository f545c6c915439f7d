import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoSeed } from '../../server/seeding/demo.ts';
import { person } from '../support/auctions.ts';
import { openLanes } from '../support/lanes.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const BUYER = person(1, 'buyer1');
const HIGH = 90_000_000;

let clock: ManualClock;
let database: TestStore;

beforeEach(async () => {
  clock = new ManualClock();
  database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
});
afterEach(() => database.close());

describe('the committer', () => {
  it('[BI8] starts the next commit as soon as one of the two under way is done', async () => {
    const process = openLanes(database.store.ledger, clock);
    const { commits, faults } = process;
    // The lanes of these auctions are known from now on: their next bids ask the committer at once.
    for (const auctionId of [2, 3]) await process.bid(BUYER, HIGH, undefined, auctionId);
    commits.length = 0;
    const release: (() => void)[] = [];
    const held = () => new Promise<void>((resolve) => release.push(resolve));
    faults.push(
      (commit) => held().then(commit),
      (commit) => held().then(commit),
    );
    const first = process.bid(BUYER, HIGH, undefined, 1);
    await until(() => expect(commits).toHaveLength(1));
    const second = process.bid(BUYER, HIGH + 1, undefined, 2);
    await until(() => expect(commits).toHaveLength(2));
    const third = process.bid(BUYER, HIGH + 1, undefined, 3);
    await clock.advance(1);
    expect(commits).toHaveLength(2);
    release[0]?.();
    expect(await first).toMatchObject({ kind: 'accepted' });
    expect(await third).toMatchObject({ kind: 'accepted' });
    expect(commits.map((changes) => changes.map(({ auctionId }) => auctionId))).toEqual([[1], [2], [3]]);
    release[1]?.();
    expect(await second).toMatchObject({ kind: 'accepted' });
  });
});
