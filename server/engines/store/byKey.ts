import type { PageByKey, RowsByKey } from '../../domain/page.ts';
import type { Session, Value } from './database.ts';

/** Which rows of a table a list shows, and the index that has their keys in order. */
export interface Listed {
  /** `null`: the table's key, or whichever the database thinks best. */
  readonly index: string | null;
  readonly condition: string;
  /** One for each `?` of the condition. */
  readonly values: readonly Value[];
}

/** A list whose rows have a key that rises with each, a whole number. */
export interface KeyedList<Row> {
  readonly table: string;
  readonly key: string;
  /** Its rows are those of all parts; none is in two. Each part is read with an index of its own. */
  readonly parts: readonly Listed[];
  /** The rows with these keys, newest first; asked for some. */
  rows(keys: readonly number[]): PromiseLike<readonly Row[]>;
}

/**
 * Reads one page of a list; the cost does not depend on which. The keys are found first, with their index alone: from a
 * join with what the rows show, or from another index, a database may well read all rows and sort them. Raw SQL: drizzle
 * has no words for the index that SQLite is to take.
 */
export async function readByKey<Row>(
  session: Session,
  list: KeyedList<Row>,
  page: PageByKey,
): Promise<RowsByKey<Row>> {
  const { keys, ...others } = await readKeys(session, list, page);
  return { rows: keys.length === 0 ? [] : await list.rows(keys), ...others };
}

async function readKeys<Row>(session: Session, list: KeyedList<Row>, page: PageByKey) {
  const { before, after, pageSize } = page;
  const find = (bound: Bound | null, isRising: boolean, limit: number) =>
    findKeys(session, list, { bound, isRising, limit });
  // One more than the page tells whether there are others.
  if (after !== undefined) {
    const newer = await find({ comparison: '>', than: after }, true, pageSize + 1);
    return {
      keys: newer.slice(0, pageSize),
      hasOlder: (await find({ comparison: '<=', than: after }, false, 1)).length > 0,
      hasNewer: newer.length > pageSize,
    };
  }
  const bound: Bound | null = before === undefined ? null : { comparison: '<', than: before };
  const older = await find(bound, false, pageSize + 1);
  return {
    keys: older.slice(0, pageSize),
    hasOlder: older.length > pageSize,
    hasNewer: before !== undefined && (await find({ comparison: '>=', than: before }, true, 1)).length > 0,
  };
}

interface Bound {
  readonly comparison: '<' | '<=' | '>' | '>=';
  readonly than: number;
}

interface Range {
  readonly bound: Bound | null;
  readonly isRising: boolean;
  readonly limit: number;
}

async function findKeys<Row>(
  session: Session,
  { table, key, parts }: KeyedList<Row>,
  { bound, isRising, limit }: Range,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const { index, condition, values } of parts) {
    const hint = index === null ? '' : session.dialect.withIndex(index);
    const bounds = bound === null ? '' : ` AND ${key} ${bound.comparison} ?`;
    const rows = await session.rows(
      `SELECT ${key} FROM ${table}${hint} WHERE ${condition}${bounds}` +
        ` ORDER BY ${key} ${isRising ? 'ASC' : 'DESC'} LIMIT ${limit}`,
      bound === null ? values : [...values, bound.than],
    );
    found.push(...rows.map(([value]) => Number(value)));
  }
  return found.sort((one, other) => (isRising ? one - other : other - one)).slice(0, limit);
}
