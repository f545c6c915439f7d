import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { callPage, telecallerPage } from '../../../shared/contracts/calls.ts';
import { requireUser } from '../middleware/authentication.ts';
import { listByKey } from '../pagination.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { callView, telecallerView } from '../views.ts';
import { faults, json, keyedQuery, tokenNeeded } from './parts.ts';

/** What a user reads of calls: who can be called, and the calls that they have made or taken. */
export function callRoutes(services: HttpServices): OpenAPIHono<HttpEnvironment> {
  const { publicUrl } = services;
  const { calls } = services.store;
  const shared = {
    tags: ['Calls'],
    security: tokenNeeded,
    middleware: requireUser(services),
    method: 'get' as const,
    request: { query: z.object(keyedQuery) },
  };
  const refused = {
    401: faults.unauthenticated,
    400: faults.badRequest,
    429: faults.tooMany,
    503: faults.unavailable,
  };
  const routes = new OpenAPIHono<HttpEnvironment>();

  routes.openapi(
    createRoute({
      ...shared,
      path: '/calls',
      summary: 'Your calls, newest first, and your coins',
      responses: { 200: json(callPage, 'One page of them.'), ...refused },
    }),
    async (context) => {
      const { id } = context.get('user');
      const request = { ...context.req.valid('query'), url: context.req.url, publicUrl };
      const listed = await listByKey(request, calls.list.bind(calls, id), (row) => row.id, callView);
      return context.json({ ...listed, coinBalance: await calls.coinBalance(id) }, 200);
    },
  );

  routes.openapi(
    createRoute({
      ...shared,
      path: '/telecallers',
      summary: 'The approved telecallers, newest first',
      responses: { 200: json(telecallerPage, 'One page of them.'), ...refused },
    }),
    async (context) => {
      const request = { ...context.req.valid('query'), url: context.req.url, publicUrl };
      return context.json(
        await listByKey(request, calls.telecallers.bind(calls), (row) => row.id, telecallerView),
        200,
      );
    },
  );

  return routes;
}
