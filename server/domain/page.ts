/** One page of a list; `page` counts from 1. */
export interface Page {
  readonly page: number;
  readonly pageSize: number;
}

/** The rows of one page and how many there are in all. */
export interface Paged<Row> {
  readonly count: number;
  readonly rows: readonly Row[];
}

/**
 * One page of a list that is read by key, newest first: the newest rows, those right before a key (older), or those
 * right after one (newer). At most one of both is given.
 */
export interface PageByKey {
  readonly pageSize: number;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

/** The rows of one page, newest first, and whether there are others. */
export interface RowsByKey<Row> {
  readonly rows: readonly Row[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}
