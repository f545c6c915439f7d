import type { BenchCase, InTurns, Once } from './cases/case.ts';
import type { ContenderName } from './contenders.ts';
import type { Sample } from './sample.ts';
import type { Entrant, CaseRunner, Stay } from './caseRunner.ts';

type Samples = Map<ContenderName, Sample>;
type Say = (what: string) => void;

/** Measures each of these once; `raw` only where the case has it. */
export function playRound(
  { measuring }: BenchCase,
  runner: CaseRunner,
  order: readonly ContenderName[],
  say: Say,
): Promise<Samples> {
  switch (measuring.kind) {
    case 'in turns':
      return playInTurns(measuring, runner, order, say);
    case 'once':
      return playOneByOne(measuring, runner, order, say);
  }
}

/** The order of the turns goes there and back, so that a drift that lasts favours nobody either. */
async function playInTurns(
  measuring: InTurns,
  runner: CaseRunner,
  order: readonly ContenderName[],
  say: Say,
): Promise<Samples> {
  const samples: Samples = new Map();
  await withAll(measuring, runner, order, say, async (entrants) => {
    say(`${runner.turns} turns each`);
    for (let turn = 0; turn < runner.turns; turn += 1) {
      for (const [, entrant] of turn % 2 === 0 ? entrants : entrants.toReversed()) await entrant.turn();
    }
    for (const [name, entrant] of entrants) samples.set(name, await entrant.finish());
  });
  return samples;
}

type Entrants = readonly (readonly [ContenderName, Entrant])[];

/** Has all of them there, ready and at rest, for as long as `stay` takes. */
async function withAll(
  measuring: InTurns,
  runner: CaseRunner,
  [name, ...others]: readonly ContenderName[],
  say: Say,
  stay: Stay<Entrants>,
): Promise<void> {
  if (name === undefined) return stay([]);
  say(name);
  const enter = (entrant: Entrant) =>
    withAll(measuring, runner, others, say, (further) => stay([[name, entrant], ...further]));
  if (name !== 'raw') return runner.withLoadedServer(name, measuring.load(runner), enter);
  if (measuring.raw === undefined) throw new Error('the case has nothing raw');
  return runner.withLoad(measuring.raw.plan(runner), enter);
}

async function playOneByOne(
  measuring: Once,
  runner: CaseRunner,
  order: readonly ContenderName[],
  say: Say,
): Promise<Samples> {
  const samples: Samples = new Map();
  for (const name of order) {
    if (name === 'raw') throw new Error('the case has nothing raw');
    say(name);
    samples.set(name, await measuring.measure(runner, name));
  }
  return samples;
}
