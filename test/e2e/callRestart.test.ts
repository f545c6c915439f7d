import { describe, inject, it } from 'vitest';
import { call, emit } from '../support/callClients.ts';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { openRows } from '../support/rows.ts';
import { ServerHome, type ServerProcess, tokenOf } from '../support/serverProcess.ts';

const [AYESHA, BILAL, JANE, SANA] = [1, 2, 15, 16];

describe.concurrent.each(['sqlite', 'mysql'])('calls of a server that ends on %s', (kind) => {
  const mariadbUrl = inject('mariadbUrl');
  const connect = async ({ port }: ServerProcess, side: string, userId: number) => {
    const url = `ws://127.0.0.1:${port}/ws/${side}/?token=${tokenOf(userId)}`;
    const client = await TestClient.connect(url);
    await client.settle();
    return client;
  };
  /** One call goes on, and one rings. */
  const stage = async (server: ServerProcess) => {
    const [user, rival] = [await connect(server, 'user', AYESHA), await connect(server, 'user', BILAL)];
    const [jane, sana] = [
      await connect(server, 'telecaller', JANE),
      await connect(server, 'telecaller', SANA),
    ];
    for (const watcher of [user, rival]) {
      for (let come = 0; come < 2; come += 1) await watcher.nextOf('telecaller:presence-changed');
    }
    emit(jane, 'call:accept', { callId: await call(user, String(JANE)) });
    await user.nextOf('call:accepted');
    await call(rival, String(SANA), 'VIDEO');
    await sana.nextOf('call:incoming');
  };

  it.skipIf(kind === 'mysql' && mariadbUrl === null)(
    '[CA17] are over: at the next start after kill -9, before the end of a shutdown',
    async ({ expect, onTestFinished }) => {
      const home = await ServerHome.open({
        LIMIT_CALL_CONNECTIONS_PER_MINUTE: '0',
        ...(kind === 'mysql' && mariadbUrl !== null
          ? { DATABASE_URL: await createDatabase(mariadbUrl) }
          : {}),
      });
      onTestFinished(() => home.remove());
      let server = await home.start();
      const rows = await openRows(home.databaseUrl);
      const expectAllOver = async (coins: number) => {
        expect(await rows.read('SELECT status, coins FROM calls ORDER BY id DESC LIMIT 2')).toEqual([
          { status: 'MISSED', coins: 0 },
          { status: 'COMPLETED', coins: 10 },
        ]);
        expect(await rows.read('SELECT * FROM active_calls')).toEqual([]);
        expect(await rows.read("SELECT * FROM telecallers WHERE presence <> 'OFFLINE'")).toEqual([]);
        expect(await rows.read("SELECT * FROM deadlines WHERE kind LIKE 'call%'")).toEqual([]);
        expect(await rows.read(`SELECT coins FROM users WHERE id = ${AYESHA}`)).toEqual([{ coins }]);
      };

      await stage(server);
      expect(await rows.read('SELECT * FROM active_calls')).toHaveLength(4);
      await server.kill();
      expect(await rows.read('SELECT * FROM active_calls')).toHaveLength(4);
      server = await home.start();
      await expectAllOver(490);

      await stage(server);
      await server.stop();
      await expectAllOver(480);
      await rows.close();
    },
    60_000,
  );
});
