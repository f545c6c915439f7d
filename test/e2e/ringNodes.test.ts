import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { openRows } from '../support/rows.ts';
import { ServerHome, type ServerProcess, tokenOf } from '../support/serverProcess.ts';

const mariadbUrl = inject('mariadbUrl');
const redisUrl = inject('redisUrl');
const RING = 7;
const AUCTIONEER = 14;
/** A lease of the killed node, and the grace; on a busy machine. */
const PAUSED_WITHIN_MS = 60_000;

function enter(server: ServerProcess, userId: number | null): Promise<TestClient> {
  const query = userId === null ? '' : `?token=${tokenOf(userId)}`;
  return TestClient.connect(`ws://127.0.0.1:${server.port}/ws/ring/${RING}/${query}`);
}

describe.skipIf(mariadbUrl === null || redisUrl === null)('a ring over two nodes', () => {
  it('[NP8] is not paused while its auctioneer is on either, and is once the node that had them was killed', async () => {
    const home = await ServerHome.open({
      DATABASE_URL: await createDatabase(mariadbUrl ?? ''),
      REDIS_URL: String(redisUrl),
      REDIS_PREFIX: 'ring-nodes:',
      LIMIT_RING_PAUSE_AFTER_MS: '200',
    });
    onTestFinished(() => home.remove());
    const rows = await openRows(home.databaseUrl);
    onTestFinished(() => rows.close());
    const pauses = () =>
      rows.read(`SELECT at FROM ledger_events WHERE auction_id = ${RING} AND type = 'sale_paused'`);
    const deadlines = () => rows.read(`SELECT kind FROM deadlines WHERE subject_id = ${RING}`);

    const first = await home.start();
    const watcher = await enter(first, null);
    const before = await enter(first, AUCTIONEER);
    await watcher.nextOf('ring_live');
    const second = await home.start();
    const after = await enter(second, AUCTIONEER);
    await after.nextOf('ring_status');
    await until(async () => expect(await deadlines()).toEqual([]));
    before.close();
    // The first node has seen it go, and has asked where else the auctioneer is.
    expect(await pauses()).toEqual([]);

    const killedAtMs = Date.now();
    await second.kill();
    await until(async () => expect(await pauses()).toHaveLength(1), PAUSED_WITHIN_MS);
    const [pause] = await pauses();
    expect(Number(pause?.['at'])).toBeGreaterThanOrEqual(killedAtMs);

    const third = await home.start();
    const back = await enter(third, AUCTIONEER);
    expect((await back.nextOf('ring_status')).data).toMatchObject({ paused: true });
  }, 120_000);
});
