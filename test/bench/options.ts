import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** The names of the cases to run; empty: all. */
  readonly cases: readonly string[];
  /** How long each measurement lasts. */
  readonly seconds: number;
  /** How often each contender is measured; their order is turned round each time. */
  readonly rounds: number;
  /** What the numbers of sockets and auctions are multiplied by. */
  readonly scale: number;
  readonly isJson: boolean;
  /** Where the profiles of Ringside's processor time go; `null`: none are taken. */
  readonly profileFolder: string | null;
}

/** The command line cannot be understood; the message says how it is used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE =
  'usage: npm run bench -- [--case NAME]... [--seconds N] [--rounds N] [--scale FACTOR] [--json] [--profile FOLDER] [--list]';

/** Reads the command line; throws {@link UsageError}. `null`: only the list of cases is wanted. */
export function readOptions(words: readonly string[], known: readonly string[]): Options | null {
  const { list, json, profile, ...values } = parse(words);
  if (list) return null;
  const unknown = values.case.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no case ${unknown}: ${known.join(', ')}`);
  return {
    cases: values.case,
    seconds: positive('--seconds', values.seconds),
    rounds: Math.ceil(positive('--rounds', values.rounds)),
    scale: positive('--scale', values.scale),
    isJson: json,
    profileFolder: profile ?? null,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        case: { type: 'string', multiple: true, default: [] },
        seconds: { type: 'string', default: '3' },
        rounds: { type: 'string', default: '2' },
        scale: { type: 'string', default: '1' },
        profile: { type: 'string' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new UsageError(`${option} must be above 0\n${USAGE}`);
  return value;
}
