import type { Limits } from '../limits.ts';
import type { IdleLimit } from './consumer.ts';

/** How often a client with a limit of its own is pinged within it: a pong that is late leaves time for another. */
const PINGS_WITHIN = 3;

/** How long a client may be silent under that limit, and after which silence it is pinged; 0: never. */
export function idleBounds(
  limits: Pick<Limits, 'idleMs' | 'auctioneerIdleMs' | 'pingEveryMs'>,
  name: IdleLimit,
): Pick<Limits, 'idleMs' | 'pingEveryMs'> {
  const { idleMs, pingEveryMs } = limits;
  const ownMs = limits[name];
  if (name === 'idleMs' || ownMs === 0 || (idleMs > 0 && idleMs <= ownMs)) return { idleMs, pingEveryMs };
  const ownPingEveryMs = Math.ceil(ownMs / PINGS_WITHIN);
  return {
    idleMs: ownMs,
    pingEveryMs: pingEveryMs > 0 ? Math.min(pingEveryMs, ownPingEveryMs) : ownPingEveryMs,
  };
}
