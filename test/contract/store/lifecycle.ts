import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../server/ports/errors.ts';
import { until } from '../../support/processes.ts';
import { freshDatabase, openDatabase, rawRows, type StoreKind } from '../../support/store.ts';
import { bid, changeBy, crowd, loaded, type OpenStore, user } from './scripts.ts';

/** Opening, migrating and closing. */
export function lifecycleContract(kind: StoreKind, open: OpenStore): void {
  describe('opening', () => {
    it('brings an empty database up to date, and leaves one alone that is', async () => {
      const test = await open(crowd(2, 1));
      const again = await test.reopen();
      expect(await again.ledger.load(1)).toMatchObject({ version: 2 });
      await test.close();
    });

    it('waits for others who migrate the same database at the same time', async () => {
      const { database, databaseUrl, remove } = await freshDatabase(kind);
      const stores = await Promise.all([1, 2, 3].map(() => openDatabase(database)));
      for (const { seed } of stores) expect(await seed.isEmpty()).toBe(true);
      const progress = await rawRows(databaseUrl, 'SELECT COUNT(*) FROM migrations');
      const made = readdirSync(join('migrations', 'sqlite')).filter((name) => name.endsWith('.sql'));
      expect(progress).toEqual([[made.length]]);
      await Promise.all(stores.map((store) => store.close()));
      await remove();
    });
  });

  describe('a store', () => {
    it('[SA20] stores something for each ping, however many processes ask at once', async () => {
      const test = await open(crowd(2, 2));
      const stores = [test.store, await test.reopen(), await test.reopen()];
      await Promise.all(stores.flatMap((store) => Array.from({ length: 10 }, () => store.ping())));
      const stored = async () => (await rawRows(test.databaseUrl, 'SELECT id, at FROM probes')).flat();
      const [id, atMs] = await stored();
      expect(id).toBe(1);
      await until(async () => {
        await test.store.ping();
        expect((await stored())[1]).toBeGreaterThan(Number(atMs));
      });
      await test.close();
    });

    it('answers a ping while it is open, and is away once it is closed', async () => {
      const test = await open(crowd(2, 2));
      await test.store.ping();
      const change = changeBy(await loaded(test.store, 1), bid(user(1), 200));
      await test.store.close();
      await expect(test.store.ping()).rejects.toThrow(StoreUnavailable);
      await expect(test.store.ledger.commit([change])).rejects.toThrow(StoreUnavailable);
      await expect(test.store.views.snapshot(1)).rejects.toThrow(StoreUnavailable);
      await test.close();
    });
  });
}
