import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

/** Where a program is, if the PATH (or the places where Debian keeps servers) has it. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  return null;
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Asks again and again, a few milliseconds apart, until `probe` resolves. Rejects with its last error. */
export async function until<T>(probe: () => Promise<T> | T, withinMs = 15_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** A server program of one's own that can be killed and started again with the same words. */
export class PrivateProgram {
  readonly #program: string;
  readonly #words: readonly string[];
  readonly #ready: () => Promise<void>;
  #running: ChildProcess | null = null;

  /** `ready` resolves once it answers. */
  constructor(program: string, words: readonly string[], ready: () => Promise<void>) {
    this.#program = program;
    this.#words = words;
    this.#ready = ready;
  }

  async start(): Promise<void> {
    this.#running = spawn(this.#program, this.#words, { stdio: 'ignore' });
    await until(this.#ready);
  }

  /** Resolves when it is gone; at once when it does not run. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#running;
    this.#running = null;
    if (child === null || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}
