import { afterEach, describe, expect, it } from 'vitest';
import { BidLoad, repeat } from '../support/bidLoad.ts';
import { BidSocket } from '../support/bidSocket.ts';
import { PROJECT } from '../support/build.ts';
import { TestClient } from '../support/client.ts';
import { auditAnswers, auditLedgers } from '../support/ledgerAudit.ts';
import { RawSocket } from '../support/rawSocket.ts';
import { openRows } from '../support/rows.ts';
import { Running, ServerHome, ServerProcess, tokenOf } from '../support/serverProcess.ts';
import { TRANSPORTS } from '../support/transports.ts';

const PLAN = { bidders: [1, 2, 3, 5], auctions: [1, 2, 3], watcher: 4, pauseMs: 15 };
const WATCHERS = 150;

describe('a shutdown', { timeout: 60_000 }, () => {
  let home: ServerHome;
  afterEach(() => home.remove());

  it.each([
    ['SIGTERM', TRANSPORTS[0]],
    ['SIGINT', 'ws'],
  ] as const)(
    '[DU6] by %s under load over %s closes with 1012, loses nothing, exits 0',
    async (signal, transport) => {
      home = await ServerHome.open({ TRANSPORT: transport });
      const server = await home.start();
      const load = await BidLoad.start(PLAN, server);
      const crowd = await Promise.all(
        Array.from({ length: WATCHERS }, (_, index) => BidSocket.connect(server, (index % 3) + 1, 6)),
      );
      // One that never answers a close frame, and one that does not even read.
      const deaf = await RawSocket.upgrade(server.port, `/ws/auction/1/?token=${tokenOf(7)}`);
      const stalled = await RawSocket.upgrade(server.port, `/ws/auction/1/?token=${tokenOf(7)}`);
      stalled.stall();
      await load.accepted(100);

      const { stdout } = await server.stop(signal);
      expect(stdout).not.toContain('cut short');
      const successor = await home.start();
      await load.stop();
      const codes = await Promise.all([...load.sockets, ...crowd].map(({ closed }) => closed));
      expect(codes.filter((code) => code !== 1012)).toEqual([]);

      const rows = await openRows(home.databaseUrl);
      const unanswered = await repeat(successor, [...load.unanswered.values()]);
      expect([
        ...load.faults,
        ...crowd.flatMap(({ faults }) => faults),
        ...(await auditLedgers(rows, [...load.told, ...crowd.flatMap(({ told }) => told)])).faults,
        ...(await auditAnswers(rows, [...load.answered, ...unanswered])),
      ]).toEqual([]);
      await rows.close();
      deaf.destroy();
      stalled.destroy();
      expect((await successor.stop()).stderr).toBe('');
    },
  );

  it('[DU6] by Ctrl-C at `npm start` is as orderly', async () => {
    home = await ServerHome.open();
    const npm = new Running('npm', { words: ['start'], folder: PROJECT }, home.settings, { ownGroup: true });
    const server = new ServerProcess(npm, await npm.readyOnPort());
    const client = await TestClient.connect(server.socketUrl(1, 1));
    await client.nextOf('auction_status');
    // A terminal sends Ctrl-C to everybody in the foreground, and npm passes it on besides.
    process.kill(-npm.pid, 'SIGINT');
    expect((await client.closing).code).toBe(1012);
    expect((await npm.ended).code).toBe(0);
    expect(npm.stdout).not.toMatch(/"level":"(warn|error)"/);
  });
});
