import mysql, { type Connection } from 'mysql2/promise';
import type { Load } from './load.ts';
import type { Faults } from './patience.ts';
import type { RawTransactionsPlan } from './plan.ts';
import { RawLoad } from './rawLoad.ts';
import { ledgerData, SESSION_SETTINGS, versionsOf } from './rawRows.ts';

const BIDDER_ID = 1;
const FIND = 'SELECT id, version FROM auctions WHERE id IN (?) ORDER BY id FOR UPDATE';
const UPDATE_AUCTION =
  'UPDATE auctions SET version=?, status=?, current_price=?, leader_id=?, leader_bid_seq=?, winner_id=?, ' +
  'total_bids=total_bids+1 WHERE id=?';
const DETHRONE_BID = 'UPDATE bids SET is_winning=? WHERE auction_id=? AND seq=?';
const INSERT_BID =
  'INSERT INTO bids (auction_id,seq,round,bidder_id,amount,is_winning,request_id,placed_at) VALUES (?,?,?,?,?,?,?,?)';
const INSERT_EVENT = 'INSERT INTO ledger_events (auction_id,seq,change_id,type,data,at) VALUES (?,?,?,?,?,?)';

/** Prepares the plan. Units are transactions; latency is from the first statement to the answer of the last. */
export async function rawTransactions(plan: RawTransactionsPlan, faults: Faults): Promise<Load> {
  const connection = await mysql.createConnection({ uri: plan.databaseUrl });
  for (const sql of SESSION_SETTINGS) await connection.query(sql);
  let seq = (await versionsOf(connection, [plan.auctionId]))[0] ?? 0;
  const store = async () => {
    seq += 1;
    await bid(connection, plan.auctionId, seq);
    return 1;
  };
  return new RawLoad([store], (units) => ({ units, others: {} }), faults);
}

/** What a lone bid of somebody who leads already takes. */
async function bid(connection: Connection, auctionId: number, seq: number): Promise<void> {
  const amount = seq * 100;
  const nowMs = Date.now();
  const changeId = seq.toString(16).padStart(32, '0');
  await connection.query('START TRANSACTION');
  await connection.query(FIND, [auctionId]);
  await connection.query(UPDATE_AUCTION, [seq, 'active', amount, BIDDER_ID, seq, null, auctionId]);
  await connection.query(DETHRONE_BID, [false, auctionId, seq - 1]);
  await connection.query(INSERT_BID, [auctionId, seq, 1, BIDDER_ID, amount, true, String(nowMs), nowMs]);
  const data = ledgerData(BIDDER_ID, amount, nowMs);
  await connection.query(INSERT_EVENT, [auctionId, seq, changeId, 'bid_placed', data, nowMs]);
  await connection.query('COMMIT');
}
