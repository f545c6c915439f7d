import type { Page, Paged } from '../ports/store.ts';
import { notFound } from './faults.ts';

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

/** Whoever came to the public address is sent on there (a proxy may end TLS); anybody else stays where they are. */
function pageUrl({ url, publicUrl }: PageRequest, page: number): string {
  const asked = new URL(url);
  const base = asked.host === new URL(publicUrl).host ? publicUrl : asked.origin;
  if (page === 1) asked.searchParams.delete('page');
  else asked.searchParams.set('page', String(page));
  return `${base}${asked.pathname}${asked.search}`;
}
