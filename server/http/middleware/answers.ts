import type { Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { isNestedTooDeep, MAX_DEPTH } from '../../../shared/nesting.ts';
import { isOriginAllowed } from '../../channels/middleware/origin.ts';
import { HttpFault } from '../faults.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';

/** Headers of every answer. Those that the answer has of its own stay; HTTPS is the affair of the proxy in front. */
const secured = {
  crossOriginResourcePolicy: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: 'no-referrer',
  strictTransportSecurity: false,
  xContentTypeOptions: 'nosniff',
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  removePoweredBy: false,
  overwrite: false,
} as const satisfies Parameters<typeof secureHeaders>[0];

const withPolicy = secureHeaders(secured);
const withoutPolicy = secureHeaders({
  ...secured,
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  xFrameOptions: 'DENY',
});

/**
 * Forbids caching, and guessing of types; for answers without a policy of their own also loading anything and being
 * framed: a page says itself what it loads and who may frame it.
 */
export function securityHeaders(): MiddlewareHandler<HttpEnvironment> {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    const hasPolicy = headers.has('Content-Security-Policy');
    await (hasPolicy ? withPolicy : withoutPolicy)(context, () => Promise.resolve());
    if (!headers.has('Cache-Control')) context.header('Cache-Control', 'no-store');
  };
}

/** One line for every request, without its query. */
export function requestLog({ clock, log }: HttpServices): MiddlewareHandler<HttpEnvironment> {
  return async (context, next) => {
    const startedAtMs = clock.elapsedMs();
    await next();
    log.debug('a request was answered', {
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      durationMs: clock.elapsedMs() - startedAtMs,
      remoteAddress: context.env.remoteAddress,
    });
  };
}

/** Pages of the allowed origins may read the API. Their token stands in a header: no cookie is involved. */
export function crossOrigin({ allowedOrigins }: HttpServices): MiddlewareHandler<HttpEnvironment> {
  return cors({
    origin:
      allowedOrigins === 'all'
        ? '*'
        : (origin, context) =>
            isOriginAllowed(origin, new URL(context.req.url).host, allowedOrigins) ? origin : null,
    allowMethods: ['GET', 'HEAD', 'POST'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Location', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 600,
  });
}

/** Answers 413 to a larger body; 0: no bound. */
export function bodyBound({ limits, metrics }: HttpServices): MiddlewareHandler<HttpEnvironment> {
  const { maxBodyBytes } = limits;
  if (maxBodyBytes === 0) return (_context, next) => next();
  return bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      metrics.limited('maxBodyBytes');
      throw new HttpFault(413, { detail: `The body must have at most ${maxBodyBytes} bytes` });
    },
  });
}

/** Answers 400 to a body of JSON that nests too deep, on every route and before anything parses it. */
export function nestingBound(): MiddlewareHandler<HttpEnvironment> {
  return async (context, next) => {
    // The request keeps the text, so a later read of the body costs nothing.
    if (context.req.raw.body !== null && isNestedTooDeep(await context.req.text())) {
      throw new HttpFault(400, { detail: `The body must not be nested deeper than ${MAX_DEPTH} levels` });
    }
    await next();
  };
}

/** Answers 405 and says what is allowed, where the path is known under other methods. */
export function knownMethods(app: Hono<HttpEnvironment>): MiddlewareHandler<HttpEnvironment> {
  return methodNotAllowed({
    app,
    onMethodNotAllowed: (context, methods) =>
      context.json({ detail: `Method ${context.req.method} is not allowed.` }, 405, {
        Allow: methods.join(', '),
      }),
  });
}
