import { bigint, customType } from 'drizzle-orm/mysql-core';

// Names compare exactly whatever the database's own default is: the collation stands in every column.
const EXACT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** Text of a bounded length. */
export const line = customType<{
  data: string;
  driverData: string;
  config: { length: number };
  configRequired: true;
}>({
  dataType: ({ length }) => `varchar(${length}) ${EXACT}`,
});
/** Text of any length. */
export const prose = customType<{ data: string; driverData: string }>({
  dataType: () => `mediumtext ${EXACT}`,
});
/** A whole number: 53 bits of it are read. */
export const whole = (name: string) => bigint(name, { mode: 'number' });
/** The number that the database gives to a row. */
export const id = () => whole('id').autoincrement().primaryKey();
