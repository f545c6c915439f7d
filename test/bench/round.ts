import type { BenchCase, InTurns, Once } from './cases/case.ts';
import type { ContenderName } from './contenders.ts';
import type { Sample } from './sample.ts';
import type { Entrant, Stage, Stay } from './stage.ts';

type Samples = Map<ContenderName, Sample>;
type Say = (what: string) => void;

/** Measures each of these once; `raw` only where the case has it. */
export function playRound(
  { measuring }: BenchCase,
  stage: Stage,
  order: readonly ContenderName[],
  say: Say,
): Promise<Samples> {
  switch (measuring.kind) {
    case 'in turns':
      return playInTurns(measuring, stage, order, say);
    case 'once':
      return playOneByOne(measuring, stage, order, say);
  }
}

/** The order of the turns goes there and back, so that a drift that lasts favours nobody either. */
async function playInTurns(
  measuring: InTurns,
  stage: Stage,
  order: readonly ContenderName[],
  say: Say,
): Promise<Samples> {
  const samples: Samples = new Map();
  await withAll(measuring, stage, order, say, async (entrants) => {
    say(`${stage.turns} turns each`);
    for (let turn = 0; turn < stage.turns; turn += 1) {
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
  stage: Stage,
  [name, ...others]: readonly ContenderName[],
  say: Say,
  stay: Stay<Entrants>,
): Promise<void> {
  if (name === undefined) return stay([]);
  say(name);
  const enter = (entrant: Entrant) =>
    withAll(measuring, stage, others, say, (further) => stay([[name, entrant], ...further]));
  if (name !== 'raw') return stage.withLoadedServer(name, measuring.load(stage), enter);
  if (measuring.raw === undefined) throw new Error('the case has nothing raw');
  return stage.withLoad(measuring.raw.plan(stage), enter);
}

async function playOneByOne(
  measuring: Once,
  stage: Stage,
  order: readonly ContenderName[],
  say: Say,
): Promise<Samples> {
  const samples: Samples = new Map();
  for (const name of order) {
    if (name === 'raw') throw new Error('the case has nothing raw');
    say(name);
    samples.set(name, await measuring.measure(stage, name));
  }
  return samples;
}
