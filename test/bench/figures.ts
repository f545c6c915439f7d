import { median, type Sample } from './sample.ts';

/** What several measurements of one contender come to. `NaN`: does not apply. */
export interface Figures {
  readonly ratePerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverMicrosPerUnit: number;
  /** Shares of one processor core: 1 is all of it. */
  readonly serverShare: number;
  readonly clientShare: number;
  readonly databaseShare: number;
  readonly bytesPerConnection: number;
  readonly details: Readonly<Record<string, number>>;
}

/** The medians of the samples. */
export function figuresOf(samples: readonly Sample[]): Figures {
  const of = (read: (sample: Sample) => number) => median(samples.map(read));
  const share = (part: keyof Sample['cpuMs']) => of(({ cpuMs, seconds }) => cpuMs[part] / 1000 / seconds);
  const names = Object.keys(samples[0]?.details ?? {});
  return {
    ratePerSecond: of(({ units, seconds }) => (units ?? NaN) / seconds),
    p50Ms: of(({ latencyMs }) => latencyMs?.p50 ?? NaN),
    p99Ms: of(({ latencyMs }) => latencyMs?.p99 ?? NaN),
    serverMicrosPerUnit: of(({ cpuMs, units }) =>
      cpuMs.server === 0 ? NaN : (cpuMs.server * 1000) / (units ?? NaN),
    ),
    serverShare: share('server'),
    clientShare: share('client'),
    databaseShare: share('database'),
    bytesPerConnection: of(({ bytesPerConnection }) => bytesPerConnection ?? NaN),
    details: Object.fromEntries(names.map((name) => [name, of(({ details }) => details[name] ?? NaN)])),
  };
}
