import type { MiddlewareHandler } from 'hono';
import { perMinute } from '../../channels/keyedRate.ts';
import { clientAddress, ConnectionRate } from '../../channels/middleware/address.ts';
import { HttpFault } from '../faults.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';

/** Lets each address through `count` times a minute: a minute's worth at once, refilled over a minute; 0: no bound. */
export function addressRate(
  { clock, trustProxyHops }: Pick<HttpServices, 'clock' | 'trustProxyHops'>,
  count: number,
): MiddlewareHandler<HttpEnvironment> {
  const rate = new ConnectionRate(perMinute(count), clock);
  return async (context, next) => {
    const forwardedFor = context.req.header('x-forwarded-for') ?? '';
    if (!rate.take(clientAddress(context.env.remoteAddress, forwardedFor, trustProxyHops))) {
      throw tooMany('Too many requests. Please wait.', 60 / count);
    }
    await next();
  };
}

/** Nothing was done, and the same request may succeed after that time. */
export function tooMany(detail: string, retryAfterSeconds: number): HttpFault {
  const headers = { 'Retry-After': String(Math.ceil(retryAfterSeconds)) };
  return new HttpFault(429, { detail, code: 'too_many_requests' }, headers);
}
