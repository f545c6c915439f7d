import type { ContenderName, ServerName } from '../contenders.ts';
import type { Figures } from '../figures.ts';
import type { TurnsPlan } from '../load/plan.ts';
import type { Sample } from '../sample.ts';
import type { PlanBase, CaseRunner } from '../caseRunner.ts';

/** One thing that is measured, of several contenders. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** What is counted: one, and many. */
  readonly unit: { readonly one: string; readonly many: string };
  /** Ringside comes first: the others are what it is compared with. */
  readonly servers: readonly ServerName[];
  readonly measuring: InTurns | Once;
  readonly targets: readonly Target[];
}

/** All are there, and each is measured for a short while, turn by turn: they have the same machine. */
export interface InTurns {
  readonly kind: 'in turns';
  load(runner: CaseRunner): LoadOnServer;
  /** The database without any server. */
  readonly raw?: Raw;
}

/** What cannot rest is measured from its start to its end, one server after the other. */
export interface Once {
  readonly kind: 'once';
  measure(runner: CaseRunner, server: ServerName): Promise<Sample>;
}

export interface Raw {
  plan(runner: CaseRunner): TurnsPlan;
  /** Which of its figures say the same as Ringside's. */
  readonly comparable: readonly RatioName[];
}

/** The database without any server, where a case has that. */
export function rawOf({ measuring }: BenchCase): Raw | undefined {
  return measuring.kind === 'in turns' ? measuring.raw : undefined;
}

/** Load that is the same for every server. */
export interface LoadOnServer {
  /** Every bid on these auctions that a client was told is accepted has to be in the database. */
  readonly auctionIds: readonly number[];
  planFor(base: PlanBase): TurnsPlan;
}

/** The figures that are worth comparing. */
export const RATIO_NAMES = [
  'ratePerSecond',
  'p50Ms',
  'p99Ms',
  'serverMicrosPerUnit',
  'bytesPerConnection',
] as const;
export type RatioName = (typeof RATIO_NAMES)[number];

/** What Ringside should reach, as a number that has a bound. */
export interface Target {
  readonly text: string;
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
  /** `NaN` where a contender is missing. */
  readonly value: (figures: FiguresOf) => number;
}

/** The figures of a contender; all of them `NaN` when it did not take part. */
export type FiguresOf = (contender: ContenderName) => Figures;
