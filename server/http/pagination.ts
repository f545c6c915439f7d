import type { Page, PageByKey, Paged, RowsByKey } from '../domain/page.ts';
import { invalidFields, notFound } from './faults.ts';

/** How many rows a page of a list holds. */
export const PAGE_SIZE = 20;

/** A number that can still be a page of something. */
const PAGE_NUMBER = /^\d{1,9}$/;

/** One page of a list as Django REST framework writes it. */
export interface ListedPage<Item> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Item[];
}

/** What a list is asked for: `?page=` and the address it was asked under. */
export interface PageRequest {
  /** A number from 1 up or `last`; the first page when it is absent. */
  readonly page?: string | undefined;
  readonly url: string;
  readonly publicUrl: string;
}

/** Reads the page that was asked for; throws 404 when there is none. The first page of nothing is empty. */
export async function listPage<Row, Item>(
  request: PageRequest,
  read: (page: Page) => Promise<Paged<Row>>,
  show: (row: Row) => Item,
): Promise<ListedPage<Item>> {
  const { page, pages, count, rows } = await readPage(request.page ?? '1', read);
  const link = (to: number) => (to < 1 || to > pages ? null : pageUrl(request, to));
  return { count, next: link(page + 1), previous: link(page - 1), results: rows.map(show) };
}

async function readPage<Row>(asked: string, read: (page: Page) => Promise<Paged<Row>>) {
  const page = asked === 'last' ? 1 : PAGE_NUMBER.test(asked) ? Number(asked) : 0;
  if (page < 1) throw notFound('Invalid page.');
  const { count, rows } = await read({ page, pageSize: PAGE_SIZE });
  const pages = Math.max(1, Math.ceil(count / PAGE_SIZE));
  if (page > pages) throw notFound('Invalid page.');
  if (asked !== 'last' || pages === 1) return { page, pages, count, rows };
  return { page: pages, pages, count, rows: (await read({ page: pages, pageSize: PAGE_SIZE })).rows };
}

/** One page of a list that is read by key. */
export interface KeyedPage<Item> {
  next: string | null;
  previous: string | null;
  results: Item[];
}

/** What a list that is read by key is asked for, and the address it was asked under. */
export interface KeyRequest {
  /** The rows right before this key, which are older. */
  readonly before?: number | undefined;
  /** The rows right after this key, which are newer. */
  readonly after?: number | undefined;
  readonly url: string;
  readonly publicUrl: string;
}

/** Reads the page that was asked for, the newest rows without a key; `next` leads to older rows. */
export async function listByKey<Row, Item>(
  request: KeyRequest,
  read: (page: PageByKey) => Promise<RowsByKey<Row>>,
  keyOf: (row: Row) => number,
  show: (row: Row) => Item,
): Promise<KeyedPage<Item>> {
  const { before, after } = request;
  if (before !== undefined && after !== undefined) {
    throw invalidFields([['after', 'must not be given together with before']]);
  }
  const { rows, hasOlder, hasNewer } = await read({ pageSize: PAGE_SIZE, before, after });
  const [newest] = rows;
  const oldest = rows.at(-1);
  // Where there is no row on this page, all others are on one side of the key that was asked for.
  const nextKey = oldest === undefined ? (after ?? 0) + 1 : keyOf(oldest);
  const previousKey = newest === undefined ? (before ?? 0) - 1 : keyOf(newest);
  return {
    next: hasOlder ? linkTo(request, { before: String(nextKey) }) : null,
    previous: hasNewer ? linkTo(request, { after: String(previousKey) }) : null,
    results: rows.map(show),
  };
}

function pageUrl(request: PageRequest, page: number): string {
  return linkTo(request, page === 1 ? {} : { page: String(page) });
}

/**
 * The address of another page of the same list. A client that came to the public address is sent on there (a proxy may
 * end TLS); others stay where they are.
 */
function linkTo(
  { url, publicUrl }: Pick<PageRequest, 'url' | 'publicUrl'>,
  place: Readonly<Record<string, string>>,
): string {
  const asked = new URL(url);
  const base = asked.host === new URL(publicUrl).host ? publicUrl : asked.origin;
  for (const name of ['page', 'before', 'after']) asked.searchParams.delete(name);
  for (const [name, value] of Object.entries(place)) asked.searchParams.set(name, value);
  return `${base}${asked.pathname}${asked.search}`;
}
