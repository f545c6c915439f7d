import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { soldMark, winning, winningPage } from '../../../shared/contracts/sale.ts';
import { notFound } from '../faults.ts';
import { requireUser } from '../middleware/authentication.ts';
import { listByKey } from '../pagination.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { winningView } from '../views.ts';
import { faults, idParameter, json, keyedQuery, tokenNeeded } from './parts.ts';

const NOT_FOUND = 'Winning not found';

/** What was won in live sales: its winner and its host see it, and its host says whether it is sold. */
export function winningRoutes(services: HttpServices): OpenAPIHono<HttpEnvironment> {
  const { clock, publicUrl } = services;
  const { winnings } = services.store;
  const shared = { tags: ['Live sales'], security: tokenNeeded, middleware: requireUser(services) };
  const routes = new OpenAPIHono<HttpEnvironment>();

  routes.openapi(
    createRoute({
      ...shared,
      method: 'get',
      path: '/',
      summary: 'What you have won, and what was won in your sales, newest first',
      request: { query: z.object(keyedQuery) },
      responses: {
        200: json(winningPage, 'One page of it.'),
        400: faults.badRequest,
        401: faults.unauthenticated,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const request = { ...context.req.valid('query'), url: context.req.url, publicUrl };
      const read = winnings.list.bind(winnings, context.get('user').id);
      return context.json(await listByKey(request, read, (row) => row.id, winningView), 200);
    },
  );

  routes.openapi(
    createRoute({
      ...shared,
      method: 'post',
      path: '/{id}/sold',
      summary: 'Say whether something won in your sale is sold',
      request: {
        params: idParameter(NOT_FOUND),
        body: { required: true, content: { 'application/json': { schema: soldMark } } },
      },
      responses: {
        200: json(winning, 'As it is now.'),
        400: faults.badRequest,
        401: faults.unauthenticated,
        404: faults.notFound,
        413: faults.tooLarge,
        415: faults.notJson,
        429: faults.tooMany,
        503: faults.unavailable,
      },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const { sold } = context.req.valid('json');
      const marked = await winnings.setSold(context.get('user').id, id, sold, clock.nowMs());
      if (marked === null) throw notFound(NOT_FOUND);
      return context.json(winningView(marked), 200);
    },
  );

  return routes;
}
