import type { MiddlewareHandler } from 'hono';
import { FairQueue } from '../../domain/fairQueue.ts';
import type { HttpEnvironment, HttpServices } from '../services.ts';
import { MEDIA_WEBHOOK, MONITORING } from './requestRate.ts';

/** A request that waits for something else holds up no other: only beginnings are spread out. */
const BOUNDS = { maxPerKey: 0, maxUnderWay: Infinity, maxPerTurn: 1 };

/**
 * Begins one request in each turn of the event loop, clients in turns, and none while bids are being stored: REST does
 * not make bids wait (SA28). How much may wait is bounded by the rate of each client.
 */
export function takeTurns({ clock, isStoringBids }: HttpServices): MiddlewareHandler<HttpEnvironment> {
  const queue = new FairQueue<number | string | undefined>(BOUNDS, clock, isStoringBids);
  return async (context, next) => {
    const { path } = context.req;
    if (MONITORING.has(path) || path === MEDIA_WEBHOOK) return next();
    await queue.run(context.get('client'), next);
  };
}
