import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BidLoad, repeat } from '../support/bidLoad.ts';
import { acceptedOf, type AnsweredBid, type SentBid } from '../support/bids.ts';
import { BidSocket } from '../support/bidSocket.ts';
import { auditAnswers, auditLedgers } from '../support/ledgerAudit.ts';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { DEMO_SELLER, newAuction } from '../support/newAuction.ts';
import { until } from '../support/processes.ts';
import { openRows, type Rows } from '../support/rows.ts';
import { ServerHome, type ServerProcess } from '../support/serverProcess.ts';

const mariadbUrl = inject('mariadbUrl');
const redisUrl = inject('redisUrl');
const PLAN = { bidders: [1, 2, 3, 5], auctions: [1, 2], watcher: 4, pauseMs: 15 };
/** Long enough for eight bids on a busy machine. */
const LASTS_MS = 12_000;

describe.skipIf(mariadbUrl === null || redisUrl === null)(
  'two processes on one database',
  { timeout: 120_000 },
  () => {
    let home: ServerHome;
    let one: ServerProcess;
    let other: ServerProcess;
    let rows: Rows;
    beforeAll(async () => {
      home = await ServerHome.open({
        DATABASE_URL: await createDatabase(mariadbUrl ?? ''),
        REDIS_URL: String(redisUrl),
        REDIS_PREFIX: 'two-processes:',
      });
      [one, other] = await Promise.all([home.start(), home.start()]);
      rows = await openRows(home.databaseUrl);
    });
    afterAll(async () => {
      await rows.close();
      await home.remove();
    });

    it('[DU4] keep one ledger under bids from both, and every watcher gets the whole of it in order', async () => {
      const load = await BidLoad.start(PLAN, one, other);
      await load.accepted(200);
      await load.stop();
      expect([...load.unanswered.keys()]).toEqual([]);

      const accepted = acceptedOf(load.answered).slice(-40);
      for (const server of [one, other]) {
        const repeated = await repeat(
          server,
          accepted.map(({ bid }) => bid),
        );
        expect(repeated).toEqual(accepted);
      }
      const ledgers = await rows.read('SELECT id, version FROM auctions');
      for (const socket of load.sockets) {
        const ledger = ledgers.find(({ id }) => id === socket.auctionId);
        await socket.toldUpTo(Number(ledger?.['version']));
        const isOwn = ({ bid }: AnsweredBid) =>
          bid.bidderId === socket.userId && bid.auctionId === socket.auctionId;
        const toldOfOwn = socket.told.filter(({ bidder }) => bidder === `buyer${socket.userId}`);
        expect(toldOfOwn.map(({ seq }) => ({ seq }))).toEqual(
          acceptedOf(load.answered)
            .filter(isOwn)
            .map(({ answer }) => answer),
        );
      }
      expect([
        ...load.faults,
        ...(await auditLedgers(rows, load.told)).faults,
        ...(await auditAnswers(rows, load.answered)),
      ]).toEqual([]);
      await load.close();
    });

    it('[DU4] place a bid once that reaches both at the same moment under one id', async () => {
      const [here, there] = await Promise.all([BidSocket.connect(one, 3, 6), BidSocket.connect(other, 3, 6)]);
      for (let step = 0; step < 20; step += 1) {
        const amount = `${2_000 + step}.00`;
        const bid: SentBid = { id: `twice ${step}`, auctionId: 3, bidderId: 6, amount };
        const answers = await Promise.all([here.place(bid), there.place(bid)]);
        expect(answers).toEqual([{ seq: 3 + step }, { seq: 3 + step }]);
      }
      expect((await auditLedgers(rows)).faults).toEqual([]);
      await Promise.all([here.close(), there.close()]);
    });

    it('[NP9] reach a user with private messages of the process that the user is not connected to', async () => {
      const url = other.socketUrl(3, 5);
      const outbid = await TestClient.connect(url);
      await outbid.nextOf('auction_status');
      const [here, there] = await Promise.all([BidSocket.connect(other, 3, 5), BidSocket.connect(one, 3, 6)]);
      await here.place({ id: 'to be outbid', auctionId: 3, bidderId: 5, amount: '9000.00' });
      await there.place({ id: 'outbids', auctionId: 3, bidderId: 6, amount: '9100.00' });
      expect((await outbid.nextOf('notification')).data).toMatchObject({ notification_type: 'bid_outbid' });
      await Promise.all([here.close(), there.close()]);
      outbid.close();
    });

    it('[DU5] end an auction once, tell every watcher once, and notify once', async () => {
      const auctions = await Promise.all(
        [one, other, one, other].map((server) => newAuction(server, LASTS_MS)),
      );
      const sockets = await Promise.all(
        auctions.flatMap(({ id }) => [BidSocket.connect(one, id, 1), BidSocket.connect(other, id, 2)]),
      );
      for (const socket of sockets) {
        await socket.toldUpTo(2);
        const bid = { id: `last ${socket.auctionId}`, auctionId: socket.auctionId, bidderId: socket.userId };
        await socket.place({ ...bid, amount: `${20 + socket.userId}.00` });
      }
      const listed = auctions.map(({ id }) => id).join();
      await until(async () => {
        const going = await rows.read(
          `SELECT id FROM auctions WHERE id IN (${listed}) AND status <> 'ended'`,
        );
        expect(going).toEqual([]);
      }, 4 * LASTS_MS);
      const versions = await rows.read(`SELECT id, version FROM auctions WHERE id IN (${listed})`);
      for (const socket of sockets) {
        await socket.toldUpTo(Number(versions.find(({ id }) => id === socket.auctionId)?.['version']));
        expect(socket.faults).toEqual([]);
      }
      const ended = await rows.read(
        `SELECT auction_id FROM ledger_events WHERE type = 'auction_ended' AND auction_id IN (${listed})`,
      );
      expect(ended.map(({ auction_id }) => auction_id).toSorted()).toEqual(
        auctions.map(({ id }) => id).toSorted(),
      );
      const notices = await rows.read(
        `SELECT auction_id, user_id, type FROM notifications WHERE type <> 'bid_outbid' AND auction_id IN (${listed})
       ORDER BY auction_id, id`,
      );
      expect(notices).toEqual(
        auctions
          .map(({ id }) => id)
          .toSorted((left, right) => left - right)
          .flatMap((auction_id) => [
            { auction_id, user_id: 2, type: 'auction_won' },
            { auction_id, user_id: DEMO_SELLER, type: 'auction_sold' },
            { auction_id, user_id: 1, type: 'auction_lost' },
          ]),
      );
      expect(await rows.read(`SELECT * FROM deadlines WHERE subject_id IN (${listed})`)).toEqual([]);
    });

    it('[DU5] end an auction, once, although the process that made it is gone', async () => {
      const { id } = await newAuction(one, 1_000);
      const watcher = await BidSocket.connect(other, id, 1);
      await one.kill();
      await until(async () => {
        expect(await rows.read(`SELECT status FROM auctions WHERE id = ${id}`)).toEqual([
          { status: 'ended' },
        ]);
      });
      await watcher.toldUpTo(3);
      expect(await other.stop()).toMatchObject({ code: 0, stderr: '' });
      const events = await rows.read(`SELECT type FROM ledger_events WHERE auction_id = ${id} ORDER BY seq`);
      expect(events.map(({ type }) => type)).toEqual(['auction_created', 'auction_started', 'auction_ended']);
      const notices = await rows.read(`SELECT user_id, type FROM notifications WHERE auction_id = ${id}`);
      expect(notices).toEqual([{ user_id: DEMO_SELLER, type: 'auction_unsold' }]);
      expect(watcher.faults).toEqual([]);
    });
  },
);
