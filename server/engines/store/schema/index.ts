import type { InferInsertModel, InferSelectModel, Table } from 'drizzle-orm';
import * as mysqlTables from './mysql.ts';
import * as sqliteTables from './sqlite.ts';

/** The tables as query functions see them, whichever engine runs the queries. */
export type Tables = typeof sqliteTables;

type Rows<Schema> = {
  [Name in keyof Schema]: Schema[Name] extends Table
    ? { read: InferSelectModel<Schema[Name]>; written: InferInsertModel<Schema[Name]> }
    : never;
};
type Same<Left, Right> = [Left, Right] extends [Right, Left] ? true : false;
type Holds<Fact extends true> = Fact;

/** Does not compile unless both schemas have the same tables with the same rows. */
export type SameRows = Holds<Same<Rows<typeof sqliteTables>, Rows<typeof mysqlTables>>>;

/** The tables of SQLite. */
export const sqlite: Tables = sqliteTables;

/** The tables of MySQL under the types of their SQLite twins: the query builders differ in type only. */
export const mysql = mysqlTables as unknown as Tables;
