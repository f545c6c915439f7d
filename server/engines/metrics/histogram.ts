import type { Histogram, Registry } from 'prom-client';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram without labels for what happens with every bid: prom-client's own looks its labels up each time, which
 * takes longer than the rules of the auction. It is shown by prom-client's registry like its own.
 */
export class HotHistogram {
  readonly name: string;
  readonly #help: string;
  /** Upper bounds, rising. */
  readonly #bounds: readonly number[];
  /** How many values fell between each bound and the one below; the last is above all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(registry: Registry, name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
    // The registry asks for no more than a name and what `get` gives.
    registry.registerMetric(this as unknown as Histogram);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let index = 0;
    while (index < bounds.length && value > (bounds[index] ?? Infinity)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  /** As prom-client's own metrics tell it: each bucket holds the ones below it. */
  async get() {
    const { name } = this;
    let count = 0;
    const buckets = [...this.#bounds, '+Inf'].map((le, index): Sample => {
      count += this.#counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: count };
    });
    const values = [
      ...buckets,
      { metricName: `${name}_sum`, labels: {}, value: this.#sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return { name, help: this.#help, type: 'histogram', values, aggregator: 'sum' };
  }
}
