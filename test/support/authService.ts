import { AuthService } from '../../server/domain/account/auth.ts';
import type { Limits } from '../../server/limits.ts';
import { systemClock } from '../../server/engines/clock/systemClock.ts';
import { createDigest } from '../../server/engines/identity/digest.ts';
import { createTokenIssuer, jwtKeys } from '../../server/engines/identity/tokens.ts';
import type { Log } from '../../server/ports/log.ts';
import type { SmsSender } from '../../server/ports/sms.ts';
import type { Store } from '../../server/engines/store/store.ts';
import { testLimits } from './limits.ts';
import { ManualClock } from './manualClock.ts';

/** What the services of these tests sign and hash with. */
export const AUTH_KEYS = jwtKeys('a secret that only these tests know', null);

/** What logging in stands on in a test. */
export interface AuthServiceParts {
  readonly store: Pick<Store, 'accounts' | 'auth'>;
  readonly clock: ManualClock;
  readonly sms: SmsSender | null;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
}

/** Logging in over that store. Ids are really random: the store outlives the clock of one test. */
export function authServiceOver({ store, clock, sms, log, limits }: AuthServiceParts): AuthService {
  class RandomClock extends ManualClock {
    override nowMs = () => clock.nowMs();
    override elapsedMs = () => clock.elapsedMs();
    override randomId = () => systemClock.randomId();
  }
  return new AuthService({
    auth: store.auth,
    accounts: store.accounts,
    tokens: createTokenIssuer(AUTH_KEYS, store.accounts, clock),
    digest: createDigest(AUTH_KEYS),
    sms,
    log,
    siteName: 'MadeInPK',
    clock: new RandomClock(),
    limits: testLimits(limits),
  });
}
