import type { ColumnBuilderBase } from 'drizzle-orm';
import * as mysql from 'drizzle-orm/mysql-core';
import * as sqlite from 'drizzle-orm/sqlite-core';

/** What tables are written with. Times are UTC milliseconds and money is minor units, both as integers. */
export type Columns = typeof sqliteColumns;

/** The columns of SQLite, which has no lengths. */
export const sqliteColumns = {
  table: sqlite.sqliteTable,
  index: sqlite.index,
  /** The key of a table whose rows the database does not number. */
  primaryKey: (name: string, columns: [sqlite.AnySQLiteColumn, ...sqlite.AnySQLiteColumn[]]) =>
    sqlite.primaryKey({ name, columns }),
  /** The number that the database gives to a row. */
  id: () => sqlite.integer('id').primaryKey({ autoIncrement: true }),
  /** A whole number of 53 bits. */
  integer: (name: string) => sqlite.integer(name),
  boolean: (name: string) => sqlite.integer(name, { mode: 'boolean' }),
  /** Text of `length` characters at most, where the database counts them. */
  varchar: (...[name]: [name: string, length: number]) => sqlite.text(name),
  /** Text of any length. */
  text: (name: string) => sqlite.text(name),
  /** The id of a row of another table. */
  reference: (name: string, id: () => sqlite.AnySQLiteColumn) =>
    sqlite.integer(name).notNull().references(id),
};

// Names compare exactly, independent of the database's default: the collation stands in every column.
const EXACT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const varchar = mysql.customType<{
  data: string;
  driverData: string;
  config: { length: number };
  configRequired: true;
}>({
  dataType: ({ length }) => `varchar(${length}) ${EXACT}`,
});
const mediumtext = mysql.customType<{ data: string; driverData: string }>({
  dataType: () => `mediumtext ${EXACT}`,
});
const bigint = (name: string) => mysql.bigint(name, { mode: 'number' });

const ownMysqlColumns = {
  table: mysql.mysqlTable,
  index: mysql.index,
  primaryKey: (name: string, columns: [mysql.AnyMySqlColumn, ...mysql.AnyMySqlColumn[]]) =>
    mysql.primaryKey({ name, columns }),
  id: () => bigint('id').autoincrement().primaryKey(),
  integer: bigint,
  boolean: (name: string) => mysql.boolean(name),
  varchar: (name: string, length: number) => varchar(name, { length }),
  text: (name: string) => mediumtext(name),
  reference: (name: string, id: () => mysql.AnyMySqlColumn) => bigint(name).notNull().references(id),
};

/**
 * The columns of MySQL under the types of SQLite's. Each call of a drizzle builder gives another type of its own
 * dialect, and TypeScript has no type parameters that take parameters: a table cannot be generic over dialects.
 * What the cast claims is checked by {@link SameValues}.
 */
export const mysqlColumns = ownMysqlColumns as unknown as Columns;

type Values<Vocabulary> = {
  [Name in keyof Vocabulary]: Vocabulary[Name] extends (...words: never) => infer Builder
    ? Builder extends ColumnBuilderBase
      ? Pick<Builder['_'], 'data' | 'notNull' | 'hasDefault'>
      : never
    : never;
};
type Same<Left, Right> = [Left, Right] extends [Right, Left] ? true : false;
type Holds<Fact extends true> = Fact;

/** Does not compile unless the columns of both engines read and write the same values. */
export type SameValues = Holds<Same<Values<typeof sqliteColumns>, Values<typeof ownMysqlColumns>>>;
