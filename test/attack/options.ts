import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** The names of the floods to run; empty: all. */
  readonly floods: readonly string[];
  /** How long everything takes, about. */
  readonly minutes: number;
  readonly store: 'sqlite' | 'mariadb';
  readonly transport: 'uws' | 'ws';
  /** What the numbers of the attackers' sockets and rates are multiplied by. */
  readonly scale: number;
  readonly isJson: boolean;
  /** Seconds of the phases, where they are not to follow from `minutes`. */
  readonly phases: Partial<Phases>;
}

/** The three phases of each flood, in seconds. */
export interface Phases {
  readonly quiet: number;
  readonly flood: number;
  readonly calm: number;
}

/** The command line cannot be understood; the message says how it is used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE =
  'usage: npm run attack -- [--minutes N] [--only NAME,NAME] [--store sqlite|mariadb] [--transport uws|ws] ' +
  '[--scale FACTOR] [--quiet SECONDS] [--flood SECONDS] [--calm SECONDS] [--json] [--list]';

const LONGEST_QUIET = 30;
const SHORTEST_QUIET = 5;
const SHORTEST_FLOOD = 5;
const LONGEST_CALM = 60;
const SHORTEST_CALM = 10;

/** Reads the command line; throws {@link UsageError}. `null`: only the list of floods is wanted. */
export function readOptions(words: readonly string[], known: readonly string[]): Options | null {
  const values = parse(words);
  if (values.list) return null;
  const floods = values.only === '' ? [] : values.only.split(',').map((name) => name.trim());
  const unknown = floods.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no flood ${unknown}: ${known.join(', ')}`);
  const { quiet, flood, calm } = values;
  return {
    floods,
    minutes: positive('--minutes', values.minutes),
    store: oneOf('--store', values.store, ['sqlite', 'mariadb']),
    transport: oneOf('--transport', values.transport, ['uws', 'ws']),
    scale: positive('--scale', values.scale),
    isJson: values.json,
    phases: {
      ...(quiet === undefined ? {} : { quiet: positive('--quiet', quiet) }),
      ...(flood === undefined ? {} : { flood: positive('--flood', flood) }),
      ...(calm === undefined ? {} : { calm: positive('--calm', calm) }),
    },
  };
}

/** What each of `floods` floods has of the time; the calm is never shorter than ten seconds unless asked for. */
export function phasesOf({ minutes, phases }: Pick<Options, 'minutes' | 'phases'>, floods: number): Phases {
  const share = (minutes * 60) / Math.max(1, floods);
  const quiet = phases.quiet ?? clamp(share * 0.2, SHORTEST_QUIET, LONGEST_QUIET);
  const calm = phases.calm ?? clamp(share * 0.35, SHORTEST_CALM, LONGEST_CALM);
  return { quiet, calm, flood: phases.flood ?? Math.max(SHORTEST_FLOOD, share - quiet - calm) };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        only: { type: 'string', default: '' },
        minutes: { type: 'string', default: '10' },
        store: { type: 'string', default: 'sqlite' },
        transport: { type: 'string', default: 'uws' },
        scale: { type: 'string', default: '1' },
        quiet: { type: 'string' },
        flood: { type: 'string' },
        calm: { type: 'string' },
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

function oneOf<const Name extends string>(option: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new UsageError(`${option} must be one of ${names.join(', ')}\n${USAGE}`);
  return found;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
