import { cpus } from 'node:os';
import { Arena } from './arena.ts';
import { FLOODS } from './floods/index.ts';
import { rest } from './floods/rest.ts';
import { phasesOf, readOptions, UsageError } from './options.ts';
import { tableOf } from './report.ts';
import { Run } from './run.ts';
import { breachesOf, type Row } from './verdict.ts';

/** Nothing takes longer to stop; what still runs then is killed. */
const ENDING_PATIENCE_MS = 30_000;
/** A server that was just started is slower: it is left alone for as many seconds, or a quiet's time if that is less. */
const WARM_UP_SECONDS = 10;

let opening: Promise<Arena> | null = null;
let run: Run | null = null;
let ending: Promise<never> | null = null;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(130));
try {
  await end((await main()) ? 0 : 1);
} catch (error) {
  // What breaks while everything is being taken down says nothing.
  if (!isEnding()) console.error(error instanceof UsageError ? error.message : error);
  await end(1);
}

/** False when a bound is broken. */
async function main(): Promise<boolean> {
  const options = readOptions(
    process.argv.slice(2),
    FLOODS.map(({ name }) => name),
  );
  if (options === null) {
    for (const { name, title } of FLOODS) console.log(`${name.padEnd(18)} ${title}`);
    return true;
  }
  const { floods: wanted, store, transport, scale, isJson } = options;
  const floods = FLOODS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const phases = phasesOf(options, floods.length);
  const { quiet, flood, calm } = phases;
  tell(
    `${floods.length} floods, each ${seconds(flood)} flood, ${seconds(calm)} calm, ${seconds(quiet)} quiet`,
  );
  opening = Arena.open(options, floods.includes(rest));
  run = new Run(await opening, scale, phases, tell);
  await run.begin(Math.min(WARM_UP_SECONDS, quiet));
  const rows: Row[] = [];
  for (const each of floods) rows.push(await run.flood(each));
  const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model };
  const reported = rows.map((row) => ({ ...row, breaches: breachesOf(row) }));
  if (isJson) console.log(JSON.stringify({ ...machine, store, transport, phases, rows: reported }, null, 2));
  else console.log(`\n${store}, ${transport}, calm of ${seconds(calm)}\n\n${tableOf(rows)}`);
  return reported.every(({ breaches }) => breaches.length === 0);
}

/** Stops everything and exits; what was asked for first counts. */
function end(code: number): Promise<never> {
  ending ??= takeDown(code);
  return ending;
}

function isEnding(): boolean {
  return ending !== null;
}

async function takeDown(code: number): Promise<never> {
  setTimeout(() => process.exit(1), ENDING_PATIENCE_MS).unref();
  await run?.stop();
  // What did not open has nothing to close, and whoever waits for it is told.
  const arena = await opening?.catch(() => null);
  await arena?.close().catch((error: unknown) => console.error(error));
  process.exit(code);
}

/** Progress goes to standard error, so that the results alone can be kept. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function seconds(count: number): string {
  return `${Number(count.toFixed(1))} s`;
}
