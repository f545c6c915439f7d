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
