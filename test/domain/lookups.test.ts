import { beforeEach, describe, expect, it } from 'vitest';
import { AuctionLookups } from '../../server/domain/auction/ledger/auctionLookups.ts';
import { Rooms } from '../../server/domain/auction/view/rooms.ts';
import { FairQueue } from '../../server/domain/fairQueue.ts';
import { createInProcessLayer } from '../../server/engines/layer/inProcess.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { person } from '../support/auctions.ts';
import { openLanes } from '../support/lanes.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore } from '../support/store.ts';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const notFound = {
  kind: 'refused',
  refusal: expect.objectContaining({ code: 'auction_not_found' }) as unknown,
};
const START = 250_000;
const BOUNDS = { maxPerKey: 0, maxUnderWay: 8, maxPerTurn: 8 };
/** No bid is being stored. */
const IDLE = { isBusy: false };

/** Runs work of a key that has room. */
function run<Key, Result>(queue: FairQueue<Key>, key: Key, work: () => Promise<Result>): Promise<Result> {
  const running = queue.run(key, work);
  if (running === null) throw new Error('there is no room');
  return running;
}

describe('look-ups of auctions that are not in memory', () => {
  it('[SA6] go to those who ask for little before those who ask for much', async () => {
    const queue = new FairQueue<string>(BOUNDS, clock);
    const done: string[] = [];
    const work = (name: string) => async () => {
      await nextTurn();
      done.push(name);
    };
    const all = Array.from({ length: 500 }, () => run(queue, 'greedy', work('greedy')));
    await nextTurn();
    await Promise.all(['one', 'two'].map((name) => run(queue, name, work(name))));
    expect(done.length).toBeLessThan(40);
    expect(queue.size).toBeGreaterThan(450);
    await Promise.all(all);
    expect([done.length, queue.size]).toEqual([502, 0]);
  });

  it('[SA6] are begun few at a time, and let the event loop turn in between', async () => {
    const queue = new FairQueue<number>(BOUNDS, clock);
    let underWay = 0;
    let most = 0;
    let isOver = false;
    const all = Array.from({ length: 200 }, (_, user) =>
      run(queue, user, async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await Promise.resolve();
        underWay -= 1;
      }),
    );
    let turns = 0;
    void Promise.all(all).then(() => (isOver = true));
    while (!isOver) {
      await nextTurn();
      turns += 1;
    }
    expect(most).toBeLessThanOrEqual(8);
    expect(turns).toBeGreaterThanOrEqual(200 / 8);
  });

  it('[SA6] give way to bids that are being stored, but for some milliseconds only', async () => {
    const manual = new ManualClock();
    let isStoring = false;
    const queue = new FairQueue<number>(BOUNDS, manual, () => isStoring);
    const begun: number[] = [];
    const ask = (key: number) => run(queue, key, () => Promise.resolve(begun.push(key)));
    await Promise.all([ask(1), nextTurn()]);
    isStoring = true;
    void ask(2);
    await manual.advance(4);
    expect(begun).toEqual([1]);
    isStoring = false;
    await manual.advance(1);
    expect(begun).toEqual([1, 2]);
    isStoring = true;
    void ask(3);
    await manual.advance(4);
    expect(begun).toEqual([1, 2]);
    await manual.advance(2);
    expect(begun).toEqual([1, 2, 3]);
  });

  it('[SA6] go on after one that failed', async () => {
    const queue = new FairQueue<number>(BOUNDS, clock);
    const failed = run(queue, 1, () => Promise.reject(new Error('away')));
    const next = run(queue, 1, () => Promise.resolve('found'));
    await expect(failed).rejects.toThrow('away');
    expect(await next).toBe('found');
  });

  it('[SA6] are refused busy where too many of one user wait; the server itself does not wait', async () => {
    const metrics = createPrometheusMetrics();
    const lookups = new AuctionLookups({ lookupsPerUser: 2 }, { clock, metrics, committer: IDLE });
    const never = () => new Promise<null>(() => undefined);
    const answers = [1, 2, 3].map((auctionId) => lookups.find(auctionId, 7, never));
    expect(await answers[2]).toMatchObject({ kind: 'refused', refusal: { code: 'busy' } });
    expect(await lookups.find(4, null, () => Promise.resolve('read'))).toEqual({
      kind: 'found',
      found: 'read',
    });
    expect((await metrics.page()).body).toContain('ringside_limited_total{limit="lookupsPerUser"} 1');
  });
});

