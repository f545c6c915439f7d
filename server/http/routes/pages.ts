import { Hono } from 'hono';
import { devMail } from '../devMail.ts';
import type { ApiDocument } from '../openapi.ts';
import { answerDemo } from '../pages/demo.ts';
import { answerDocs } from '../pages/docs.ts';
import type { Development, HttpEnvironment, HttpServices } from '../services.ts';

/** The API's document, as JSON and as a page. */
export function documentRoutes(document: ApiDocument): Hono<HttpEnvironment> {
  const routes = new Hono<HttpEnvironment>();
  routes.get('/openapi.json', (context) => context.json(document));
  routes.get('/docs', (context) => answerDocs(context, document));
  return routes;
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
