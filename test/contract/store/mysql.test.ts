import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import { CommitInDoubt, EngineUnavailable, StoreUnavailable } from '../../../server/ports/errors.ts';
import { endsWithCommit } from '../../support/commits.ts';
import { type FaultyLine, openFaultyLine } from '../../support/faultyLine.ts';
import { createDatabase, type PrivateMariadb, SMALL_MARIADB, startMariadb } from '../../support/mariadb.ts';
import { freePort, until } from '../../support/processes.ts';
import { openDatabase, openTestStore, rawRows } from '../../support/store.ts';
import { bid, changeBy, crowd, isCommitted, loaded, play, user } from './scripts.ts';

const serverUrl = inject('mariadbUrl');

describe.skipIf(serverUrl === null)('the MySQL store', () => {
  it.each([
    ['nobody listens', async () => `mysql://root:s3cret@127.0.0.1:${await freePort()}/ringside`],
    [
      'the password is wrong',
      () => Promise.resolve(`${serverUrl?.replace('root@', 'root:s3cret@') ?? ''}/mysql`),
    ],
    ['it names no database', () => Promise.resolve(`${serverUrl ?? ''}/`)],
    ['there is no such database', () => Promise.resolve(`${serverUrl ?? ''}/nowhere`)],
  ])('stops the start with one line without a password when %s', async (_name, urlOf) => {
    const url = await urlOf();
    const error: unknown = await openDatabase({ kind: 'mysql', url }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(String(error)).toMatch(/^EngineUnavailable: MySQL at 127\.0\.0\.1:\d+[^\n]+$/);
    expect(String(error)).not.toContain('s3cret');
  });

  it('compares names exactly and keeps them whole, whatever the database is set to', async () => {
    const test = await openTestStore('mysql');
    const columns = await rawRows(
      test.databaseUrl,
      `SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = DATABASE() AND collation_name IS NOT NULL`,
    );
    expect(columns).toEqual([['utf8mb4_bin']]);
    const engines = await rawRows(
      test.databaseUrl,
      `SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()`,
    );
    expect(engines).toEqual([['InnoDB']]);
    await test.close();
  });

  it.each([
    ['before a statement', 'CREATE TABLE `products`', 'cut'],
    ['before a statement was noted', 'CREATE TABLE `products`', 'pass and cut the answer'],
    ['before it was noted that an index is gone', 'DROP INDEX', 'pass and cut the answer'],
  ] as const)('goes on with a migration that was cut short %s', async (_name, statement, treatment) => {
    const url = new URL(await createDatabase(serverUrl ?? ''));
    const line = await openFaultyLine(Number(url.port));
    line.treat = (sent) => (sent.includes(statement) ? treatment : 'pass');
    const broken = openDatabase({ kind: 'mysql', url: url.href.replace(url.port, String(line.port)) });
    await expect(broken).rejects.toThrow(EngineUnavailable);
    const store = await openDatabase({ kind: 'mysql', url: url.href });
    expect(await store.seed.isEmpty()).toBe(true);
    await store.seed.insert(crowd(1, 1));
    await store.close();
    await line.close();
  });

  it('does not take the tables of another application for its own', async () => {
    const url = await createDatabase(serverUrl ?? '');
    await rawRows(url, 'CREATE TABLE auctions (id bigint PRIMARY KEY)');
    await expect(openDatabase({ kind: 'mysql', url })).rejects.toThrow(/ER_TABLE_EXISTS_ERROR/);
  });
});

/** MariaDB that says it is MySQL, so that it is not asked for what only MariaDB has. */
const AS_MYSQL = '--version=8.0.36';

describe.skipIf(serverUrl === null)('a MySQL server that goes away', () => {
  let mariadb: PrivateMariadb;
  let store: Store;
  beforeAll(async () => {
    const started = await startMariadb([...SMALL_MARIADB, AS_MYSQL]);
    if (started === null) throw new Error('this machine has no MariaDB');
    mariadb = started;
    store = await openDatabase({ kind: 'mysql', url: await createDatabase(mariadb.url) });
    await store.seed.insert(crowd(5, 5));
  });
  afterAll(async () => {
    await store.close();
    await mariadb.remove();
  });

  it('is told at once by every method, and found again when it is back', async () => {
    await play(store, 1, bid(user(1), 200));
    const change = changeBy(await loaded(store, 1), bid(user(2), 300));
    await mariadb.kill();
    const calls = [
      () => store.ping(),
      () => store.ledger.commit([change]),
      () => store.ledger.load(1),
      () => store.views.snapshot(1),
      () => store.outbox.claimDue(0, 1, 1),
      () => store.notifications.markAllRead(1),
      () => store.deadlines.nextDueAtMs(),
      () => store.accounts.byId(1),
      () => store.seed.isEmpty(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(StoreUnavailable);
    await Promise.all(
      Array.from({ length: 40 }, () => expect(store.ledger.load(1)).rejects.toThrow(StoreUnavailable)),
    );
    await mariadb.start();
    await store.ping();
    expect(await loaded(store, 1)).toMatchObject({ version: 3, round: { highestBid: { amount: 200 } } });
    expect((await store.ledger.commit([change])).every(isCommitted)).toBe(true);
    expect(await loaded(store, 1)).toEqual(change.after);
  });

  it('[SA20] fails a ping while it takes nothing that is written, although it can be read', async () => {
    const url = new URL(await createDatabase(mariadb.url));
    // Others may write all the same.
    await rawRows(mariadb.url, "CREATE USER ringside@'%' IDENTIFIED BY 'word'");
    await rawRows(mariadb.url, `GRANT ALL ON ${url.pathname.slice(1)}.* TO ringside@'%'`);
    url.username = 'ringside';
    url.password = 'word';
    const reader = await openDatabase({ kind: 'mysql', url: url.href });
    await reader.seed.insert(crowd(2, 1));
    await reader.ping();
    await rawRows(mariadb.url, 'SET GLOBAL read_only = 1');
    await expect(reader.ping()).rejects.toThrow(StoreUnavailable);
    expect(await loaded(reader, 1)).toMatchObject({ version: 2 });
    await rawRows(mariadb.url, 'SET GLOBAL read_only = 0');
    await reader.ping();
    await reader.close();
  });

  it('is sent statement by statement, which MariaDB is not', async () => {
    const sentTo = async (url: string) => {
      const line = await openFaultyLine(Number(new URL(url).port));
      let sent = '';
      line.treat = (packet) => {
        sent += packet.toString('latin1');
        return 'pass';
      };
      const databaseUrl = (await createDatabase(url)).replace(new URL(url).port, String(line.port));
      const other = await openDatabase({ kind: 'mysql', url: databaseUrl });
      await other.seed.insert(crowd(2, 1));
      await play(other, 1, bid(user(1), 200));
      await other.close();
      await line.close();
      return sent;
    };
    expect(await sentTo(mariadb.url)).not.toContain('NOT ATOMIC');
    expect(await sentTo(serverUrl ?? '')).toContain('BEGIN NOT ATOMIC START TRANSACTION;UPDATE');
  });

  it('gives the right ids of notices where servers of a cluster leave room for each other', async () => {
    const databaseUrl = await createDatabase(mariadb.url);
    await rawRows(mariadb.url, 'SET GLOBAL auto_increment_increment = 3, GLOBAL auto_increment_offset = 2');
    const spread = await openDatabase({ kind: 'mysql', url: databaseUrl });
    await spread.seed.insert(crowd(5, 5));
    const ids = await play(spread, 1, ...[1, 2, 3, 1].map((id, index) => bid(user(id), 200 + index)));
    const stored = await rawRows(databaseUrl, 'SELECT id FROM notifications ORDER BY id');
    expect(ids).toEqual(stored.flat());
    expect(ids).toEqual([2, 5, 8]);
    await spread.close();
    await rawRows(mariadb.url, 'SET GLOBAL auto_increment_increment = 1, GLOBAL auto_increment_offset = 1');
  });

  it('loses no bid that was answered, and answers none that it lost, when it is killed under load', async () => {
    const answered: number[] = [];
    let isDown = false;
    const bidding = (async () => {
      while (!isDown) {
        const state = await loaded(store, 2);
        const change = changeBy(state, bid(user(1), currentPrice(state) + 1));
        const [outcome] = await store.ledger.commit([change]);
        if (isCommitted(outcome)) answered.push(change.after.version);
      }
    })().catch((error: unknown) => error);
    await until(() => expect(answered.length).toBeGreaterThan(20));
    await mariadb.kill();
    isDown = true;
    const error = await bidding;
    if (error !== undefined)
      expect([StoreUnavailable, CommitInDoubt].some((kind) => error instanceof kind)).toBe(true);
    await mariadb.start();
    const events = await until(() => store.ledger.eventsAfter(2, 2, 100_000));
    const seqs = events.map(({ seq }) => seq);
    expect(seqs.slice(0, answered.length)).toEqual(answered);
    expect(seqs.length - answered.length).toBeLessThanOrEqual(error === undefined ? 0 : 1);
  });
});

describe.skipIf(serverUrl === null)('a line to MySQL that breaks', () => {
  let line: FaultyLine;
  let store: Store;
  let direct: Store;
  let databaseUrl: string;
  beforeAll(async () => {
    const url = new URL(await createDatabase(serverUrl ?? ''));
    databaseUrl = url.href;
    line = await openFaultyLine(Number(url.port));
    direct = await openDatabase({ kind: 'mysql', url: url.href });
    await direct.seed.insert(crowd(5, 5));
    url.port = String(line.port);
    store = await openDatabase({ kind: 'mysql', url: url.href });
  });
  afterAll(async () => {
    await store.close();
    await direct.close();
    await line.close();
  });

  it('leaves a commit in doubt when its answer is lost; the ledger knows that it is stored', async () => {
    const change = changeBy(await loaded(store, 1), bid(user(1), 200));
    line.treat = (sent) => (endsWithCommit(sent) ? 'pass and cut the answer' : 'pass');
    await expect(store.ledger.commit([change])).rejects.toThrow(CommitInDoubt);
    line.treat = () => 'pass';
    await until(async () => expect(await store.ledger.changeIdAt(1, 3)).toBe(change.changeId));
  });

  it('leaves a commit in doubt when it never arrived; the ledger knows that it is not stored', async () => {
    const change = changeBy(await loaded(store, 2), bid(user(1), 200));
    line.treat = (sent) => (endsWithCommit(sent) ? 'cut' : 'pass');
    await expect(store.ledger.commit([change])).rejects.toThrow(CommitInDoubt);
    line.treat = () => 'pass';
    expect(await store.ledger.changeIdAt(2, 3)).toBe(null);
    expect((await store.ledger.commit([change])).every(isCommitted)).toBe(true);
  });

  it('has stored nothing when it breaks before the commit, which large changes are sent in front of', async () => {
    const bids = Array.from({ length: 3_000 }, (_, index) => bid(user(1), 200 + index));
    const change = changeBy(await loaded(store, 3), ...bids);
    line.treat = (sent) => (sent.includes('START TRANSACTION') && !endsWithCommit(sent) ? 'cut' : 'pass');
    await expect(store.ledger.commit([change])).rejects.toThrow(StoreUnavailable);
    line.treat = () => 'pass';
    expect(await store.ledger.changeIdAt(3, 3)).toBe(null);
    expect((await store.ledger.commit([change])).every(isCommitted)).toBe(true);
  });

  it('knows that a commit is not stored when a statement before it fails, unless it cannot ask any more', async () => {
    const change = changeBy(await loaded(store, 5), bid(user(1), 200));
    await rawRows(databaseUrl, 'RENAME TABLE ledger_events TO elsewhere');
    await expect(store.ledger.commit([change])).rejects.toThrow(/^ER_NO_SUCH_TABLE/);
    line.treat = (sent) => (sent.includes('@@in_transaction') ? 'cut' : 'pass');
    await expect(store.ledger.commit([change])).rejects.toThrow(CommitInDoubt);
    line.treat = () => 'pass';
    await rawRows(databaseUrl, 'RENAME TABLE elsewhere TO ledger_events');
    expect(await loaded(direct, 5)).toMatchObject({ version: change.expectedVersion });
    expect((await store.ledger.commit([change])).every(isCommitted)).toBe(true);
  });

  it('says nothing of live sales while timed auctions are bid on', async () => {
    const change = changeBy(await loaded(store, 4), bid(user(1), 200));
    let sent = '';
    line.treat = (packet) => {
      sent += packet.toString('latin1');
      return 'pass';
    };
    expect((await store.ledger.commit([change])).every(isCommitted)).toBe(true);
    line.treat = () => 'pass';
    expect(sent).toContain('INSERT INTO `bids`');
    expect(sent).not.toMatch(/live_sales|comments|mutes|winnings/);
  });

  it('fails a ping in time when nothing comes through', async () => {
    await store.ping();
    line.treat = () => 'hold';
    const startedAt = performance.now();
    await expect(store.ping()).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    line.treat = () => 'pass';
  });
});
