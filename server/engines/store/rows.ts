import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Dialect, Engine, Session, Setting, Statement, Value } from './database.ts';

type Row<Table extends SQLiteTable> = Readonly<Table['$inferInsert']>;
type Property<Table extends SQLiteTable> = keyof Table['$inferInsert'] & string;

/**
 * Inserts rows with as few statements as the engine likes; every row has the same properties as the first.
 * Gives the ids that the database chose, in the order of `rows`.
 */
export async function insertRows<Table extends SQLiteTable>(
  session: Session,
  table: Table,
  rows: readonly Row<Table>[],
): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const insertion of insertionsOf(session, table, rows)) {
    const written = await session.write(insertion);
    ids.push(...written.ids);
  }
  return ids;
}

/** Inserts rows, or overwrites the properties `overwritten` of those whose `keys` stand already. */
export async function upsertRows<Table extends SQLiteTable>(
  session: Session,
  table: Table,
  rows: readonly Row<Table>[],
  keys: readonly Property<Table>[],
  overwritten: readonly Property<Table>[],
): Promise<void> {
  for (const upsert of upsertsOf(session, table, rows, keys, overwritten)) await session.write(upsert);
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

/** The statements of {@link insertRows}. */
export function insertionsOf<Table extends SQLiteTable>(
  { dialect }: Pick<Engine, 'dialect'>,
  table: Table,
  rows: readonly Row<Table>[],
  ending = '',
): Statement[] {
  const [first] = rows;
  if (first === undefined) return [];
  const properties = Object.keys(first);
  const insert = `INSERT INTO ${nameOf(table)} (${columnsOf(table, properties).join(',')}) VALUES `;
  return chunksOf(dialect, rows).map((chunk) => {
    const values: Value[] = [];
    let sql = insert;
    let separator = '(';
    for (const row of chunk) {
      sql += `${separator}${valuesOf(row, properties, dialect, values)})`;
      separator = ',(';
    }
    return { sql: sql + ending, values };
  });
}

/** The statements of {@link upsertRows}. */
export function upsertsOf<Table extends SQLiteTable>(
  engine: Pick<Engine, 'dialect'>,
  table: Table,
  rows: readonly Row<Table>[],
  keys: readonly Property<Table>[],
  overwritten: readonly Property<Table>[],
): Statement[] {
  const ending = engine.dialect.onDuplicate(columnsOf(table, keys), columnsOf(table, overwritten));
  return insertionsOf(engine, table, rows, ending);
}

/**
 * The statements of {@link updateRows}. A row that has an `expected` beside what is changed must have that in the
 * column of `guarded`, which may not be null: else its statement fails.
 */
export function updatesOf<Table extends SQLiteTable, Changed extends Property<Table>>(
  { dialect }: Pick<Engine, 'dialect'>,
  table: Table,
  rows: readonly (Required<Pick<Row<Table>, Changed>> & { readonly expected?: Value })[],
  keys: readonly Changed[],
  changed: readonly Changed[],
  guarded?: Changed,
): Statement[] {
  if (rows.length === 0) return [];
  const properties = [...keys, ...changed, ...(guarded === undefined ? [] : ['expected'])];
  const columns = [
    ...columnsOf(table, [...keys, ...changed]),
    ...(guarded === undefined ? [] : [quoted('expected')]),
  ];
  const name = nameOf(table);
  const found = columnsOf(table, keys);
  const settings = changed.map((property): Setting => {
    const [column = ''] = columnsOf(table, [property]);
    const term = `new.${column}`;
    if (property !== guarded) return { column, term };
    return { column, term: `CASE WHEN ${name}.${column}=new.${quoted('expected')} THEN ${term} END` };
  });
  return chunksOf(dialect, rows).map((chunk) => {
    const values: Value[] = [];
    const names = columns.map((column) => ` AS ${column}`);
    let subselect = '';
    let select = 'SELECT ';
    for (const row of chunk) {
      subselect += select + valuesOf(row, properties, dialect, values, subselect === '' ? names : []);
      select = ' UNION ALL SELECT ';
    }
    return { sql: dialect.updateFrom(name, subselect, found, settings), values };
  });
}

/** What each of `from` has, one after the other. */
export function gathered<From, Item>(from: readonly From[], itemsOf: (one: From) => readonly Item[]): Item[] {
  const items: Item[] = [];
  for (const one of from) for (const item of itemsOf(one)) items.push(item);
  return items;
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

/** The row's values with commas between them, each with its ending; a plain loop, for every bid comes through here. */
function valuesOf(
  row: object,
  properties: readonly string[],
  dialect: Dialect,
  values: Value[],
  endings: readonly string[] = [],
): string {
  let sql = '';
  for (let index = 0; index < properties.length; index += 1) {
    const value = (row as Record<string, Value>)[properties[index] ?? ''] ?? null;
    sql += `${index === 0 ? '' : ','}${dialect.value(value, values)}${endings[index] ?? ''}`;
  }
  return sql;
}

function nameOf(table: SQLiteTable): string {
  return quoted(getTableName(table));
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
