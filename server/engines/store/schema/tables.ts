import { accountTables, loginTables } from './accountTables.ts';
import { auctionTables } from './auctionTables.ts';
import { callTables } from './callTables.ts';
import { catalogueTables } from './catalogueTables.ts';
import type { Columns } from './columns.ts';
import { deliveryTables, processTables } from './deliveryTables.ts';
import { roundTables, saleTables } from './saleTables.ts';

/** The tables as query functions see them, whichever engine runs the queries. */
export type Tables = ReturnType<typeof tablesOf>;

/** All tables, made of the columns of one engine. */
export function tablesOf(columns: Columns) {
  const account = accountTables(columns);
  const catalogue = catalogueTables(columns, account);
  const auction = auctionTables(columns, { ...account, ...catalogue });
  return {
    ...account,
    ...loginTables(columns, account),
    ...catalogue,
    ...auction,
    ...saleTables(columns, auction),
    ...roundTables(columns, { ...account, ...auction }),
    ...callTables(columns, account),
    ...deliveryTables(columns, account),
    ...processTables(columns),
  };
}
