import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { health, readiness } from '../../../shared/contracts/rest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { sharedFor } from '../sharedResult.ts';
import { json } from './parts.ts';

/** A readiness check that takes longer has failed. */
const CHECK_MS = 3_000;
/** However many ask, checks and counts are made at most that often. */
const LIFETIME_MS = 1_000;
const TAGS = ['Operations'];

/** What those who run the server ask: is it up, can it work, what does it count. */
export function operationRoutes({ metrics, clock, readiness: checks }: HttpServices) {
  const failingNow = sharedFor(LIFETIME_MS, clock, () => failingOf(checks, clock));
  const metricsNow = sharedFor(LIFETIME_MS, clock, () => metrics.page());
  const routes = new OpenAPIHono<HttpEnvironment>();

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'get',
      path: '/healthz',
      summary: 'Is the process up?',
      responses: { 200: json(health, 'It is.') },
    }),
    (context) => context.json({ status: 'ok' as const }, 200),
  );

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'get',
      path: '/readyz',
      summary: 'Can it do its work?',
      responses: { 200: json(readiness, 'It can.'), 503: json(readiness, 'What it lacks.') },
    }),
    async (context) => {
      const failing = await failingNow();
      if (failing.length === 0) return context.json({ status: 'ready' as const, failing }, 200);
      return context.json({ status: 'not ready' as const, failing }, 503);
    },
  );

  routes.openapi(
    createRoute({
      tags: TAGS,
      method: 'get',
      path: '/metrics',
      summary: 'What the server counts, for Prometheus',
      responses: { 200: { description: 'The counts.', content: { 'text/plain': { schema: z.string() } } } },
    }),
    async (context) => {
      const { body, contentType } = await metricsNow();
      return context.text(body, 200, { 'Content-Type': contentType });
    },
  );

  return routes;
}

/** The names of the checks that fail. */
async function failingOf(checks: HttpServices['readiness'], clock: Clock): Promise<string[]> {
  const verdicts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ((await passes(check, clock)) ? [] : [name])),
  );
  return verdicts.flat();
}

/** A check that throws instead of rejecting has failed as well. */
function passes(check: () => Promise<void>, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(CHECK_MS, () => resolve(false));
    const settle = (verdict: boolean) => {
      cancel();
      resolve(verdict);
    };
    Promise.resolve()
      .then(check)
      .then(
        () => settle(true),
        () => settle(false),
      );
  });
}
