import mysql, { type Connection } from 'mysql2/promise';
import { Latencies } from '../latencies.ts';
import type { Sample } from '../sample.ts';
import { Faults } from './patience.ts';
import type { RawBatchesPlan } from './plan.ts';
import { ledgerData, SESSION_SETTINGS, versionsOf } from './rawRows.ts';
import { timed } from './timed.ts';

const BIDDER_ID = 1;

/** Carries out the plan. Units are bids; latency is that of a batch: one bid on each auction of a connection. */
export async function rawBatches(plan: RawBatchesPlan): Promise<Sample> {
  const { auctionIds, connections } = plan;
  const faults = new Faults();
  const latencies = new Latencies();
  const done = { bids: 0 };
  let isOver = false;
  const share = Math.ceil(auctionIds.length / connections);
  const shares = Array.from({ length: connections }, (_, index) =>
    auctionIds.slice(index * share, (index + 1) * share),
  );
  const working = async (ids: readonly number[]) => {
    const connection = await mysql.createConnection({ uri: plan.databaseUrl, multipleStatements: true });
    for (const sql of SESSION_SETTINGS) await connection.query(sql);
    let seqs = (await versionsOf(connection, ids)).map((version) => version + 1);
    while (!isOver) {
      const startedAtMs = performance.now();
      await store(connection, ids, seqs);
      latencies.add(performance.now() - startedAtMs);
      done.bids += ids.length;
      seqs = seqs.map((seq) => seq + 1);
    }
    await connection.end();
  };
  const work = Promise.all(shares.filter(({ length }) => length > 0).map(working)).catch((error: unknown) =>
    faults.report(String(error)),
  );
  const { counted, ...measured } = await timed(plan, null, faults, latencies, () => ({ ...done }));
  isOver = true;
  await faults.unless(work);
  return {
    ...measured,
    units: counted.bids,
    bytesPerConnection: null,
    toldAccepted: null,
    details: { batchesPerSecond: (measured.latencyMs?.count ?? 0) / measured.seconds },
  };
}

/** The values are numbers and texts of ours, so the statements are put together by hand: the database is measured. */
async function store(connection: Connection, ids: readonly number[], seqs: readonly number[]): Promise<void> {
  const nowMs = Date.now();
  const auctions: string[] = [];
  const dethroned: string[] = [];
  const bids: string[] = [];
  const events: string[] = [];
  ids.forEach((id, index) => {
    const seq = seqs[index] ?? 0;
    const amount = seq * 100;
    auctions.push(row([id, seq, "'active'", amount, BIDDER_ID, seq, 'NULL', seq], AUCTION_COLUMNS, index));
    dethroned.push(row([id, seq - 1, 0], BID_COLUMNS, index));
    bids.push(`(${id},${seq},1,${BIDDER_ID},${amount},1,'${nowMs}',${nowMs})`);
    const changeId = `${id}-${seq}`.padStart(32, '0');
    events.push(
      `(${id},${seq},'${changeId}','bid_placed','${ledgerData(BIDDER_ID, amount, nowMs)}',${nowMs})`,
    );
  });
  await connection.query(
    `START TRANSACTION;
    UPDATE (${auctions.join(' UNION ALL ')}) AS new STRAIGHT_JOIN auctions ON auctions.id=new.id
      SET ${AUCTION_COLUMNS.slice(1)
        .map((name) => `auctions.${name}=new.${name}`)
        .join(',')};
    UPDATE (${dethroned.join(' UNION ALL ')}) AS new STRAIGHT_JOIN bids
      ON bids.auction_id=new.auction_id AND bids.seq=new.seq SET bids.is_winning=new.is_winning;
    INSERT INTO bids (auction_id,seq,round,bidder_id,amount,is_winning,request_id,placed_at) VALUES ${bids.join(',')};
    INSERT INTO ledger_events (auction_id,seq,change_id,type,data,at) VALUES ${events.join(',')};
    COMMIT`,
  );
}

const AUCTION_COLUMNS = [
  'id',
  'version',
  'status',
  'current_price',
  'leader_id',
  'leader_bid_seq',
  'winner_id',
  'total_bids',
];
const BID_COLUMNS = ['auction_id', 'seq', 'is_winning'];

/** The first row of a derived table names its columns. */
function row(values: readonly (number | string)[], columns: readonly string[], index: number): string {
  const named = index === 0 ? values.map((value, at) => `${value} AS ${columns[at]}`) : values;
  return `SELECT ${named.join(',')}`;
}
