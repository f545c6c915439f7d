import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuctionPublisher } from '../../server/domain/auction/ledger/publisher.ts';
import { changeOf } from '../../server/domain/auction/ledger/change.ts';
import { bulkSeed } from '../../server/seeding/bulk.ts';
import { bid, changeBy, loaded, user } from '../contract/store/scripts.ts';
import { activeAuction } from '../support/auctions.ts';
import { openLanes } from '../support/lanes.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { hasEngine, openTestStore, rawRows, type TestStore } from '../support/store.ts';

const BIDDERS = 10_000;
const SELLER = { id: BIDDERS + 2, username: 'seller2' };

const kinds = hasEngine('mysql') ? (['sqlite', 'mysql'] as const) : (['sqlite'] as const);

describe.each(kinds)('the end of an auction with ten thousand bidders on %s', (kind) => {
  const clock = new ManualClock();
  let database: TestStore;

  beforeEach(async () => {
    database = await openTestStore(kind, bulkSeed({ users: BIDDERS, auctions: 1, nowMs: clock.nowMs() }));
    const before = await loaded(database.store, 1);
    const atMs = clock.nowMs();
    const bids = Array.from({ length: BIDDERS }, (_, index) => bid(user(index + 1), 200 + index, { atMs }));
    const change = changeBy(before, ...bids);
    await database.store.ledger.commit([{ ...change, letters: [], notifications: [] }]);
  }, 120_000);
  afterEach(() => database.close());

  it('[EN6] tells them all in its own commit, and lets the event loop turn meanwhile', async () => {
    const process = openLanes(database.store.ledger, clock);
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const outcome = await process.lanes.submit(1, { type: 'end', requestedBy: SELLER, nowMs: clock.nowMs() });
    isOver = true;
    expect(outcome.kind).toBe('accepted');
    // Written in one go, all of it would take a few turns.
    expect(turns).toBeGreaterThan(50);
    const count = async (sql: string) => Number((await rawRows(database.databaseUrl, sql)).flat()[0]);
    const told = `SELECT COUNT(DISTINCT user_id) FROM notifications WHERE type = 'auction_lost'`;
    expect(await count(told)).toBe(BIDDERS - 1);
    expect(await count(`SELECT COUNT(*) FROM notifications`)).toBe(BIDDERS + 1);
    expect(await count(`SELECT COUNT(*) FROM outbox WHERE kind = 'auction_lost'`)).toBe(BIDDERS - 1);
    process.lanes.close();
  }, 120_000);
});

it('[EN6] many notices are published in their order, a few in each turn of the event loop', async () => {
  const published: unknown[] = [];
  const publisher = new AuctionPublisher({
    layer: {
      publish: (channel, message) => channel.startsWith('user.') && published.push(message),
      subscribe: () => Promise.resolve(() => undefined),
      family: () => ({ open: () => Promise.resolve(), close: () => undefined }),
    },
    store: { snapshot: () => Promise.resolve(null) },
    clock: new ManualClock(),
    log: new RecordedLog(),
    outboxChanged: () => undefined,
  });
  const state = activeAuction();
  const notifications = Array.from({ length: 1_000 }, (_, index) => ({
    userId: index,
    type: 'auction_lost' as const,
    title: 'The auction has ended',
    message: '',
    auctionId: 1,
    createdAtMs: 0,
  }));
  const ids = notifications.map(({ userId }) => 5_000 + userId);
  publisher.publish({ ...changeOf(state, [], state, 'change'), notifications }, ids);
  expect(published.length).toBeLessThan(500);
  await until(() => expect(published).toHaveLength(1_000));
  expect(published).toEqual(
    notifications.map((notification, index) => ({ ...notification, id: ids[index], isRead: false })),
  );
});
