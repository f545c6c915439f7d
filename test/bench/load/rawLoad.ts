import { Latencies } from '../latencies.ts';
import type { Counts, Load } from './load.ts';
import type { Faults } from './patience.ts';

/** A transaction; resolves with how many units it stored. */
type Store = () => Promise<number>;

/** Transactions of several connections, one after the other on each. */
export class RawLoad implements Load {
  readonly latencies = new Latencies();
  readonly #connections: readonly Store[];
  readonly #countsOf: (units: number, transactions: number) => Counts;
  readonly #faults: Faults;
  #units = 0;
  #transactions = 0;
  #isOver = true;
  #working: Promise<unknown> = Promise.resolve();

  constructor(
    connections: readonly Store[],
    countsOf: (units: number, transactions: number) => Counts,
    faults: Faults,
  ) {
    this.#connections = connections;
    this.#countsOf = countsOf;
    this.#faults = faults;
  }

  start(): void {
    this.#isOver = false;
    const all = this.#connections.map((store) => this.#work(store));
    this.#working = Promise.all(all).catch((error: unknown) => this.#faults.report(String(error)));
  }

  async rest(): Promise<void> {
    this.#isOver = true;
    await this.#faults.unless(this.#working);
  }

  counts(): Counts {
    return this.#countsOf(this.#units, this.#transactions);
  }

  toldAccepted(): null {
    return null;
  }

  async #work(store: Store): Promise<void> {
    while (!this.#isOver) {
      const startedAtMs = performance.now();
      const units = await store();
      this.latencies.add(performance.now() - startedAtMs);
      this.#units += units;
      this.#transactions += 1;
    }
  }
}
