import type { Latencies } from '../latencies.ts';

/** Load on a server, or on a database, that goes on and rests as often as is wanted. */
export interface Load {
  /** How long things took. */
  readonly latencies: Latencies;
  /** Begins, or goes on. */
  start(): void;
  /** Resolves when nothing is on its way any more. */
  rest(): Promise<void>;
  /** What has been done so far. */
  counts(): Counts;
  /** Bids that it was told are accepted, so far; `null` where nobody bids. */
  toldAccepted(): number | null;
}

/** What has been done: units of the case, and whatever else is worth a look, by name. */
export interface Counts {
  readonly units: number;
  readonly others: Readonly<Record<string, number>>;
}
