/** How long things took, in milliseconds. */
export interface LatencySummary {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

/** Collects durations without making garbage. */
export class Latencies {
  #values = new Float64Array(4_096);
  #count = 0;
  /** What comes while this is not set is left out. */
  isCounting = false;

  add(durationMs: number): void {
    if (!this.isCounting) return;
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = durationMs;
    this.#count += 1;
  }

  /** `null` when there was nothing. */
  summary(): LatencySummary | null {
    if (this.#count === 0) return null;
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (share: number) => sorted[Math.min(this.#count - 1, Math.floor(share * this.#count))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1), count: this.#count };
  }
}
