import mysql from 'mysql2/promise';

const TABLES = [
  `CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    username VARCHAR(150) NOT NULL UNIQUE
  )`,
  `CREATE TABLE auctions (
    id BIGINT PRIMARY KEY,
    starting_price DECIMAL(14, 2) NOT NULL,
    current_price DECIMAL(14, 2) NOT NULL,
    leader_id BIGINT REFERENCES users (id)
  )`,
  `CREATE TABLE bids (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    auction_id BIGINT NOT NULL REFERENCES auctions (id),
    bidder_id BIGINT NOT NULL REFERENCES users (id),
    amount DECIMAL(14, 2) NOT NULL,
    placed_at VARCHAR(32) NOT NULL,
    INDEX (auction_id)
  )`,
];

/** Makes the tables of the plain server, with users 1…`users` and auctions 1…`auctions`. */
export async function createPlainTables(
  databaseUrl: string,
  { users, auctions, startingPrice }: { users: number; auctions: number; startingPrice: number },
): Promise<void> {
  const connection = await mysql.createConnection({ uri: databaseUrl });
  for (const table of TABLES) await connection.query(table);
  await connection.query(`INSERT INTO users SELECT seq, CONCAT('user', seq) FROM seq_1_to_${users}`);
  await connection.query(
    `INSERT INTO auctions SELECT seq, ${startingPrice}, ${startingPrice}, NULL FROM seq_1_to_${auctions}`,
  );
  await connection.end();
}
