import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { openStoreEngines } from '../engines/index.ts';
import { bulkSeed } from '../seeding/bulk.ts';
import { demoSeed } from '../seeding/demo.ts';
import { runCommand, UsageError } from './runCommand.ts';

const USAGE = 'usage: npm run seed [-- --users N --auctions N [--tokens FILE]]';
/** Tokens of a bulk seed are for measuring: they last long. */
const TOKEN_TTL_MS = 30 * 86_400_000;

interface Arguments {
  readonly bulk: { readonly users: number; readonly auctions: number } | null;
  readonly tokensFile: string | null;
}

await runCommand(async () => {
  const { bulk, tokensFile } = readArguments();
  const { store, tokens, clock } = await openStoreEngines(readConfig());
  try {
    if (!(await store.seed.isEmpty())) {
      throw new UsageError('The database is not empty: seeding would mix with what is there.');
    }
    const data = bulk === null ? demoSeed(clock.nowMs()) : bulkSeed({ ...bulk, nowMs: clock.nowMs() });
    await store.seed.insert(data);
    if (tokensFile !== null) {
      const buyers = data.users.filter(({ role }) => role === 'buyer').slice(0, bulk?.users);
      const lines = await Promise.all(buyers.map((user) => tokens.issue(user, TOKEN_TTL_MS)));
      await writeFile(tokensFile, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    }
    console.log(`Seeded ${data.users.length} users and ${data.auctions.length} auctions.`);
  } finally {
    await store.close();
  }
});

function readArguments(): Arguments {
  const { users, auctions, tokens } = readOptions();
  if (users === undefined && auctions === undefined) return { bulk: null, tokensFile: tokens ?? null };
  return {
    bulk: { users: readCount('--users', users), auctions: readCount('--auctions', auctions) },
    tokensFile: tokens ?? null,
  };
}

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ options: { users: text, auctions: text, tokens: text } }).values;
  } catch (error) {
    throw new UsageError(USAGE, { cause: error });
  }
}

function readCount(option: string, text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,6}$/.test(text)) {
    throw new UsageError(`${option} must be a whole number from 1 to 9999999. ${USAGE}`);
  }
  return Number(text);
}
