import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../server/config.ts';
import { systemClock } from '../../../server/engines/clock/systemClock.ts';
import { freshDatabase, openDatabase, rawWrite, type StoreKind } from '../../support/store.ts';
import { begun, DETAILS } from './callScripts.ts';
import { newSale } from './saleScripts.ts';
import { bid, loaded, NOW_MS, play, user } from './scripts.ts';

/** What a database of the first version held. */
const FIRST_ROWS = [
  `INSERT INTO users VALUES (1, 'user1', 'one@example.com', 'buyer', 0, 7), (2, 'user2', 'two@example.com', 'buyer', 0, 7), (21, 'seller1', 's@example.com', 'seller', 0, 7)`,
  `INSERT INTO categories VALUES (1, 'Vases')`,
  `INSERT INTO products VALUES (1, 21, 1, 'Blue vase', 'Blue.', 'new')`,
  `INSERT INTO auctions VALUES (1, 1, 21, 100, 300, 5, ${NOW_MS + 1_000}, 'active', 4, 2, 4, NULL, 2, 5)`,
  `INSERT INTO bids VALUES (1, 3, 1, 200, 0, 'r', 8), (1, 4, 2, 300, 1, NULL, 9)`,
];

/** A database of an older version. */
export function migrationContract(kind: StoreKind): void {
  describe('a database of the first version', () => {
    it('[LS6] keeps its auctions, bids and users, and takes live sales and calls from then on', async () => {
      const { database, databaseUrl, remove } = await freshDatabase(kind);
      const migrations = await firstMigrations(kind, 1);
      await (await openDatabase(database, systemClock, migrations)).close();
      for (const row of FIRST_ROWS) await rawWrite(databaseUrl, row);
      const store = await openDatabase(database);
      const { catalogue, views, accounts, calls, categories } = store;
      expect(await loaded(store, 1)).toMatchObject({
        version: 4,
        round: { highestBid: { seq: 4, amount: 300, bidder: { id: 2, username: 'user2' } } },
        sale: null,
      });
      expect((await views.snapshot(1))?.latestBids.map(({ amount }) => amount)).toEqual([300, 200]);
      expect(await catalogue.list({ status: 'active' }, { pageSize: 5 })).toMatchObject({
        rows: [{ id: 1 }],
      });
      expect(await accounts.byId(1)).toEqual({
        ...user(1),
        email: 'one@example.com',
        role: 'buyer',
        isBlocked: false,
        profile: null,
      });
      expect(await categories.list()).toMatchObject([{ id: 1, name: 'Vases', pictureUrl: '' }]);
      await play(store, 1, bid(user(1), 400));
      expect(await loaded(store, 1)).toMatchObject({
        round: { totalBids: 3, highestBid: { bidder: { id: 1 } } },
      });
      expect(await catalogue.createSale(newSale())).toEqual({ kind: 'created', id: 2 });
      expect(await calls.coinBalance(1)).toBe(0);
      await calls.saveTelecaller(2, DETAILS);
      expect(await begun(store, 1, 2)).toMatchObject({ status: 'RINGING' });
      await store.close();
      await rm(migrations, { recursive: true });
      await remove();
    });
  });

  describe('a database from before the limits of codes', () => {
    it('[SA24] [SA25] keeps the codes that are on their way, and bounds them from then on', async () => {
      const { database, databaseUrl, remove } = await freshDatabase(kind);
      const migrations = await firstMigrations(kind, 4);
      await (await openDatabase(database, systemClock, migrations)).close();
      const number = '+923005550101';
      await rawWrite(
        databaseUrl,
        `INSERT INTO otp_codes VALUES ('${number}', 'right', 4, ${NOW_MS + 300_000}, ${NOW_MS})`,
      );
      const store = await openDatabase(database);
      const { auth } = store;
      const redeem = (code: string, nowMs = NOW_MS) =>
        auth.redeemCode(number, code, nowMs, {
          maxTries: 9,
          lockMsAfter: (wrongCodes) => wrongCodes * 1_000,
        });
      expect(await redeem('wrong')).toEqual({ kind: 'wrong' });
      expect(await redeem('right')).toEqual({ kind: 'locked', untilMs: NOW_MS + 1_000 });
      expect(await redeem('right', NOW_MS + 1_000)).toEqual({ kind: 'right' });
      const offer = (createdAtMs: number) =>
        auth.offerCode(
          { number, codeHash: 'next', createdAtMs, expiresAtMs: createdAtMs + 1 },
          { pauseMs: 30_000, windows: [{ maxMessages: 1, lengthMs: 60_000 }] },
        );
      expect(await offer(NOW_MS)).toEqual({ kind: 'too_soon', untilMs: NOW_MS + 30_000 });
      expect(await offer(NOW_MS + 30_000)).toEqual({ kind: 'kept', wrongCodes: 0 });
      expect(await offer(NOW_MS + 60_000)).toEqual({ kind: 'too_many', untilMs: NOW_MS + 90_000 });
      await store.close();
      await rm(migrations, { recursive: true });
      await remove();
    });
  });
}

/** A copy of the migrations as they were when there were so many. */
async function firstMigrations(kind: StoreKind, count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ringside-migrations-'));
  await cp(join(PROJECT_ROOT, 'migrations', kind), join(folder, kind), { recursive: true });
  const file = join(folder, kind, 'meta', '_journal.json');
  const journal = JSON.parse(await readFile(file, 'utf8')) as { readonly entries: readonly unknown[] };
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}