describe('an auction that does not exist', () => {
  it('[SA4] is remembered as such for two seconds, unless it is made meanwhile', async () => {
    const lookups = new AuctionLookups(
      { lookupsPerUser: 0 },
      { clock, metrics: createPrometheusMetrics(), committer: IDLE },
    );
    let reads = 0;
    const read = () => {
      reads += 1;
      return Promise.resolve(null);
    };
    for (let times = 0; times < 3; times += 1) expect(await lookups.find(9, 1, read)).toEqual(notFound);
    expect(reads).toBe(1);
    lookups.made(9);
    await lookups.find(9, 1, read);
    await clock.advance(2_001);
    await lookups.find(9, 1, read);
    expect(reads).toBe(3);
  });

  it('[SA4] leaves no lane and no receipt, however many are asked for', async () => {
    const database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    const { lanes, metrics, ...process } = openLanes(database.store.ledger, clock, { lookupsPerUser: 0 });
    const bidder = person(1, 'buyer1');
    const bids = Array.from({ length: 2_000 }, (_, index) =>
      process.bid(bidder, START, `${index}`, 1_000 + index),
    );
    for (const outcome of await Promise.all(bids)) expect(outcome).toEqual(notFound);
    expect(lanes.size).toBe(0);
    expect((await metrics.page()).body).toContain('ringside_receipts 0\n');
    expect(await process.bid(bidder, START + 1, 'one', 1)).toMatchObject({ kind: 'accepted' });
    await database.close();
  });

  it('[SA4] leaves no room', async () => {
    const database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    const log = new RecordedLog();
    const lookups = new AuctionLookups(
      { lookupsPerUser: 0 },
      { clock, metrics: createPrometheusMetrics(), committer: IDLE },
    );
    const layer = createInProcessLayer(log);
    const rooms = new Rooms(
      { views: database.store.views, ledger: database.store.ledger, lookups, layer, clock, log },
      () => () => undefined,
    );
    const found = await Promise.all(
      Array.from({ length: 500 }, (_, index) => rooms.enter(1_000 + index, 'guest')),
    );
    expect(new Set(found.map((room) => ('code' in room ? room.code : 'room')))).toEqual(
      new Set(['auction_not_found']),
    );
    expect(rooms.size).toBe(0);
    rooms.close();
    await database.close();
  });
});

describe('the id of an accepted bid that is not remembered', () => {
  it('[SA3] [ME3] is found in the ledger when more recent ones took its place', async () => {
    const database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    const process = openLanes(database.store.ledger, clock, { receiptsPerUser: 2 });
    const bidder = person(1, 'buyer1');
    const outcomes = [];
    for (let step = 1; step <= 6; step += 1)
      outcomes.push(await process.bid(bidder, START + step, `"id-${step}"`));
    const again = [];
    for (let step = 1; step <= 6; step += 1)
      again.push(await process.bid(bidder, START + 100, `"id-${step}"`));
    expect(again).toEqual(outcomes);
    const together = await Promise.all(
      [1, 2, 3].map((step) => process.bid(bidder, START + 100, `"id-${step}"`)),
    );
    expect(together).toEqual(outcomes.slice(0, 3));
    expect((await database.store.ledger.load(1))?.round.totalBids).toBe(6);
    expect(await process.bid(bidder, START + 100, '"new"')).toMatchObject({ kind: 'accepted' });
    await database.close();
  });

  it('[SA3] [ME3] is found when there are more than are read with the auction', async () => {
    const database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    const first = openLanes(database.store.ledger, clock, { receiptsPerUser: 0 });
    const bidder = person(1, 'buyer1');
    const bids = Array.from({ length: 5_100 }, (_, step) => first.bid(bidder, START + step + 1, `${step}`));
    const outcomes = await Promise.all(bids);
    const second = openLanes((await database.reopen()).ledger, clock, { receiptsPerUser: 0 });
    for (const step of [0, 50, 5_000, 5_099]) {
      expect(await second.bid(bidder, START + 9_000, `${step}`)).toEqual(outcomes[step]);
    }
    expect(await second.bid(bidder, START + 9_000, '9000')).toMatchObject({ kind: 'accepted' });
    await database.close();
  });
});
