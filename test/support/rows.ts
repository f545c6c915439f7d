import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import mysql from 'mysql2/promise';

/** A row as the database gives it, by column names. */
export type Row = Readonly<Record<string, unknown>>;

/** A look into a database past the server, with SQL that both engines understand. */
export interface Rows {
  read(sql: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Opens the database that `DATABASE_URL` would name; other processes may be using it. */
export async function openRows(databaseUrl: string): Promise<Rows> {
  if (databaseUrl.startsWith('file:')) {
    const database = new Libsql(fileURLToPath(databaseUrl));
    database.exec('PRAGMA busy_timeout=5000');
    return {
      read: (sql) => Promise.resolve(database.prepare(sql).all() as Row[]),
      close: () => Promise.resolve(database.close()).then(() => undefined),
    };
  }
  const connection = await mysql.createConnection({ uri: databaseUrl });
  return {
    read: async (sql) => (await connection.query(sql))[0] as Row[],
    close: () => connection.end(),
  };
}
