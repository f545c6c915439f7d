import type { ContenderName, ServerName } from '../contenders.ts';
import type { Figures } from '../figures.ts';
import type { Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';

/** One thing that is measured, of several contenders. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** What is counted: one, and many. */
  readonly unit: { readonly one: string; readonly many: string };
  /** Ringside comes first: the others are what it is compared with. */
  readonly servers: readonly ServerName[];
  /** Measures one of them once. */
  measure(stage: Stage, server: ServerName): Promise<Sample>;
  /** The database without any server. */
  readonly raw?: {
    measure(stage: Stage): Promise<Sample>;
    /** Which of its figures say the same as Ringside's. */
    readonly comparable: readonly RatioName[];
  };
  readonly targets: readonly Target[];
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
