import { LRUCache } from 'lru-cache';
import type { MiddlewareHandler } from 'hono';
import { KeyedRate } from '../../channels/keyedRate.ts';
import { tokenOfAuthorization } from '../../channels/middleware/credentials.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { addressOf, tooMany } from './addressRate.ts';

/** What monitoring asks has a rate of its own, so that it is not shut out by others behind its address. */
const MONITORING: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
/** The media server tells of all calls from one address, as fast as they come; what it tells is signed. */
const UNBOUNDED = '/livekit/webhook';
/** A page loads many pictures at once: they leave the rate of the API alone. */
const PICTURES = '/media/';
/** Of how many tokens it is remembered whose they are. */
const KNOWN_TOKENS = 10_000;

/**
 * Answers 429 to a user, or to an address without a token, with too many requests. A token that is not known yet first
 * takes from what its address may have verified, and gives that back when it is good: so bad tokens count for the
 * address and are not even verified once there were too many, while users behind one address count for themselves.
 */
export function requestRate(services: HttpServices): MiddlewareHandler<HttpEnvironment> {
  const { clock, identity, limits, metrics, trustProxyHops } = services;
  const rate = { burst: limits.restBurst, perSecond: limits.restRequestsPerSecond };
  if (rate.burst === 0 || rate.perSecond === 0) return (_context, next) => next();
  const users = new KeyedRate<number>(rate, clock);
  const guests = new KeyedRate<string>(rate, clock);
  const pictures = new KeyedRate<string>(rate, clock);
  const monitoring = new KeyedRate<string>(rate, clock);
  const verifications = new KeyedRate<string>(rate, clock);
  const knownTokens = new LRUCache<string, number>({ max: KNOWN_TOKENS });
  const assertTaken = (isTaken: boolean) => {
    if (isTaken) return;
    metrics.limited('restRequestsPerSecond');
    throw tooMany('Too many requests. Please wait.', 1 / rate.perSecond);
  };

  return async (context, next) => {
    const { path } = context.req;
    if (path === UNBOUNDED) return next();
    const address = addressOf(context, trustProxyHops);
    const token = tokenOfAuthorization(context.req.header('authorization') ?? '');
    if (MONITORING.has(path)) {
      assertTaken(monitoring.take(address));
      return next();
    }
    if (path.startsWith(PICTURES)) {
      assertTaken(pictures.take(address));
      return next();
    }
    if (token === null) {
      assertTaken(guests.take(address));
      return next();
    }
    let userId = knownTokens.get(token);
    if (userId === undefined) {
      assertTaken(verifications.take(address));
      const identification = await identity.identify(token);
      context.set('identification', identification);
      if (identification.kind !== 'identified') return next();
      verifications.giveBack(address);
      userId = identification.user.id;
      knownTokens.set(token, userId);
    }
    assertTaken(users.take(userId));
    await next();
    // It has expired: from now on it counts for the address.
    if (context.res.status === 401) knownTokens.delete(token);
  };
}
