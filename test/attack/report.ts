import type { LatencySummary } from '../bench/latencies.ts';
import { breachesOf, type Row } from './verdict.ts';

const HEADINGS = [
  'flood',
  'p50/p99/max without, ms',
  'p50/p99/max under, ms',
  'p99 ×',
  'p99 after, ms',
  'lost',
  'RSS before/peak/calm/cleared, MB',
  'server CPU',
  'attackers were answered',
  'lives',
  'verdict',
] as const;

/** How many kinds of answers are shown. */
const MOST_ANSWERS = 7;

/** The floods as a table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADINGS, HEADINGS.map(() => '---'), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const { name, without, under, lost, memory, cpuShare, attackers, isAlive } = row;
  const breaches = breachesOf(row);
  const { before, peak, calm, collected } = memory;
  return [
    name,
    latency(without),
    latency(under),
    digits(under.p99 / without.p99),
    digits(row.after?.p99 ?? NaN),
    String(lost),
    [before, peak, calm, collected].map(megabytes).join(' / '),
    `${Math.round(cpuShare * 100)} %`,
    answers(attackers),
    isAlive ? 'yes' : 'NO',
    breaches.length === 0 ? 'ok' : `BROKEN: ${breaches.join('; ')}`,
  ];
}

function latency({ p50, p99, max }: LatencySummary): string {
  return [p50, p99, max].map(digits).join(' / ');
}

function digits(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : '–';
}

function megabytes(bytes: number | null): string {
  return bytes === null ? '–' : String(Math.round(bytes / 1e6));
}

function answers(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts);
  const shown = all.slice(0, MOST_ANSWERS).map(([name, count]) => `${name} ${count}`);
  if (all.length > MOST_ANSWERS) shown.push(`${all.length - MOST_ANSWERS} other kinds`);
  return shown.length === 0 ? 'nothing' : shown.join(', ');
}
