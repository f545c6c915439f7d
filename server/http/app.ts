import { OpenAPIHono } from '@hono/zod-openapi';
import { answerErrors, refuseInvalid } from './faults.ts';
import {
  bodyBound,
  crossOrigin,
  knownMethods,
  nestingBound,
  requestLog,
  securityHeaders,
} from './middleware/answers.ts';
import { requestRate } from './middleware/requestRate.ts';
import { takeTurns } from './middleware/turns.ts';
import { apiDocument } from './openapi.ts';
import { auctionRoutes } from './routes/auctions.ts';
import { authRoutes } from './routes/auth.ts';
import { callRoutes } from './routes/calls.ts';
import { categoryRoutes } from './routes/categories.ts';
import { mediaRoutes } from './routes/media.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { operationRoutes } from './routes/operations.ts';
import { documentRoutes, homeRoutes } from './routes/pages.ts';
import { PICTURES_PATH, pictureRoutes } from './routes/pictures.ts';
import { winningRoutes } from './routes/winnings.ts';
import type { HttpEnvironment, HttpServices } from './services.ts';

export type { HttpServices } from './services.ts';

/** Everything that is not a socket. */
export interface HttpApp {
  /** Answers every request; never rejects. */
  fetch(request: Request, remoteAddress: string): Promise<Response>;
}

/** The REST API, its document, the pages, and what those who run the server ask. */
export function createHttpApp(services: HttpServices): HttpApp {
  const app = new OpenAPIHono<HttpEnvironment>({ strict: false, defaultHook: refuseInvalid });
  app.onError(answerErrors(services));
  app.notFound((context) => context.json({ detail: 'Not found.' }, 404));
  app.use(requestLog(services), securityHeaders(), knownMethods(app));
  for (const paths of ['/api/*', '/auth/*']) app.use(paths, crossOrigin(services));
  app.use(requestRate(services), takeTurns(services));
  for (const paths of ['/api/*', '/auth/*', '/livekit/*']) {
    app.use(paths, bodyBound(services), nestingBound());
  }
  app.route('/api/auctions', auctionRoutes(services));
  app.route('/api/winnings', winningRoutes(services));
  app.route('/api/categories', categoryRoutes(services));
  if (services.auth !== null) app.route('/auth', authRoutes(services, services.auth));
  app.route('/api/notifications', notificationRoutes(services));
  app.route('/api', callRoutes(services));
  const { calls, media } = services;
  if (calls !== null && media !== null) app.route('/livekit', mediaRoutes(calls, media));
  app.route(PICTURES_PATH, pictureRoutes(services));
  app.route('/', operationRoutes(services));
  app.route('/api', documentRoutes(apiDocument(app, services)));
  app.route('/', homeRoutes(services));
  return {
    fetch: async (request, remoteAddress) => app.fetch(request, { remoteAddress }),
  };
}
