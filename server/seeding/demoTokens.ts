import type { TokenIssuer } from '../ports/identity.ts';
import type { AccountStore } from '../domain/account/store.ts';

/** The demo usernames. */
const USERNAMES = ['buyer1', 'buyer2', 'buyer3', 'kashmiri_crafts', 'baraka_host', 'jane_smith', 'blocked1'];
const TTL_MS = 24 * 3_600_000;

/** A demo user with a token that can be used at once. */
export interface DemoToken {
  readonly username: string;
  readonly role: string;
  readonly token: string;
}

/** Tokens of the demo users that there are: none in a database that was not seeded with the demo. */
export async function demoTokens(accounts: AccountStore, tokens: TokenIssuer): Promise<readonly DemoToken[]> {
  const found = await Promise.all(USERNAMES.map((username) => accounts.byUsername(username)));
  const users = found.filter((account) => account !== null);
  return Promise.all(
    users.map(async (user) => ({
      username: user.username,
      role: user.role,
      token: await tokens.issue(user, TTL_MS),
    })),
  );
}
