import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { BidLoad, repeat } from '../support/bidLoad.ts';
import { acceptedOf } from '../support/bids.ts';
import { TestClient } from '../support/client.ts';
import { type LateLine, openLateLine } from '../support/lateLine.ts';
import { auditAnswers, auditLedgers } from '../support/ledgerAudit.ts';
import { createDatabase, type PrivateMariadb, startMariadb } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { openRows } from '../support/rows.ts';
import { ServerHome, type ServerProcess } from '../support/serverProcess.ts';

const hasMariadb = inject('mariadbUrl') !== null;
const PLAN = { bidders: [1, 2, 3], auctions: [1, 2], watcher: 4, pauseMs: 20 };
/** An auction and a user of the demo that have no part in the load. */
const QUIET_AUCTION = 6;
const QUIET_USER = 5;
const STRANGER = 7;
/** Longer than it takes until a commit in doubt is looked up. */
const LATE_MS = 800;

describe.skipIf(!hasMariadb)('a database that goes away and comes back', { timeout: 60_000 }, () => {
  let mariadb: PrivateMariadb;
  let home: ServerHome;
  let server: ServerProcess;
  beforeEach(async () => {
    const started = await startMariadb();
    if (started === null) throw new Error('this machine has no MariaDB');
    mariadb = started;
    home = await ServerHome.open({ DATABASE_URL: await createDatabase(mariadb.url) });
    server = await home.start();
  });
  afterEach(async () => {
    await home.remove();
    await mariadb.remove();
  });

  const statusOf = async (path: string) => (await fetch(server.http + path)).status;
  const isReady = async () => expect(await statusOf('/readyz')).toBe(200);

  /** Nothing is lost, doubled or told wrongly, everybody who watches knows it all, and the server lives. */
  const expectNothingLost = async (load: BidLoad) => {
    await load.stop();
    expect([...load.unanswered.keys()]).toEqual([]);
    const rows = await openRows(home.databaseUrl);
    const ledgers = await rows.read('SELECT id, version FROM auctions');
    for (const watcher of load.sockets) {
      const ledger = ledgers.find(({ id }) => id === watcher.auctionId);
      await watcher.toldUpTo(Number(ledger?.['version']));
    }
    const refused = load.answered.filter(({ answer }) => 'code' in answer && answer.code === 'unavailable');
    const sample = [...load.answered.slice(-10), ...refused.slice(0, 10)];
    const repeated = await repeat(
      server,
      sample.map(({ bid }) => bid),
    );
    expect([
      ...load.faults,
      ...(await auditLedgers(rows, load.told)).faults,
      ...(await auditAnswers(rows, [...load.answered.filter((each) => !sample.includes(each)), ...repeated])),
    ]).toEqual([]);
    await rows.close();
    await load.close();
    expect((await server.stop()).stderr).toBe('');
  };

  it('[DU2] refuses bids clearly while it is down, and loses none when it is killed under load', async () => {
    const quiet = await TestClient.connect(server.socketUrl(QUIET_AUCTION, QUIET_USER));
    await quiet.nextOf('auction_status');
    const load = await BidLoad.start(PLAN, server);
    await load.accepted(60);
    await mariadb.kill();

    quiet.send({ type: 'place_bid', amount: 30_000, id: 'meanwhile' });
    expect(await quiet.nextOf('error')).toEqual({
      type: 'error',
      id: 'meanwhile',
      code: 'unavailable',
      message: 'Your request could not be stored. Please try again.',
    });
    const late = await TestClient.connect(server.socketUrl(QUIET_AUCTION, STRANGER));
    expect(await late.next()).toMatchObject({ type: 'error', code: 'unavailable' });
    expect((await late.closing).code).toBe(1013);
    expect(await statusOf('/readyz')).toBe(503);
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf('/metrics')).toBe(200);

    await mariadb.start();
    await until(isReady);
    quiet.send({ type: 'place_bid', amount: 30_000, id: 'meanwhile' });
    await quiet.nextOf('bid_accepted');
    await load.accepted(acceptedOf(load.answered).length + 30);
    await expectNothingLost(load);
  });

  it('[DU2] answers within bounds while it hangs, and goes on when it moves again', async () => {
    const quiet = await TestClient.connect(server.socketUrl(QUIET_AUCTION, QUIET_USER));
    await quiet.nextOf('auction_status');
    const load = await BidLoad.start(PLAN, server);
    await load.accepted(60);
    const rows = await openRows(home.databaseUrl);
    const [variables] = await rows.read('SELECT @@pid_file AS file');
    await rows.close();
    const pid = Number(await readFile(String(variables?.['file']), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    try {
      expect(await statusOf('/readyz')).toBe(503);
      expect(await statusOf('/healthz')).toBe(200);
      quiet.send({ type: 'place_bid', amount: 30_000, id: 'meanwhile' });
      expect(await quiet.nextOf('error')).toMatchObject({ id: 'meanwhile', code: 'unavailable' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(isReady);
    await load.accepted(acceptedOf(load.answered).length + 30);
    await expectNothingLost(load);
  });
});

describe.skipIf(!hasMariadb)('a commit whose connection breaks', () => {
  let home: ServerHome;
  let line: LateLine;
  afterEach(async () => {
    await home.remove();
    await line.close();
  });

  it('[DU2] is answered as it turns out, however late it arrives, and nobody waits behind it', async () => {
    const url = new URL(await createDatabase(inject('mariadbUrl') ?? ''));
    line = await openLateLine(Number(url.port));
    url.port = String(line.port);
    home = await ServerHome.open({ DATABASE_URL: url.href });
    const server = await home.start();
    const client = await TestClient.connect(server.socketUrl(1, 1));
    await client.nextOf('auction_status');

    line.delayNextCommit('bids', LATE_MS);
    client.send({ type: 'place_bid', amount: 2600 });
    const answer = await client.nextThat(({ type }) => type === 'new_bid' || type === 'error');
    expect(answer).toMatchObject({ type: 'new_bid', seq: 3, data: { amount: '2600.00' } });

    line.delayNextCommit('bids', LATE_MS);
    client.send({ type: 'place_bid', amount: 2700, id: 'in doubt' });
    await client.settle();
    client.send({ type: 'place_bid', amount: 2800, id: 'behind it' });
    expect(await client.nextOf('error')).toMatchObject({ id: 'behind it', code: 'unavailable' });
    expect(await client.nextOf('bid_accepted')).toMatchObject({ id: 'in doubt', seq: 4 });
  });
});
