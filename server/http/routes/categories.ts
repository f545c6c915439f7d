import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { categoryList } from '../../../shared/contracts/sale.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { categoryView } from '../views.ts';
import { faults, json } from './parts.ts';

/** The categories that live sales are of: everyone may read them. */
export function categoryRoutes({ store }: HttpServices): OpenAPIHono<HttpEnvironment> {
  const routes = new OpenAPIHono<HttpEnvironment>();
  routes.openapi(
    createRoute({
      tags: ['Live sales'],
      method: 'get',
      path: '/',
      summary: 'Every category, by name',
      responses: { 200: json(categoryList, 'All of them.'), 429: faults.tooMany, 503: faults.unavailable },
    }),
    async (context) => context.json((await store.categories.list()).map(categoryView), 200),
  );
  return routes;
}
