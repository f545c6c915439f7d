import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Dialect, Session, Statement, Value } from './database.ts';

type Row<Table extends SQLiteTable> = Readonly<Table['$inferInsert']>;
type Property<Table extends SQLiteTable> = keyof Table['$inferInsert'] & string;

/**
 * Inserts rows with as few statements as the engine likes; every row has the same properties as the first.
 * Gives the ids that the database chose, in the order of `rows`.
 */
export function insertRows<Table extends SQLiteTable>(
  session: Session,
  table: Table,
  rows: readonly Row<Table>[],
): Promise<readonly number[]> {
  return insertInChunks(session, table, rows, '');
}

/** Inserts rows, or overwrites the properties `overwritten` of those whose `keys` stand already. */
export async function upsertRows<Table extends SQLiteTable>(
  session: Session,
  table: Table,
  rows: readonly Row<Table>[],
  keys: readonly Property<Table>[],
  overwritten: readonly Property<Table>[],
): Promise<void> {
  const ending = session.dialect.onDuplicate(columnsOf(table, keys), columnsOf(table, overwritten));
  await insertInChunks(session, table, rows, ending);
}

/** Sets the properties `changed` of rows that are there, found by their `keys`. */
export async function updateRows<Table extends SQLiteTable, Changed extends Property<Table>>(
  session: Session,
  table: Table,
  rows: readonly Required<Pick<Row<Table>, Changed>>[],
  keys: readonly Changed[],
  changed: readonly Changed[],
): Promise<void> {
  for (const update of updatesOf(session, table, rows, keys, changed)) await session.write(update);
}

/** The statements of {@link updateRows}. */
export function updatesOf<Table extends SQLiteTable, Changed extends Property<Table>>(
  { dialect }: Session,
  table: Table,
  rows: readonly Required<Pick<Row<Table>, Changed>>[],
  keys: readonly Changed[],
  changed: readonly Changed[],
): Statement[] {
  const properties = [...keys, ...changed];
  const columns = columnsOf(table, properties);
  const name = quoted(getTableName(table));
  const [found, set] = [columnsOf(table, keys), columnsOf(table, changed)];
  const first = `SELECT ${columns.map((column) => `? AS ${column}`).join(',')}`;
  const further = ` UNION ALL SELECT ${columns.map(() => '?').join(',')}`;
  return chunksOf(dialect, rows).map((chunk) => ({
    sql: dialect.updateFrom(name, first + further.repeat(chunk.length - 1), found, set),
    values: valuesOf(chunk, properties),
  }));
}

/** The statements of {@link insertRows}. */
export function insertionsOf<Table extends SQLiteTable>(
  { dialect }: Session,
  table: Table,
  rows: readonly Row<Table>[],
  ending = '',
): Statement[] {
  const properties = Object.keys(rows[0] ?? {});
  const columns = columnsOf(table, properties);
  const marks = `(${columns.map(() => '?').join(',')})`;
  const insert = `INSERT INTO ${quoted(getTableName(table))} (${columns.join(',')}) VALUES ${marks}`;
  return chunksOf(dialect, rows).map((chunk) => ({
    sql: insert + `,${marks}`.repeat(chunk.length - 1) + ending,
    values: valuesOf(chunk, properties),
  }));
}

async function insertInChunks<Table extends SQLiteTable>(
  session: Session,
  table: Table,
  rows: readonly Row<Table>[],
  ending: string,
): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const insertion of insertionsOf(session, table, rows, ending)) {
    const written = await session.write(insertion);
    ids.push(...written.ids);
  }
  return ids;
}

/** As many items at a time as one statement takes. */
export function chunksOf<Item>(dialect: Dialect, items: readonly Item[]): (readonly Item[])[] {
  const chunks: (readonly Item[])[] = [];
  for (let start = 0; start < items.length;) {
    const end = start + dialect.rowsPerStatement(items.length - start);
    chunks.push(items.slice(start, end));
    start = end;
  }
  return chunks;
}

function valuesOf(rows: readonly object[], properties: readonly string[]): readonly Value[] {
  return rows.flatMap((row) =>
    properties.map((property) => (row as Record<string, Value>)[property] ?? null),
  );
}

function columnsOf(table: SQLiteTable, properties: readonly string[]): string[] {
  const columns = getTableColumns(table);
  return properties.map((property) => {
    const column = columns[property];
    if (column === undefined) throw new Error(`${getTableName(table)} has no ${property}`);
    return quoted(column.name);
  });
}

/** Both engines take back-ticks. */
function quoted(name: string): string {
  return `\`${name}\``;
}
