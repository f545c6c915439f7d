import type { CpuTimes, Sample } from '../sample.ts';
import type { Counts, Load } from './load.ts';
import type { Faults } from './patience.ts';
import type { TurnsPlan } from './plan.ts';
import { Window } from './window.ts';

/** A load that has rested is up to speed again after that. */
const RESUMING_SECONDS = 0.2;

/** One turn, or several that came together. */
interface Measured extends Counts {
  readonly seconds: number;
  readonly cpuMs: CpuTimes;
}

/** Measures a load in turns, between which it rests: others have theirs meanwhile. */
export class Measurement {
  readonly #load: Load;
  readonly #faults: Faults;
  readonly #plan: TurnsPlan;
  #measured: Measured | null = null;

  constructor(load: Load, faults: Faults, plan: TurnsPlan) {
    this.#load = load;
    this.#faults = faults;
    this.#plan = plan;
  }

  /** Lets the load go on, warm up, and be measured. Rejects at the first fault. */
  async turn(): Promise<void> {
    const { seconds, warmUpSeconds, databasePid } = this.#plan;
    const { latencies } = this.#load;
    this.#load.start();
    await this.#faults.during(
      this.#measured === null ? warmUpSeconds : Math.min(RESUMING_SECONDS, warmUpSeconds),
    );
    latencies.isCounting = true;
    const before = this.#load.counts();
    const window = new Window(this.#plan.target?.pid ?? null, databasePid);
    await this.#faults.during(seconds);
    const after = this.#load.counts();
    const turn = { ...window.close(), ...difference(after, before) };
    latencies.isCounting = false;
    await this.#load.rest();
    this.#measured = this.#measured === null ? turn : sum(this.#measured, turn);
  }

  /** What came of all turns. */
  sample(): Sample {
    if (this.#measured === null) throw new Error('nothing has been measured');
    const { seconds, cpuMs, units, others } = this.#measured;
    const rates = Object.entries(others).map(([name, count]) => [`${name}PerSecond`, count / seconds]);
    return {
      seconds,
      cpuMs,
      units,
      latencyMs: this.#load.latencies.summary(),
      bytesPerConnection: null,
      toldAccepted: this.#load.toldAccepted(),
      details: Object.fromEntries(rates) as Record<string, number>,
    };
  }
}

function difference(after: Counts, before: Counts): Counts {
  return {
    units: after.units - before.units,
    others: combined(after.others, before.others, (left, right) => left - right),
  };
}

function sum(left: Measured, right: Measured): Measured {
  const add = (one: number, other: number) => one + other;
  return {
    seconds: left.seconds + right.seconds,
    units: left.units + right.units,
    others: combined(left.others, right.others, add),
    cpuMs: {
      server: left.cpuMs.server + right.cpuMs.server,
      client: left.cpuMs.client + right.cpuMs.client,
      database: left.cpuMs.database + right.cpuMs.database,
    },
  };
}

function combined(
  left: Counts['others'],
  right: Counts['others'],
  combine: (left: number, right: number) => number,
): Counts['others'] {
  return Object.fromEntries(
    Object.entries(left).map(([name, count]) => [name, combine(count, right[name] ?? 0)]),
  );
}
