import { describe, inject, it } from 'vitest';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { openRows } from '../support/rows.ts';
import { ServerHome, type ServerProcess, tokenOf } from '../support/serverProcess.ts';

const RING = 7;
const AUCTIONEER = 14;
/** Long enough for a start of the server to fit in between. */
const PAUSE_AFTER_MS = 5_000;
const CLOSE_AFTER_MS = 14_000;

describe.concurrent.each(['sqlite', 'mysql'])('a ring of a killed server on %s', (kind) => {
  const mariadbUrl = inject('mariadbUrl');
  const enter = async (server: ServerProcess, userId: number | null) => {
    const query = userId === null ? '' : `?token=${tokenOf(userId)}`;
    return TestClient.connect(`ws://127.0.0.1:${server.port}/ws/ring/${RING}/${query}`);
  };

  it.skipIf(kind === 'mysql' && mariadbUrl === null)(
    '[RG7] is paused and closed to the second that the lost connection promised',
    async ({ expect, onTestFinished }) => {
      const home = await ServerHome.open({
        LIMIT_RING_PAUSE_AFTER_MS: String(PAUSE_AFTER_MS),
        LIMIT_RING_CLOSE_AFTER_MS: String(CLOSE_AFTER_MS),
        ...(kind === 'mysql' && mariadbUrl !== null
          ? { DATABASE_URL: await createDatabase(mariadbUrl) }
          : {}),
      });
      onTestFinished(() => home.remove());
      let server = await home.start();
      const watcher = await enter(server, null);
      const auctioneer = await enter(server, AUCTIONEER);
      await watcher.nextOf('ring_live');
      auctioneer.socket.terminate();
      await watcher.nextThat(({ type, data }) => type === 'user_count' && data?.['user_count'] === 1);
      const rows = await openRows(home.databaseUrl);
      const deadlines = await until(async () => {
        const found = await rows.read(
          `SELECT kind, due_at FROM deadlines WHERE subject_id = ${RING} ORDER BY due_at`,
        );
        expect(found).toHaveLength(2);
        return found;
      });
      const [pauseAtMs, closeAtMs] = deadlines.map(({ due_at: dueAt }) => Number(dueAt));
      expect((closeAtMs ?? 0) - (pauseAtMs ?? 0)).toBe(CLOSE_AFTER_MS - PAUSE_AFTER_MS);

      await server.kill();
      server = await home.start();
      const inGrace = await enter(server, null);
      expect((await inGrace.nextOf('ring_status')).data).toMatchObject({ is_live: true, paused: false });
      await inGrace.nextOf('ring_paused');
      await server.kill();
      server = await home.start();
      const inPause = await enter(server, null);
      expect((await inPause.nextOf('ring_status')).data).toMatchObject({ is_live: false, paused: true });
      await inPause.nextOf('ring_closed');

      const events = await rows.read(
        `SELECT type, at FROM ledger_events WHERE auction_id = ${RING} AND type IN ('sale_paused', 'ring_closed') ORDER BY seq`,
      );
      expect(events.map(({ type }) => type)).toEqual(['sale_paused', 'ring_closed']);
      const [pausedAtMs, closedAtMs] = events.map(({ at }) => Number(at));
      expect((pausedAtMs ?? 0) - (pauseAtMs ?? 0)).toBeGreaterThanOrEqual(0);
      expect((pausedAtMs ?? 0) - (pauseAtMs ?? 0)).toBeLessThan(4_000);
      expect((closedAtMs ?? 0) - (closeAtMs ?? 0)).toBeGreaterThanOrEqual(0);
      expect((closedAtMs ?? 0) - (closeAtMs ?? 0)).toBeLessThan(4_000);
      await rows.close();
    },
    60_000,
  );
});
