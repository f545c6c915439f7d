import { LRUCache } from 'lru-cache';
import type { Context, MiddlewareHandler } from 'hono';
import { KeyedRate } from '../../channels/keyedRate.ts';
import { tokenOfAuthorization } from '../../channels/middleware/credentials.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { addressOf, tooMany } from './addressRate.ts';

/** What monitoring asks has a rate of its own, so that it is not shut out by others behind its address. */
export const MONITORING: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
/** The media server tells of all calls from one address, as fast as they come; what it tells is signed. */
export const MEDIA_WEBHOOK = '/livekit/webhook';
/** A page loads many pictures at once: they leave the rate of the API alone. */
const PICTURES = '/media/';
/** Of how many tokens it is remembered whose they are. */
const KNOWN_TOKENS = 10_000;

/** Refusals that a client gets at once; a program that goes on asking waits for each further one. */
const PROMPT_REFUSALS = { burst: 20, perSecond: 1 };
const REFUSAL_DELAY_MS = 250;
/** The most refusals that wait. */
const MAX_DELAYED = 1_000;

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
  const promptRefusals = new KeyedRate<number | string>(PROMPT_REFUSALS, clock);
  let delayed = 0;
  // An answer and no exception: in a flood most answers are this one.
  const refuse = async (context: Context<HttpEnvironment>, client: number | string) => {
    metrics.limited('restRequestsPerSecond');
    if (!promptRefusals.take(client) && delayed < MAX_DELAYED) {
      delayed += 1;
      await new Promise<void>((resolve) => clock.after(REFUSAL_DELAY_MS, resolve));
      delayed -= 1;
    }
    const { body, status, headers } = tooMany('Too many requests. Please wait.', 1 / rate.perSecond);
    return context.json(body, status, headers);
  };

  return async (context, next) => {
    const { path } = context.req;
    if (path === MEDIA_WEBHOOK) return next();
    const address = addressOf(context, trustProxyHops);
    const token = tokenOfAuthorization(context.req.header('authorization') ?? '');
    if (MONITORING.has(path)) {
      return monitoring.take(address) ? next() : refuse(context, address);
    }
    if (path.startsWith(PICTURES)) {
      return pictures.take(address) ? next() : refuse(context, address);
    }
    if (token === null) {
      if (!guests.take(address)) return refuse(context, address);
      context.set('client', address);
      return next();
    }
    let userId = knownTokens.get(token);
    if (userId === undefined) {
      if (!verifications.take(address)) return refuse(context, address);
      const identification = await identity.identify(token);
      context.set('identification', identification);
      if (identification.kind !== 'identified') return next();
      verifications.giveBack(address);
      userId = identification.user.id;
      knownTokens.set(token, userId);
    }
    if (!users.take(userId)) return refuse(context, userId);
    context.set('client', userId);
    await next();
    // It has expired: from now on it counts for the address.
    if (context.res.status === 401) knownTokens.delete(token);
    return undefined;
  };
}
