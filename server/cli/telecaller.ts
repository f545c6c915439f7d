import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { openStoreEngines } from '../engines/index.ts';
import type { TelecallerDetails } from '../domain/call/store.ts';
import type { Store } from '../engines/store/store.ts';
import { ensureDemo } from '../seeding/ensureDemo.ts';
import { runCommand, UsageError } from './runCommand.ts';

const USAGE =
  'usage: npm run telecaller -- USERNAME [--language WORD] [--about TEXT] [--audio-coins N] [--video-coins N] ' +
  '[--approved|--unapproved] (coins left out: the rate of the house)';
const LANGUAGE = /^\S.{0,63}$/su;

/** What was left out is `null`; of coins that says: the rate of the house. */
interface Arguments {
  readonly username: string;
  readonly language: string | null;
  readonly about: string | null;
  readonly isApproved: boolean | null;
  readonly audioCoinsPerMinute: number | null;
  readonly videoCoinsPerMinute: number | null;
}

await runCommand(async () => {
  const words = readArguments();
  const config = readConfig();
  const { store, clock } = await openStoreEngines(config);
  try {
    if (!config.isProduction) await ensureDemo(store.seed, clock);
    const { isApproved } = await save(store, words);
    console.log(`${words.username} is a telecaller, ${isApproved ? 'approved' : 'not approved'}.`);
  } finally {
    await store.close();
  }
});

/** Language, about and approval that were left out stay as they are. */
async function save(store: Store, { username, ...words }: Arguments): Promise<TelecallerDetails> {
  const account = await store.accounts.byUsername(username);
  if (account === null) throw new UsageError(`There is no user ${username}.`);
  const known = await store.calls.telecaller(account.id);
  const language = words.language ?? known?.language;
  if (language === undefined) throw new UsageError(`A new telecaller needs a --language. ${USAGE}`);
  const details = {
    ...words,
    language,
    about: words.about ?? known?.about ?? '',
    isApproved: words.isApproved ?? known?.isApproved ?? false,
  };
  await store.calls.saveTelecaller(account.id, details);
  return details;
}

function readArguments(): Arguments {
  const { values, positionals } = readOptions();
  const { language = null, about = null, approved = false, unapproved = false } = values;
  const [username] = positionals;
  if (username === undefined || positionals.length !== 1 || (approved && unapproved)) {
    throw new UsageError(USAGE);
  }
  if (language !== null && !LANGUAGE.test(language)) {
    throw new UsageError(`--language must have 1 to 64 characters. ${USAGE}`);
  }
  return {
    username,
    language,
    about,
    isApproved: approved || unapproved ? approved : null,
    audioCoinsPerMinute: readCoins('--audio-coins', values['audio-coins']),
    videoCoinsPerMinute: readCoins('--video-coins', values['video-coins']),
  };
}

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    return parseArgs({
      options: {
        language: text,
        about: text,
        'audio-coins': text,
        'video-coins': text,
        approved: flag,
        unapproved: flag,
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(USAGE, { cause: error });
  }
}

function readCoins(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text)) {
    throw new UsageError(`${option} must be a whole number from 0 to 999999. ${USAGE}`);
  }
  return Number(text);
}
