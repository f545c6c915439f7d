import type { Figures } from './figures.ts';
import type { RatioName } from './cases/case.ts';
import type { CaseResult } from './run.ts';

type Column = readonly [heading: string, cell: (figures: Figures) => string];

const RATIO_TEXTS: Readonly<Record<RatioName, string>> = {
  ratePerSecond: 'rate',
  p50Ms: 'p50',
  p99Ms: 'p99',
  serverMicrosPerUnit: 'server CPU each',
  bytesPerConnection: 'bytes per connection',
};

/** A case for people: the figures of each contender, Ringside's ratios to the others, and its targets. */
export function describeCase({ name, title, unit, contenders, ratios, targets }: CaseResult): string {
  const columns: readonly Column[] = [
    [`${unit.many}/s`, ({ ratePerSecond }) => round(ratePerSecond)],
    ['p50 ms', ({ p50Ms }) => precise(p50Ms)],
    ['p99 ms', ({ p99Ms }) => precise(p99Ms)],
    [`server µs/${unit.one}`, ({ serverMicrosPerUnit }) => precise(serverMicrosPerUnit)],
    ['server', ({ serverShare }) => percent(serverShare)],
    ['client', clientCell],
    ['database', ({ databaseShare }) => percent(databaseShare)],
    ['bytes/connection', ({ bytesPerConnection }) => round(bytesPerConnection)],
  ];
  const used = columns.filter(([, cell]) => contenders.some(({ figures }) => cell(figures) !== '–'));
  const table = [
    ['', ...used.map(([heading]) => heading), ''],
    ...contenders.map(({ name: contender, figures }) => [
      contender,
      ...used.map(([, cell]) => cell(figures)),
      details(figures),
    ]),
  ];
  const comparable = ratios.filter(({ figures }) => Object.keys(figures).length > 0);
  const compared = comparable.map(({ to, figures }) => {
    const parts = Object.entries(figures).map(
      ([figure, value]) => `${RATIO_TEXTS[figure as RatioName]} ${precise(value)}`,
    );
    return `  ringside ÷ ${to}: ${parts.join(', ')}`;
  });
  const reached = targets.map(
    ({ text, value, isMet }) => `  ${isMet ? 'met   ' : 'MISSED'} ${text}: ${precise(value)}`,
  );
  return [`${name} · ${title}`, ...aligned(table), ...compared, ...reached, ''].join('\n');
}

/** A client that takes more of a core than the server does may be what limits the rate. */
function clientCell({ clientShare, serverShare }: Figures): string {
  return percent(clientShare) + (serverShare > 0 && clientShare > serverShare ? '!' : '');
}

function details(figures: Figures): string {
  return Object.entries(figures.details)
    .map(([name, value]) => `${name} ${precise(value)}`)
    .join(', ');
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_heading, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) => {
    const cells = row.map((cell, column) => {
      const isText = column === 0 || column === row.length - 1;
      return isText ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–';
}

function round(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
}

/** Three digits that count, or all of a larger number. */
function precise(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? round(value) : String(Number(value.toPrecision(3)));
}
