import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { EngineUnavailable, StoreUnavailable } from '../../../server/ports/errors.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { until } from '../../support/processes.ts';
import { freshDatabase, openDatabase, openTestStore } from '../../support/store.ts';
import { crowd, NOW_MS, play, bid, user } from './scripts.ts';

const HASH = 'a'.repeat(64);

describe('the SQLite file', () => {
  it('keeps what was committed in a write-ahead log that is flushed every time', async () => {
    const test = await openTestStore('sqlite', crowd(2, 1));
    const other = new Libsql(fileURLToPath(test.databaseUrl));
    expect(other.prepare('PRAGMA journal_mode').raw().all([])).toEqual([['wal']]);
    other.close();
    await test.close();
  });

  it.each([
    ['a folder stands in its place', (folder: string) => Promise.resolve(folder)],
    [
      'it holds something else',
      async (folder: string) => {
        const file = join(folder, 'letter.txt');
        await writeFile(file, 'Dear reader, this is no database. '.repeat(100));
        return file;
      },
    ],
    [
      'its folder cannot be made',
      async (folder: string) => {
        const file = join(folder, 'file');
        await writeFile(file, '');
        return join(file, 'below', 'x.sqlite');
      },
    ],
  ])('stops the start with one line when %s', async (_name, place) => {
    const folder = await mkdtemp(join(tmpdir(), 'ringside-sqlite-'));
    const file = await place(folder);
    const error: unknown = await openDatabase({ kind: 'sqlite', file }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toMatch(/^EngineUnavailable: SQLite file .* cannot be opened: [^\n]+$/);
    await rm(folder, { recursive: true });
  });

  it('waits for another process that writes, without holding this one up', async () => {
    const test = await openTestStore('sqlite', crowd(2, 1));
    const other = new Libsql(fileURLToPath(test.databaseUrl));
    other.exec('BEGIN IMMEDIATE');
    const playing = play(test.store, 1, bid(user(1), 200));
    await new Promise((resolve) => setImmediate(resolve));
    other.exec('COMMIT');
    await playing;
    other.close();
    await test.close();
  });

  it('lets timers and sockets have their turn, however much work waits', async () => {
    const test = await openTestStore('sqlite', crowd(2, 1));
    let isOver = false;
    setTimeout(() => (isOver = true), 20);
    const work = async () => {
      while (!isOver) await test.store.accounts.byId(1);
    };
    await Promise.all([work(), work()]);
    await test.close();
  });

  it('is away when another process writes for too long', async () => {
    const { database, databaseUrl, remove } = await freshDatabase('sqlite');
    const clock = new ManualClock(NOW_MS);
    const store = await openDatabase(database, clock);
    await store.seed.insert(crowd(2, 1));
    const other = new Libsql(fileURLToPath(databaseUrl));
    other.exec('BEGIN IMMEDIATE');
    const outcome = store.accounts.addToken(HASH, 1, null, NOW_MS).then(
      () => 'stored',
      (error: unknown) => error,
    );
    const winding = until(async () => {
      await clock.advance(1_000);
      expect(clock.nowMs()).toBeGreaterThan(NOW_MS + 6_000);
    });
    expect(await outcome).toBeInstanceOf(StoreUnavailable);
    await winding;
    other.exec('COMMIT');
    await store.accounts.addToken(HASH, 1, null, NOW_MS);
    other.close();
    await store.close();
    await remove();
  });
});
