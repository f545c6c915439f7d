import { type BenchCase, type FiguresOf, RATIO_NAMES, type RatioName, rawOf } from './cases/case.ts';
import type { ContenderName } from './contenders.ts';
import { type Figures, figuresOf } from './figures.ts';
import { playRound } from './round.ts';
import { median, type Sample } from './sample.ts';
import type { CaseRunner } from './caseRunner.ts';

/** What came of a case. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly unit: BenchCase['unit'];
  readonly contenders: readonly ContenderResult[];
  readonly ratios: readonly Ratio[];
  readonly targets: readonly TargetResult[];
}

export interface ContenderResult {
  readonly name: ContenderName;
  readonly figures: Figures;
  readonly samples: readonly Sample[];
}

/** Ringside's figures as multiples of another's; those that apply. */
export interface Ratio {
  readonly to: ContenderName;
  readonly figures: Readonly<Partial<Record<RatioName, number>>>;
}

export interface TargetResult {
  readonly text: string;
  readonly value: number;
  readonly isMet: boolean;
}

/** Measures every contender in each round, from new processes; the order is turned round each time. */
export async function runCase(
  bench: BenchCase,
  runner: CaseRunner,
  rounds: number,
  tell: (line: string) => void,
): Promise<CaseResult> {
  const names: ContenderName[] = [...bench.servers, ...(rawOf(bench) === undefined ? [] : ['raw' as const])];
  const samples = new Map<ContenderName, Sample[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    const order = round % 2 === 1 ? names : names.toReversed();
    const say = (what: string) => tell(`${bench.name}, ${round} of ${rounds}: ${what}`);
    for (const [name, sample] of await playRound(bench, runner, order, say)) samples.get(name)?.push(sample);
  }
  const contenders = names.map((name) => {
    const own = samples.get(name) ?? [];
    return { name, samples: own, figures: figuresOf(own) };
  });
  const { name, title, unit } = bench;
  return {
    name,
    title,
    unit,
    contenders,
    ratios: ratiosOf(bench, contenders),
    targets: targetsOf(bench, contenders),
  };
}

/** Those who stood beside each other had the same machine, so they are compared round by round: the median counts. */
function ratiosOf(bench: BenchCase, [ringside, ...others]: readonly ContenderResult[]): Ratio[] {
  return others.map(({ name: to, samples }) => {
    const names = to === 'raw' ? (rawOf(bench)?.comparable ?? []) : RATIO_NAMES;
    const pairs = names.map((name) => {
      const ofRounds = samples.map((sample, round) => {
        return figuresIn(ringside, round)[name] / figuresOf([sample])[name];
      });
      return [name, median(ofRounds)] as const;
    });
    return { to, figures: Object.fromEntries(pairs.filter(([, value]) => Number.isFinite(value))) };
  });
}

function targetsOf(bench: BenchCase, contenders: readonly ContenderResult[]): TargetResult[] {
  const rounds = contenders[0]?.samples.map((_, round): FiguresOf => {
    return (wanted) =>
      figuresIn(
        contenders.find(({ name }) => name === wanted),
        round,
      );
  });
  return bench.targets.map(({ text, bound, value: read }) => {
    const value = median(rounds?.map(read) ?? []);
    return { text, value, isMet: 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast };
  });
}

/** All of them `NaN` where somebody did not take part. */
function figuresIn(contender: ContenderResult | undefined, round: number): Figures {
  const sample = contender?.samples[round];
  return figuresOf(sample === undefined ? [] : [sample]);
}
