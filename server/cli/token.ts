import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { openStoreEngines } from '../engines/index.ts';
import { ensureDemo } from '../seeding/ensureDemo.ts';
import { runCommand, UsageError } from './runCommand.ts';
import { parseDurationMs } from './duration.ts';

const USAGE = 'usage: npm run -s token -- USERNAME [--ttl 30m|1h|7d] [--opaque]';

await runCommand(async () => {
  const { username, ttlMs, isOpaque } = readArguments();
  const config = readConfig();
  const { store, tokens, clock } = await openStoreEngines(config);
  try {
    if (!config.isProduction) await ensureDemo(store.seed, clock);
    const account = await store.accounts.byUsername(username);
    if (account === null) throw new UsageError(`There is no user ${username}.`);
    const token = isOpaque ? await tokens.issueOpaque(account, ttlMs) : await tokens.issue(account, ttlMs);
    process.stdout.write(`${token}\n`);
  } finally {
    await store.close();
  }
});

function readArguments(): { username: string; ttlMs: number; isOpaque: boolean } {
  try {
    const { values, positionals } = parseArgs({
      options: { ttl: { type: 'string', default: '1h' }, opaque: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [username] = positionals;
    const ttlMs = parseDurationMs(values.ttl);
    if (username !== undefined && positionals.length === 1 && ttlMs !== null) {
      return { username, ttlMs, isOpaque: values.opaque };
    }
  } catch (error) {
    throw new UsageError(USAGE, { cause: error });
  }
  throw new UsageError(USAGE);
}
