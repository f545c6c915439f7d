import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rawRows, rawWrite, type StoreKind, type TestStore } from '../../support/store.ts';
import { crowd, NOW_MS, type OpenStore } from './scripts.ts';

const ROWS = 60_000;
const PAGE_SIZE = 20;
const DIGITS = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
/** The numbers from 0 to 59,999, in words that both engines know. */
const NUMBERS =
  `(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n FROM ` +
  ['a', 'b', 'c', 'e', 'f'].map((name) => `(${DIGITS}) AS ${name}`).join(', ') +
  `) AS numbers WHERE n < ${ROWS}`;

/** Long lists: what it costs to read a page of one. */
export function pageContract(kind: StoreKind, open: OpenStore): void {
  describe('a page of a list of 60,000 rows', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(crowd(3, 2));
      const fill = (sql: string) => rawWrite(test.databaseUrl, sql);
      await fill(
        `INSERT INTO bids (auction_id, seq, bidder_id, amount, is_winning, placed_at, round)
         SELECT 1, n + 3, 1 + n % 2, n + 1, 0, ${NOW_MS}, 1 FROM ${NUMBERS}`,
      );
      await fill(
        `INSERT INTO calls (call_id, caller_id, telecaller_id, type, status, coins_per_minute, created_at, duration_seconds, coins)
         SELECT n, 1 + n % 2, 2 - n % 2, 'AUDIO', 'MISSED', 1, ${NOW_MS}, 0, 0 FROM ${NUMBERS}`,
      );
      await fill(
        `INSERT INTO winnings (user_id, auction_id, round, product, price, is_sold, created_at, updated_at)
         SELECT 1 + n % 2, 1, 1, 'Lot', 1, 0, ${NOW_MS}, ${NOW_MS} FROM ${NUMBERS}`,
      );
      await fill(
        `INSERT INTO auctions (product_id, seller_id, starting_price, current_price, start_time, end_time, status, version, total_bids, created_at)
         SELECT product_id, seller_id, 1, 1, 1, 2, 'ended', 1, 0, 0 FROM auctions, ${NUMBERS} AND auctions.id = 1`,
      );
    }, 120_000);
    afterAll(() => test.close());

    const places = [
      ['the newest', {}],
      ['in the middle', { before: 30_000 }],
      ['the oldest', { before: 10 }],
      ['upwards', { after: 30_000 }],
    ] as const;
    const lists = [
      ['bids', (place: object) => test.store.views.bids(1, { pageSize: PAGE_SIZE, ...place })],
      ['calls', (place: object) => test.store.calls.list(1, { pageSize: PAGE_SIZE, ...place })],
      ['winnings', (place: object) => test.store.winnings.list(1, { pageSize: PAGE_SIZE, ...place })],
      ['auctions', (place: object) => test.store.catalogue.list({}, { pageSize: PAGE_SIZE, ...place })],
      [
        'auctions of a status',
        (place: object) => test.store.catalogue.list({ status: 'ended' }, { pageSize: PAGE_SIZE, ...place }),
      ],
    ] as const;
    const cases = lists.flatMap(([list, read]) =>
      places.map(([name, place]) => ({ list, name, read: () => read(place) })),
    );

    it.each(cases)('[SA12] of $list costs about a page of rows: $name', async ({ read }) => {
      if (kind === 'sqlite') await expectIndexedPlans(test, read);
      else await expectFewRows(test, read);
    });

    it('[SA12] of a user’s notices is found in their index', async () => {
      if (kind !== 'sqlite') return;
      const { notifications } = test.store;
      await expectIndexedPlans(test, async () => {
        await notifications.list(1, { page: 2, pageSize: PAGE_SIZE });
        await notifications.unreadCount(1);
      });
    });
  });
}

/** SQLite tells how it finds rows, not how many: it looks through no table, and sorts nothing. */
async function expectIndexedPlans(test: TestStore, read: () => Promise<unknown>): Promise<void> {
  const prepare = vi.spyOn(Libsql.prototype, 'prepare');
  await read();
  const asked = prepare.mock.calls.map(([sql]) => sql).filter((sql) => /^select/i.test(sql));
  prepare.mockRestore();
  expect(asked).not.toEqual([]);
  for (const sql of asked) {
    const bound = sql.replaceAll('?', '1');
    const plan = (await rawRows(test.databaseUrl, `EXPLAIN QUERY PLAN ${bound}`)).map((row) =>
      String(row[3]),
    );
    expect(plan.length).toBeGreaterThan(0);
    // Of the rows that hosts have won the sales are looked through first: this user hosts none.
    const isOfHost = plan.some((step) => step.includes('auctions_seller'));
    for (const step of plan) {
      expect(step, sql).not.toMatch(/^SCAN/);
      // So do the few pictures of each product.
      if (!isOfHost && !sql.includes('product_images')) expect(step, sql).not.toMatch(/TEMP B-TREE/);
    }
  }
}

/** MariaDB counts the rows that it reads of each table. */
async function expectFewRows(test: TestStore, read: () => Promise<unknown>): Promise<void> {
  await rawRows(test.databaseUrl, 'SET GLOBAL userstat = 1');
  await read();
  const before = await rowsRead(test);
  await read();
  expect((await rowsRead(test)) - before).toBeLessThan(10 * PAGE_SIZE);
}

async function rowsRead(test: TestStore): Promise<number> {
  const sum = `SELECT COALESCE(SUM(rows_read), 0) FROM information_schema.table_statistics WHERE table_schema = DATABASE()`;
  return Number((await rawRows(test.databaseUrl, sum)).flat()[0]);
}
