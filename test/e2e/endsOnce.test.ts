import { afterEach, expect, it } from 'vitest';
import { BidSocket } from '../support/bidSocket.ts';
import { DEMO_SELLER, newAuction } from '../support/newAuction.ts';
import { until } from '../support/processes.ts';
import { openRows } from '../support/rows.ts';
import { ServerHome } from '../support/serverProcess.ts';

let home: ServerHome;
afterEach(() => home.remove());

it('[DU5] [EN5] an auction whose end passes while no server runs ends at the start, once, whatever restarts', async () => {
  home = await ServerHome.open();
  let server = await home.start();
  const sold = await newAuction(server, 3_000);
  const unsold = await newAuction(server, 3_000);
  const outbid = await BidSocket.connect(server, sold.id, 3);
  await outbid.toldUpTo(2);
  await outbid.place({ id: 'first', auctionId: sold.id, bidderId: 3, amount: '11.00' });
  const bidder = await BidSocket.connect(server, sold.id, 1);
  await bidder.toldUpTo(3);
  await bidder.place({ id: 'last', auctionId: sold.id, bidderId: 1, amount: '12.50' });
  await server.kill();
  const rows = await openRows(home.databaseUrl);
  const statuses = async () =>
    (await rows.read(`SELECT status FROM auctions WHERE id >= ${sold.id} ORDER BY id`)).map(
      ({ status }) => status,
    );
  expect(await statuses()).toEqual(['active', 'active']);
  await until(() => expect(Date.now()).toBeGreaterThan(unsold.endsAtMs));

  server = await home.start();
  const late = await BidSocket.connect(server, sold.id, 2);
  await late.toldUpTo(5);
  const refused = await late.place({ id: 'too late', auctionId: sold.id, bidderId: 2, amount: '99.00' });
  expect(refused).toEqual({ code: 'auction_not_active' });
  await until(async () => expect(await statuses()).toEqual(['ended', 'ended']));
  await server.kill();
  server = await home.start();
  await until(async () => {
    const letters = await rows.read(
      `SELECT kind, status FROM outbox WHERE auction_id >= ${sold.id} AND kind <> 'outbid' ORDER BY kind`,
    );
    expect(letters).toEqual(
      ['auction_lost', 'auction_sold', 'auction_unsold', 'auction_won'].map((kind) => ({
        kind,
        status: 'sent',
      })),
    );
  });
  await server.stop();

  const ends = await rows.read(
    `SELECT auction_id, seq FROM ledger_events WHERE type = 'auction_ended' ORDER BY 1`,
  );
  expect(ends).toEqual([
    { auction_id: sold.id, seq: 5 },
    { auction_id: unsold.id, seq: 3 },
  ]);
  const notices = await rows.read(
    `SELECT auction_id, user_id, type FROM notifications WHERE type <> 'bid_outbid' ORDER BY auction_id, id`,
  );
  expect(notices).toEqual([
    { auction_id: sold.id, user_id: 1, type: 'auction_won' },
    { auction_id: sold.id, user_id: DEMO_SELLER, type: 'auction_sold' },
    { auction_id: sold.id, user_id: 3, type: 'auction_lost' },
    { auction_id: unsold.id, user_id: DEMO_SELLER, type: 'auction_unsold' },
  ]);
  await rows.close();
}, 60_000);
