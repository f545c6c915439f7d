import type { Connection } from 'mysql2/promise';

/** As the server sets up its own connections. */
export const SESSION_SETTINGS = [
  `SET SESSION autocommit=1, sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** The number of the newest event of each auction. */
export async function versionsOf(
  connection: Connection,
  auctionIds: readonly number[],
): Promise<readonly number[]> {
  const sql = 'SELECT id, version FROM auctions WHERE id IN (?)';
  const [rows] = await connection.query({ sql, rowsAsArray: true }, [auctionIds]);
  const versions = new Map(rows as unknown as [number, number][]);
  return auctionIds.map((id) => {
    const version = versions.get(id);
    if (version === undefined) throw new Error(`there is no auction ${id}`);
    return version;
  });
}

/** What the ledger keeps of a bid. */
export function ledgerData(bidderId: number, amount: number, requestId: number): string {
  const bidder = { id: bidderId, username: `user${bidderId}` };
  return JSON.stringify({ bidder, amount, requestId: String(requestId), previousLeader: bidder });
}
