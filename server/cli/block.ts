import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import type { Account } from '../domain/account/account.ts';
import type { AccountStore } from '../domain/account/store.ts';
import { openStoreEngines } from '../engines/index.ts';
import { ensureDemo } from '../seeding/ensureDemo.ts';
import { runCommand, UsageError } from './runCommand.ts';

const USAGE = 'usage: npm run block -- USER [--undo] (USER is an id or a username)';
const USER_ID = /^[1-9]\d{0,15}$/;

await runCommand(async () => {
  const { user, isUndone } = readArguments();
  const config = readConfig();
  const { store, clock } = await openStoreEngines(config);
  try {
    if (!config.isProduction) await ensureDemo(store.seed, clock);
    const account = await find(store.accounts, user);
    if (account === null) throw new UsageError(`There is no user ${user}.`);
    await store.accounts.setBlocked(account.id, !isUndone, clock.nowMs());
    console.log(`${account.username} (${account.id}) is ${isUndone ? 'not blocked' : 'blocked'}.`);
  } finally {
    await store.close();
  }
});

/** A username may look like an id: the user with that id is meant, where there is one. */
async function find(accounts: AccountStore, user: string): Promise<Account | null> {
  const byId = USER_ID.test(user) ? await accounts.byId(Number(user)) : null;
  return byId ?? accounts.byUsername(user);
}

function readArguments(): { user: string; isUndone: boolean } {
  try {
    const { values, positionals } = parseArgs({
      options: { undo: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [user] = positionals;
    if (user !== undefined && positionals.length === 1) return { user, isUndone: values.undo };
  } catch (error) {
    throw new UsageError(USAGE, { cause: error });
  }
  throw new UsageError(USAGE);
}
