import * as mysqlTables from './mysql.ts';
import * as sqliteTables from './sqlite.ts';
import type { Tables } from './tables.ts';

export type { Tables } from './tables.ts';

/** The tables of SQLite. */
export const sqlite: Tables = sqliteTables;

/** The tables of MySQL. */
export const mysql: Tables = mysqlTables;
