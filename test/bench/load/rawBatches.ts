import mysql, { type Connection } from 'mysql2/promise';
import type { Load } from './load.ts';
import type { Faults } from './patience.ts';
import type { RawBatchesPlan } from './plan.ts';
import { RawLoad } from './rawLoad.ts';
import { ledgerData, SESSION_SETTINGS, versionsOf } from './rawRows.ts';

const BIDDER_ID = 1;

/** Prepares the plan. Units are bids; latency is that of a batch: one bid on each auction of a connection. */
export async function rawBatches(plan: RawBatchesPlan, faults: Faults): Promise<Load> {
  const { auctionIds, connections } = plan;
  const share = Math.ceil(auctionIds.length / connections);
  const shares = Array.from({ length: connections }, (_, index) =>
    auctionIds.slice(index * share, (index + 1) * share),
  ).filter(({ length }) => length > 0);
  const workers = await Promise.all(
    shares.map(async (ids) => {
      const connection = await mysql.createConnection({ uri: plan.databaseUrl, multipleStatements: true });
      for (const sql of SESSION_SETTINGS) await connection.query(sql);
      let seqs = await versionsOf(connection, ids);
      return async () => {
        seqs = seqs.map((seq) => seq + 1);
        await store(connection, ids, seqs);
        return ids.length;
      };
    }),
  );
  return new RawLoad(workers, (units, batches) => ({ units, others: { batches } }), faults);
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
