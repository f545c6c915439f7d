import type { Log } from '../../ports/log.ts';

/** Where exceptions of handlers end: in the log, one line each, and nowhere else. */
export class Faults {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs what a handler threw. */
  report(error: unknown): void {
    this.#log.error('a handler of a connection failed', { error });
  }

  /** Gives what `run` gives. What it throws is logged, and `otherwise` says what to do instead. */
  guard<T>(run: () => T, otherwise: () => T): T {
    try {
      return run();
    } catch (error) {
      this.report(error);
      return otherwise();
    }
  }

  /** Runs. What `run` throws is logged, and `otherwise` is done; what that throws is logged too. */
  contain(run: () => unknown, otherwise: () => unknown = () => undefined): void {
    this.guard<unknown>(run, () => this.guard<unknown>(otherwise, () => undefined));
  }
}
