import type { Context, MiddlewareHandler } from 'hono';
import { perMinute } from '../../channels/keyedRate.ts';
import { clientAddress, ConnectionRate } from '../../channels/middleware/address.ts';
import type { LimitName } from '../../limits.ts';
import { HttpFault } from '../faults.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';

/** Lets each address through as often a minute as that limit says: a minute's worth at once, refilled over a minute. */
export function addressRate(
  { clock, limits, metrics, trustProxyHops }: HttpServices,
  limit: LimitName,
): MiddlewareHandler<HttpEnvironment> {
  const rate = new ConnectionRate(perMinute(limits[limit]), clock);
  return async (context, next) => {
    if (!rate.take(addressOf(context, trustProxyHops))) {
      metrics.limited(limit);
      throw tooMany('Too many requests. Please wait.', 60 / limits[limit]);
    }
    await next();
  };
}

/** The address of the client itself, behind so many proxies. */
export function addressOf({ req, env }: Context<HttpEnvironment>, trustProxyHops: number): string {
  return clientAddress(env.remoteAddress, req.header('x-forwarded-for') ?? '', trustProxyHops);
}

/** Nothing was done, and the same request may succeed after that time. */
export function tooMany(detail: string, retryAfterSeconds: number): HttpFault {
  const headers = { 'Retry-After': String(Math.ceil(retryAfterSeconds)) };
  return new HttpFault(429, { detail, code: 'too_many_requests' }, headers);
}
