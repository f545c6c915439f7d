import type { Accounts } from '../../domain/account/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IdentityProvider } from '../../ports/identity.ts';
import type { Log } from '../../ports/log.ts';
import type { AccountStore } from '../../domain/account/store.ts';
import { createBackendIdentity } from './backend.ts';
import { createTokenIdentity, type JwtKeys } from './tokens.ts';

/** What decides whose tokens are taken. */
export interface IdentitySettings {
  readonly authVerifyUrl: string | null;
  readonly authVerifySecret: string | null;
}

/** The main backend where there is one, and our own tokens only where there is none. */
export function openIdentity(
  { authVerifyUrl: url, authVerifySecret: secret }: IdentitySettings,
  services: { keys: JwtKeys; store: AccountStore; clock: Clock; log: Log },
): (accounts: Accounts) => IdentityProvider {
  if (url === null) return (accounts) => createTokenIdentity({ ...services, accounts });
  const identity = createBackendIdentity({ url, secret }, services);
  return () => identity;
}
