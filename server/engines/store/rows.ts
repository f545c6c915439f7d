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
  return session.write(insertionsOf(session, table, rows, { givesIds: true }));
}

/** Inserts rows, or overwrites the properties `overwritten` of those whose `keys` stand already. */
export async function upsertRows<Table extends SQLiteTable>(
  session: Session,
  table: Table,
  rows: readonly Row<Table>[],
  keys: readonly Property<Table>[],
  overwritten: readonly Property<Table>[],
): Promise<void> {
  await session.write(upsertsOf(session, table, rows, keys, overwritten));
}

/** Sets the properties `changed` of rows that are there, found by their `keys`. */
export async function updateRows<Table extends SQLiteTable, Changed extends Property<Table>>(
  session: Session,
  table: Table,
  rows: readonly Required<Pick<Row<Table>, Changed>>[],
  keys: readonly Changed[],
  changed: readonly Changed[],
): Promise<void> {
  await session.write(updatesOf(session, table, rows, keys, changed));
}

/** What an insertion is besides its rows. */
interface InsertionOptions {
  readonly ending?: string;
  readonly givesIds?: boolean;
}

/** The statements of {@link insertRows}. */
export function insertionsOf<Table extends SQLiteTable>(
  engine: Pick<Engine, 'dialect'>,
  table: Table,
  rows: readonly Row<Table>[],
  options?: InsertionOptions,
): Statement[] {
  const [first] = rows;
  return first === undefined ? [] : insertion(engine, table, Object.keys(first), options)(rows);
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
  return insertionsOf(engine, table, rows, { ending });
}

/** The statements of {@link updateRows}. */
export function updatesOf<Table extends SQLiteTable, Changed extends Property<Table>>(
  engine: Pick<Engine, 'dialect'>,
  table: Table,
  rows: readonly Required<Pick<Row<Table>, Changed>>[],
  keys: readonly Changed[],
  changed: readonly Changed[],
): Statement[] {
  return rows.length === 0 ? [] : update(engine, table, keys, changed)(rows);
}

/** Statements that overwrite the one row of probes with another at each moment: what stands already is not written again. */
export function probeAt(engine: Engine, nowMs: number): Statement[] {
  return upsertsOf(engine, engine.tables.probes, [{ id: 1, atMs: nowMs }], ['id'], ['atMs']);
}

/** Makes statements of rows: as few as the engine likes. What is the same for all rows is put together once. */
export type Write<Of> = (rows: readonly Of[]) => Statement[];

/** Statements that insert rows of these properties. */
export function insertion<Table extends SQLiteTable>(
  { dialect }: Pick<Engine, 'dialect'>,
  table: Table,
  properties: readonly string[],
  { ending = '', givesIds = false }: InsertionOptions = {},
): Write<Row<Table>> {
  const insert = `INSERT INTO ${nameOf(table)} (${columnsOf(table, properties).join(',')}) VALUES `;
  return (rows) =>
    chunksOf(dialect, rows).map((chunk) => {
      const writer = new RowWriter(dialect, insert);
      chunk.forEach((row, index) => writer.row(index === 0 ? '(' : '),(', row, properties));
      return writer.statement(`)${ending}`, givesIds);
    });
}

/**
 * Statements that set the properties `changed` of rows that are there, found by their `keys`. Where there is a
 * `guarded` property, which may not be null, each row has what is `expected` in it; else its statement fails.
 */
export function update<Table extends SQLiteTable, Changed extends Property<Table>>(
  { dialect }: Pick<Engine, 'dialect'>,
  table: Table,
  keys: readonly Changed[],
  changed: readonly Changed[],
  guarded?: Changed,
): Write<Required<Pick<Row<Table>, Changed>> & { readonly expected?: Value }> {
  const one = updateOfOne({ dialect }, table, keys, changed, guarded);
  const several = updateOfSeveral({ dialect }, table, keys, changed, guarded);
  return (rows) =>
    chunksOf(dialect, rows).map((chunk) => {
      const [first] = chunk;
      return first !== undefined && chunk.length === 1 ? one(first) : several(chunk);
    });
}

