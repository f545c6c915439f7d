import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const START_PATIENCE_MS = 30_000;

/** A server that is started with these clears its memory when it is sent {@link COLLECT_SIGNAL}. */
export const COLLECTING = ['--expose-gc', '--import', 'data:text/javascript,process.on("SIGUSR2",()=>gc())'];
export const COLLECT_SIGNAL = 'SIGUSR2';

/**
 * A module of the benchmark in a process of its own. It speaks by messages: the first says that it is ready,
 * each further one answers a request. It ends with this process, however that ends.
 */
export class Child<Ready> {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Ready;
  readonly #process: ChildProcess;
  readonly #name: string;

  private constructor(process: ChildProcess, name: string, pid: number, ready: Ready) {
    this.#process = process;
    this.#name = name;
    this.pid = pid;
    this.ready = ready;
  }

  /** Starts a module of this folder with `settings` as the only argument. */
  static async start<Ready>(module: string, settings: object = {}): Promise<Child<Ready>> {
    const path = fileURLToPath(new URL(module, import.meta.url));
    const child = fork(path, [JSON.stringify(settings)], { execArgv: [...COLLECTING, '--import', 'tsx'] });
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', (code, signal) => {
      process.off('exit', killWithUs);
      // Ctrl-C reaches all of us.
      if (!child.killed && signal !== 'SIGINT')
        console.error(`${module} ended by itself with ${code ?? signal}`);
    });
    // Whoever asks next finds it gone.
    child.on('error', () => undefined);
    // The module's own type of its first message.
    const ready = (await nextMessage(child, module, START_PATIENCE_MS)) as Ready;
    if (child.pid === undefined) throw new Error(`${module} did not start`);
    return new Child(child, module, child.pid, ready);
  }

  /** Resolves with the answer; rejects when the process ends before, or takes longer than that. */
  async ask(request: object, patienceMs: number): Promise<unknown> {
    const answer = nextMessage(this.#process, this.#name, patienceMs);
    this.#process.send(request);
    return answer;
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}

function nextMessage(child: ChildProcess, name: string, patienceMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(patience);
      child.off('message', hear);
      child.off('exit', end);
      act();
    };
    const hear = (message: unknown) => settle(() => resolve(message));
    const end = (code: number | null) =>
      settle(() => reject(new Error(`${name} ended with ${code ?? 'a signal'}`)));
    const patience = setTimeout(
      () => settle(() => reject(new Error(`${name} has not answered for ${patienceMs} ms`))),
      patienceMs,
    );
    child.once('message', hear);
    child.once('exit', end);
  });
}
