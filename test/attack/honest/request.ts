/** What the honest clients are told to do: measure for so long. */
export interface HonestRequest {
  readonly seconds: number;
}

/** What they saw meanwhile. */
export interface HonestReport {
  /** From sending a bid to its own answer, of every bid that was sent in that time. */
  readonly latenciesMs: readonly number[];
  /** Bids by what they were answered: `accepted`, or the code of the refusal. */
  readonly answers: Readonly<Record<string, number>>;
  /** Bids that had no answer five seconds after the end; their age then is among the latencies. */
  readonly unanswered: number;
  /** Connections that were lost since the last report. */
  readonly lost: number;
}

/** What the process is started with. */
export interface HonestSettings {
  readonly port: number;
}
