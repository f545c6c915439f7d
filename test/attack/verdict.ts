import { type LatencySummary, Latencies } from '../bench/latencies.ts';

/** Under a flood the slowest hundredth may take so many times as long as without, and that long. */
const MOST_TIMES_P99 = 3;
const MOST_P99_MS = 50;
/** After the calm the server may hold so many times the memory that it held before. */
const MOST_TIMES_MEMORY = 1.2;

/** Answers to honest bids that are as they should be: two viewers of a sale may bid the same. */
const EXPECTED = new Set(['accepted', 'bid_too_low']);

/** What came of one flood. Memory in bytes; `null`: the process was gone. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** The phases as they were, in seconds. */
  readonly seconds: { readonly quiet: number; readonly flood: number; readonly calm: number };
  /** Honest bids in the quiet: the medians of all quiets of this run so far, which `count` counts. */
  readonly without: LatencySummary;
  readonly under: LatencySummary;
  /** In the quiet after the calm. */
  readonly after: LatencySummary | null;
  /** What the honest bids under the flood were answered. */
  readonly honestAnswers: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly lost: number;
  readonly memory: {
    /** In the first quiet of this process. */
    readonly first: number;
    readonly before: number;
    readonly peak: number;
    readonly calm: number | null;
    readonly collected: number | null;
  };
  readonly cpuShare: number;
  readonly attackers: Readonly<Record<string, number>>;
  /** What the attackers should not have been answered, in words. */
  readonly wrongAnswers: readonly string[];
  readonly isAlive: boolean;
}

/** Every bound that a flood has broken, in a few words each; empty: it did no harm. */
export function breachesOf(row: Row): readonly string[] {
  const { without, under, lost, unanswered, memory, isAlive } = row;
  const breaches: string[] = [];
  if (!isAlive) breaches.push('the process ended');
  if (lost > 0) breaches.push(`${lost} honest connections lost`);
  if (unanswered > 0) breaches.push(`${unanswered} honest bids unanswered`);
  const refused = Object.entries(row.honestAnswers).filter(([answer]) => !EXPECTED.has(answer));
  for (const [answer, count] of refused) breaches.push(`${count} honest bids answered ${answer}`);
  breaches.push(...slownessOf('p99', under, without));
  if (row.after !== null) breaches.push(...slownessOf('p99 after the calm', row.after, without));
  // A process that gave back more than usual may take it again.
  const kept = (memory.collected ?? NaN) / Math.max(memory.first, memory.before);
  if (isAlive && !(kept <= MOST_TIMES_MEMORY)) {
    breaches.push(`memory ${Math.round((kept - 1) * 100)} % above that before`);
  }
  return [...breaches, ...row.wrongAnswers];
}

function slownessOf(what: string, { p99 }: LatencySummary, without: LatencySummary): string[] {
  if (Number.isNaN(p99)) return [`${what}: no honest bid was measured`];
  const times = p99 / without.p99;
  // What cannot be compared is no number, and within no bound.
  const isTooMany = !(times <= MOST_TIMES_P99);
  const isTooLong = !(p99 < MOST_P99_MS);
  return [
    ...(isTooMany ? [`${what} ${times.toFixed(1)} × that without`] : []),
    ...(isTooLong ? [`${what} ${p99.toFixed(0)} ms`] : []),
  ];
}

/** The figures of some durations; all of them `NaN` when there are none. */
export function summaryOf(latenciesMs: readonly number[]): LatencySummary {
  const latencies = new Latencies();
  latencies.isCounting = true;
  for (const durationMs of latenciesMs) latencies.add(durationMs);
  return latencies.summary() ?? { p50: NaN, p99: NaN, max: NaN, count: 0 };
}
