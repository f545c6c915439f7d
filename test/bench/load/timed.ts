import type { Latencies, LatencySummary } from '../latencies.ts';
import type { CpuTimes } from '../sample.ts';
import type { Faults } from './patience.ts';
import { Window } from './window.ts';

/** What was measured while load was going on. */
export interface Timed<Name extends string> {
  readonly seconds: number;
  readonly cpuMs: CpuTimes;
  readonly latencyMs: LatencySummary | null;
  /** By how much each counter rose. */
  readonly counted: Readonly<Record<Name, number>>;
}

/** Lets the load that is going on warm up, and measures it then. Rejects at the first fault. */
export async function timed<Name extends string>(
  plan: { readonly warmUpSeconds: number; readonly seconds: number; readonly databasePid: number },
  serverPid: number | null,
  faults: Faults,
  latencies: Latencies,
  counters: () => Readonly<Record<Name, number>>,
): Promise<Timed<Name>> {
  await faults.during(plan.warmUpSeconds);
  latencies.clear();
  const before = counters();
  const window = new Window(serverPid, plan.databasePid);
  await faults.during(plan.seconds);
  const after = counters();
  const latencyMs = latencies.summary();
  const risen = Object.entries<number>(after).map(([name, count]) => [name, count - before[name as Name]]);
  // The same names as those of the counters.
  return { ...window.close(), latencyMs, counted: Object.fromEntries(risen) as Record<Name, number> };
}