/** A lone bid's: the databases need much longer for a sub-select. */
function updateOfOne(
  { dialect }: Pick<Engine, 'dialect'>,
  table: SQLiteTable,
  keys: readonly string[],
  changed: readonly string[],
  guarded?: string,
): (row: object) => Statement {
  const columns = changed.map((property) => [property, columnOf(table, property)] as const);
  const conditions = keys.map((property) => [property, columnOf(table, property)] as const);
  return (row) => {
    const writer = new RowWriter(dialect, `UPDATE ${nameOf(table)} SET `);
    columns.forEach(([property, column], index) => {
      writer.text(index === 0 ? `${column}=` : `,${column}=`);
      if (property === guarded) writer.text(`CASE WHEN ${column}=`).value(row, 'expected').text(' THEN ');
      writer.value(row, property);
      if (property === guarded) writer.text(' END');
    });
    conditions.forEach(([property, column], index) => {
      writer.text(index === 0 ? ` WHERE ${column}=` : ` AND ${column}=`).value(row, property);
    });
    return writer.statement('');
  };
}

function updateOfSeveral(
  { dialect }: Pick<Engine, 'dialect'>,
  table: SQLiteTable,
  keys: readonly string[],
  changed: readonly string[],
  guarded?: string,
): (rows: readonly object[]) => Statement {
  const isGuarded = guarded !== undefined;
  const properties = [...keys, ...changed, ...(isGuarded ? ['expected'] : [])];
  const columns = [...columnsOf(table, [...keys, ...changed]), ...(isGuarded ? [quoted('expected')] : [])];
  const name = nameOf(table);
  const settings = changed.map((property): Setting => {
    const column = columnOf(table, property);
    const term = `new.${column}`;
    if (property !== guarded) return { column, term };
    return { column, term: `CASE WHEN ${name}.${column}=new.${quoted('expected')} THEN ${term} END` };
  });
  const [before, after] = dialect.updateFrom(name, columnsOf(table, keys), settings);
  const names = columns.map((column) => ` AS ${column}`);
  return (rows) => {
    const writer = new RowWriter(dialect, before);
    rows.forEach((row, index) => {
      if (index === 0) writer.row('SELECT ', row, properties, names);
      else writer.row(' UNION ALL SELECT ', row, properties);
    });
    return writer.statement(after);
  };
}

/** What each of `from` has, one after the other. */
export function gathered<From, Item>(
  from: readonly From[],
  itemsOf: (one: From, index: number) => readonly Item[],
): Item[] {
  const items: Item[] = [];
  from.forEach((one, index) => {
    for (const item of itemsOf(one, index)) items.push(item);
  });
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

/** Puts the values of rows into a statement. Every bid comes through here, so it is plain loops and texts that grow. */
class RowWriter {
  readonly #dialect: Dialect;
  #sql: string;
  readonly #values: Value[] = [];

  constructor(dialect: Dialect, beginning: string) {
    this.#dialect = dialect;
    this.#sql = beginning;
  }

  text(text: string): this {
    this.#sql += text;
    return this;
  }

  value(row: object, property: string): this {
    return this.text(this.#textOf(row, property));
  }

  /** Writes values with commas between them, each with its ending. */
  row(before: string, row: object, properties: readonly string[], endings: readonly string[] = []): void {
    let text = before;
    for (let index = 0; index < properties.length; index += 1) {
      if (index > 0) text += ',';
      text += this.#textOf(row, properties[index] ?? '') + (endings[index] ?? '');
    }
    this.#sql += text;
  }

  statement(ending: string, givesIds = false): Statement {
    return { sql: this.#sql + ending, values: this.#values, givesIds };
  }

  #textOf(row: object, property: string): string {
    return this.#dialect.value((row as Record<string, Value>)[property] ?? null, this.#values);
  }
}

function nameOf(table: SQLiteTable): string {
  return quoted(getTableName(table));
}

function columnsOf(table: SQLiteTable, properties: readonly string[]): string[] {
  return properties.map((property) => columnOf(table, property));
}

function columnOf(table: SQLiteTable, property: string): string {
  const column = getTableColumns(table)[property];
  if (column === undefined) throw new Error(`${getTableName(table)} has no ${property}`);
  return quoted(column.name);
}

/** Both engines take back-ticks. */
function quoted(name: string): string {
  return `\`${name}\``;
}
