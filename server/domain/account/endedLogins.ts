import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';
import type { Identification, IdentityProvider } from '../../ports/identity.ts';

/** The most ended logins that are remembered; the oldest go first. */
const MAX_REMEMBERED = 100_000;

/** The logins that were ended while access tokens of theirs may still hold. */
export class EndedLogins {
  readonly #ended: LRUCache<string, true>;

  /** Each is remembered for that long. */
  constructor(rememberedForMs: number, clock: Pick<Clock, 'elapsedMs'>) {
    this.#ended = new LRUCache<string, true>({
      max: MAX_REMEMBERED,
      ttl: rememberedForMs,
      // Asks the clock each time: the default would keep its answer for a millisecond of real time.
      ttlResolution: 0,
      perf: { now: () => clock.elapsedMs() },
    });
  }

  add(loginId: string): void {
    this.#ended.set(loginId, true);
  }

  has(loginId: string): boolean {
    return this.#ended.has(loginId);
  }

  /** Makes the tokens of ended logins invalid. */
  guard(identity: IdentityProvider): IdentityProvider {
    return {
      identify: async (token): Promise<Identification> => {
        const found = await identity.identify(token);
        const isEnded = found.kind === 'identified' && found.loginId !== undefined && this.has(found.loginId);
        return isEnded ? { kind: 'invalid' } : found;
      },
    };
  }
}
