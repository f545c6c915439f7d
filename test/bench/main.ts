import { cpus } from 'node:os';
import { CASES } from './cases/index.ts';
import { BenchEnvironment } from './environment.ts';
import { readOptions, UsageError } from './options.ts';
import { describeCase } from './report.ts';
import { type CaseResult, runCase } from './run.ts';
import { CaseRunner } from './caseRunner.ts';

/** Nothing takes longer to stop; what still runs then is killed. */
const ENDING_PATIENCE_MS = 30_000;

let opening: Promise<BenchEnvironment> | null = null;
let ending: Promise<never> | null = null;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(130));
try {
  await main();
  await end(0);
} catch (error) {
  // What breaks while everything is being taken down says nothing.
  if (!isEnding()) console.error(error instanceof UsageError ? error.message : error);
  await end(1);
}

async function main(): Promise<void> {
  const options = readOptions(
    process.argv.slice(2),
    CASES.map(({ name }) => name),
  );
  if (options === null) {
    for (const { name, title } of CASES) console.log(`${name.padEnd(16)} ${title}`);
    return;
  }
  const startedAt = new Date().toISOString();
  const { cases, rounds, seconds, scale, isJson } = options;
  tell('starting MariaDB and filling it');
  opening = BenchEnvironment.open();
  const environment = await opening;
  const runner = new CaseRunner(environment, options);
  const results: CaseResult[] = [];
  for (const bench of CASES) {
    if (cases.length > 0 && !cases.includes(bench.name)) continue;
    const result = await runCase(bench, runner, rounds, tell);
    results.push(result);
    if (!isJson) console.log(describeCase(result));
  }
  const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model };
  if (isJson) {
    const run = { startedAt, ...machine, seconds, rounds, scale, cases: results };
    console.log(JSON.stringify(run, null, 2));
  }
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
  // What did not open has nothing to close, and whoever waits for it is told.
  const environment = await opening?.catch(() => null);
  await environment?.close().catch((error: unknown) => console.error(error));
  process.exit(code);
}

/** Progress goes to standard error, so that the results alone can be kept. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
