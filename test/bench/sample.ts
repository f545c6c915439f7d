import type { LatencySummary } from './latencies.ts';

/** What came of one measurement of one contender. */
export interface Sample {
  /** How long was measured. */
  readonly seconds: number;
  /** How much was done in that time, in the unit of the case; `null` where nothing is done. */
  readonly units: number | null;
  readonly latencyMs: LatencySummary | null;
  /** Processor time used in that time. */
  readonly cpuMs: CpuTimes;
  /** What one more connection adds to the server's resident memory; `null` where that was not asked. */
  readonly bytesPerConnection: number | null;
  /** Bids that clients were told are accepted, from the first to the last of the whole run, warm-up included. */
  readonly toldAccepted: number | null;
  /** Whatever else is worth a look, by name. */
  readonly details: Readonly<Record<string, number>>;
}

/** Processor time of those who take part, in milliseconds. */
export interface CpuTimes {
  readonly server: number;
  readonly client: number;
  readonly database: number;
}

/** The middle one; of an even number, the middle of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}
