import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { devMail } from '../devMail.ts';
import type { ApiDocument } from '../openapi.ts';
import { answerDemo } from '../pages/demo.ts';
import { renderDocs } from '../pages/docs.ts';
import type { Development, HttpEnvironment, HttpServices } from '../services.ts';

/** The API's document, as JSON and as a page: rendered once, for it changes with the process only. */
export function documentRoutes(document: ApiDocument): Hono<HttpEnvironment> {
  const routes = new Hono<HttpEnvironment>();
  const json = JSON.stringify(document);
  const jsonHeaders = { 'Content-Type': 'application/json', ...cachedBriefly(json) };
  const page = renderDocs(document).then(({ text, headers }) => ({
    text,
    headers: { ...headers, ...cachedBriefly(text) },
  }));
  routes.use('/openapi.json', etag());
  routes.use('/docs', etag());
  routes.get('/openapi.json', (context) => context.body(json, 200, jsonHeaders));
  routes.get('/docs', async (context) => {
    const { text, headers } = await page;
    return context.html(text, 200, headers);
  });
  return routes;
}

/** Headers with which a client keeps a text for a minute and asks then whether it is still the same. */
function cachedBriefly(text: string) {
  const digest = createHash('sha256').update(text).digest('base64url');
  return { 'Cache-Control': 'public, max-age=60', ETag: `"${digest}"` };
}

/** What stands at the root: the demo in development, and in production a word about what this is. */
export function homeRoutes({ siteName, development }: HttpServices): Hono<HttpEnvironment> {
  const routes = new Hono<HttpEnvironment>();
  if (development === null) {
    routes.get('/', (context) =>
      context.json({ service: 'ringside', site: siteName, documentation: '/api/docs/' }),
    );
  } else {
    routes.get('/', (context) => answerDemo(context, siteName, development.mailbox !== null));
    addDevelopment(routes, development);
  }
  return routes;
}

function addDevelopment(routes: Hono<HttpEnvironment>, { mailbox, demoTokens }: Development): void {
  routes.get('/dev/tokens', async (context) => context.json(await demoTokens()));
  if (mailbox === null) return;
  const letters = devMail(mailbox);
  routes.get('/dev/mail/*', (context) => letters.fetch(context.req.raw));
}
