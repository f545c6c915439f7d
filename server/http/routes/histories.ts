import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { bidPage, commentPage } from '../../../shared/contracts/rest.ts';
import { refusals } from '../../domain/auction/rules/refusals.ts';
import type { PageByKey, RowsByKey } from '../../domain/page.ts';
import { refusalFault } from '../faults.ts';
import { type KeyedPage, type KeyRequest, listByKey } from '../pagination.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { bidView, commentView } from '../views.ts';
import { faults, idParameter, json, keyedQuery } from './parts.ts';

const NOT_A_ROUND = 'must be the number of a round, a whole number from 1';

const request = {
  params: idParameter(refusals.auctionNotFound.message),
  query: z.object({
    ...keyedQuery,
    round: z
      .string({ error: NOT_A_ROUND })
      .regex(/^[1-9]\d{0,8}$/, { error: NOT_A_ROUND })
      .transform(Number)
      .optional()
      .openapi({ type: 'integer', description: 'Only those of that round of a live sale.', example: 2 }),
  }),
};

/** The answers of a history besides its pages. */
const otherwise = {
  400: faults.badRequest,
  404: faults.notFound,
  429: faults.tooMany,
  503: faults.unavailable,
};

/** All that was bid and said in an auction, in pages. */
export function addHistories(
  routes: OpenAPIHono<HttpEnvironment>,
  { store: { views }, publicUrl }: HttpServices,
): void {
  routes.openapi(
    createRoute({
      tags: ['Auctions'],
      method: 'get',
      path: '/{id}/bids',
      summary: 'Every bid of an auction, newest first',
      request,
      responses: { 200: json(bidPage, 'One page of them.'), ...otherwise },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const { round, ...keys } = context.req.valid('query');
      const asked = { ...keys, url: context.req.url, publicUrl };
      return context.json(await history(asked, (page) => views.bids(id, page, round), bidView), 200);
    },
  );

  routes.openapi(
    createRoute({
      tags: ['Auctions'],
      method: 'get',
      path: '/{id}/comments',
      summary: 'Every comment of a live sale, newest first',
      request,
      responses: { 200: json(commentPage, 'One page of them.'), ...otherwise },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const { round, ...keys } = context.req.valid('query');
      const asked = { ...keys, url: context.req.url, publicUrl };
      return context.json(await history(asked, (page) => views.comments(id, page, round), commentView), 200);
    },
  );
}

/** One page of a history; throws 404 where there is no such auction. */
function history<Row extends { readonly seq: number }, Item>(
  asked: KeyRequest,
  read: (page: PageByKey) => Promise<RowsByKey<Row> | null>,
  show: (row: Row) => Item,
): Promise<KeyedPage<Item>> {
  return listByKey(
    asked,
    async (page) => {
      const rows = await read(page);
      if (rows === null) throw refusalFault(refusals.auctionNotFound);
      return rows;
    },
    ({ seq }) => seq,
    show,
  );
}
