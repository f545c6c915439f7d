import type { CpuTimes } from '../sample.ts';
import { cpuMsOf } from '../usage.ts';

/** The time that is measured: from when it is opened to when it is closed. */
export class Window {
  readonly #serverPid: number | null;
  readonly #databasePid: number;
  readonly #openedAtMs: number;
  readonly #cpuBefore: CpuTimes;

  /** `null`: there is no server. */
  constructor(serverPid: number | null, databasePid: number) {
    this.#serverPid = serverPid;
    this.#databasePid = databasePid;
    this.#cpuBefore = this.#cpu();
    this.#openedAtMs = performance.now();
  }

  /** How long it was open, and what was used meanwhile. */
  close(): { readonly seconds: number; readonly cpuMs: CpuTimes } {
    const seconds = (performance.now() - this.#openedAtMs) / 1000;
    const now = this.#cpu();
    const before = this.#cpuBefore;
    const cpuMs = {
      server: now.server - before.server,
      client: now.client - before.client,
      database: now.database - before.database,
    };
    return { seconds, cpuMs };
  }

  #cpu(): CpuTimes {
    const { user, system } = process.cpuUsage();
    return {
      server: this.#serverPid === null ? 0 : cpuMsOf(this.#serverPid),
      client: (user + system) / 1000,
      database: cpuMsOf(this.#databasePid),
    };
  }
}
