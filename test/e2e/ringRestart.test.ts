import { describe, inject, it } from 'vitest';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { openRows } from '../support/rows.ts';
import { ServerHome, type ServerProcess, tokenOf } from '../support/serverProcess.ts';
import { rawWrite } from '../support/store.ts';

const RING = 7;
const AUCTIONEER = 14;
/** Longer than the test takes: a deadline falls due when the test moves it. */
const PAUSE_AFTER_MS = 3_600_000;
const CLOSE_AFTER_MS = 7_200_000;

describe.concurrent.each(['sqlite', 'mysql'])('a ring of a killed server on %s', (kind) => {
  const mariadbUrl = inject('mariadbUrl');
  const enter = async (server: ServerProcess, userId: number | null) => {
    const query = userId === null ? '' : `?token=${tokenOf(userId)}`;
    return TestClient.connect(`ws://127.0.0.1:${server.port}/ws/ring/${RING}/${query}`);
  };

  it.skipIf(kind === 'mysql' && mariadbUrl === null)(
    '[RG7] is paused and closed when the lost connection promised, and no restart changes that',
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
      const rows = await openRows(home.databaseUrl);
      const deadlines = () =>
        rows.read(`SELECT kind, due_at FROM deadlines WHERE subject_id = ${RING} ORDER BY due_at`);
      const promised = await until(async () => {
        const found = await deadlines();
        expect(found.map(({ kind }) => kind)).toEqual(['ring_pause', 'ring_close']);
        return found;
      });
      const [pauseAtMs, closeAtMs] = promised.map(({ due_at: dueAt }) => Number(dueAt));
      expect((closeAtMs ?? 0) - (pauseAtMs ?? 0)).toBe(CLOSE_AFTER_MS - PAUSE_AFTER_MS);
      const restart = async () => {
        await server.kill();
        server = await home.start();
      };
      /** Time passes until the deadline, while no server runs: it moves instead. */
      const restartAtDeadline = async (kind: string) => {
        await server.kill();
        const dueAtMs = Date.now();
        const sql = `UPDATE deadlines SET due_at = ${dueAtMs} WHERE subject_id = ${RING} AND kind = '${kind}'`;
        await rawWrite(home.databaseUrl, sql);
        server = await home.start();
        return dueAtMs;
      };
      const recorded = (type: string) =>
        until(async () => {
          const events = await rows.read(
            `SELECT at FROM ledger_events WHERE auction_id = ${RING} AND type = '${type}'`,
          );
          expect(events).toHaveLength(1);
          return Number(events[0]?.['at']);
        });

      await restart();
      expect(await deadlines()).toEqual(promised);
      const inGrace = await enter(server, null);
      expect((await inGrace.nextOf('ring_status')).data).toMatchObject({ is_live: true, paused: false });

      const pauseDueAtMs = await restartAtDeadline('ring_pause');
      expect(await recorded('sale_paused')).toBeGreaterThanOrEqual(pauseDueAtMs);
      await restart();
      expect(await deadlines()).toEqual(promised.slice(1));
      const inPause = await enter(server, null);
      expect((await inPause.nextOf('ring_status')).data).toMatchObject({ is_live: false, paused: true });

      const closeDueAtMs = await restartAtDeadline('ring_close');
      expect(await recorded('ring_closed')).toBeGreaterThanOrEqual(closeDueAtMs);
      const afterwards = await enter(server, null);
      expect((await afterwards.nextOf('ring_status')).data).toMatchObject({ is_closed: true });
      await rows.close();
    },
    180_000,
  );
});
