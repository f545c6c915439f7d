import { cpuMsOf, residentBytesOf } from '../bench/usage.ts';

const LOOK_EVERY_MS = 100;

/** Looks at a process from outside while something goes on. */
export class ServerWatch {
  readonly #pid: number;
  readonly #startedAtMs = performance.now();
  readonly #cpuBeforeMs: number;
  readonly #looking: NodeJS.Timeout;
  #peakBytes: number;
  #cpuMs = 0;
  #lookedAtMs = performance.now();

  constructor(pid: number) {
    this.#pid = pid;
    this.#cpuBeforeMs = cpuMsOf(pid);
    this.#peakBytes = residentBytesOf(pid);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** The most memory it had, and its share of a core, until it ended or this was called. */
  stop(): { readonly peakBytes: number; readonly cpuShare: number } {
    this.#look();
    clearInterval(this.#looking);
    const elapsedMs = Math.max(1, this.#lookedAtMs - this.#startedAtMs);
    return { peakBytes: this.#peakBytes, cpuShare: this.#cpuMs / elapsedMs };
  }

  #look(): void {
    const bytes = residentBytesIfAlive(this.#pid);
    if (bytes === null) return;
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
    this.#cpuMs = cpuMsOf(this.#pid) - this.#cpuBeforeMs;
    this.#lookedAtMs = performance.now();
  }
}

/** The resident memory of a process; `null` when it is gone. */
export function residentBytesIfAlive(pid: number): number | null {
  try {
    return residentBytesOf(pid);
  } catch {
    // Its folder in /proc is gone, or says nothing of memory any more.
    return null;
  }
}
