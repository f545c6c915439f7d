import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import jwt from 'jsonwebtoken';
import { builtServer, PROJECT } from './build.ts';
import { NO_RATES } from './limits.ts';
import { hasUws } from './transports.ts';

/** What the tokens of these servers are signed with. */
export const SECRET = 'a secret that only tests know';
const START_PATIENCE_MS = 60_000;
/** Without a native build the choice is made here, so that no log line has to tell of it. */
const TRANSPORT: Readonly<Record<string, string>> = hasUws ? {} : { TRANSPORT: 'ws' };

/** How a process is called: its words after `node`, and the folder it runs in. */
export interface Call {
  readonly words: readonly string[];
  readonly folder: string;
}

/** How a process ended, and everything it said. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const built = await builtServer();

/** Calls a program of the server: `main`, or a command such as `cli/token` with its words. */
export function program(name: 'main' | `cli/${string}`, ...words: string[]): Call {
  return { words: [join(built, 'server', `${name}.js`), ...words], folder: PROJECT };
}

/** The server as its own process, while it runs and after its end. */
export class ServerProcess {
  readonly port: number;
  readonly #child: Running;

  constructor(child: Running, port: number) {
    this.#child = child;
    this.port = port;
  }

  get http(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Everything it has said so far. */
  get output(): { readonly stdout: string; readonly stderr: string } {
    return this.#child;
  }

  get isRunning(): boolean {
    return this.#child.isRunning;
  }

  /** The URL of an auction's socket. */
  socketUrl(auctionId: number, userId: number): string {
    return `ws://127.0.0.1:${this.port}/ws/auction/${auctionId}/?token=${tokenOf(userId)}`;
  }

  /** Ends it with SIGKILL, at once and without a chance to do anything about it. */
  async kill(): Promise<void> {
    this.#child.signal('SIGKILL');
    await this.#child.ended;
  }

  /** Asks it to end; rejects unless it does so with exit code 0. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.#child.signal(signal);
    const ended = await this.#child.ended;
    if (ended.code !== 0) throw new Error(`the server ended with ${ended.code}: ${saidBy(ended)}`);
    return ended;
  }
}

/** A data folder and settings under which servers and commands run, one after the other or at once. */
export class ServerHome {
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly #running = new Set<Running>();
  readonly #failedStarts: Ended[] = [];

  private constructor(folder: string, settings: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.settings = settings;
  }

  /** Settings have the names of the environment; the limits on rates are switched off. */
  static async open(settings: Readonly<Record<string, string>> = {}): Promise<ServerHome> {
    const folder = await mkdtemp(join(tmpdir(), 'ringside-e2e-'));
    return new ServerHome(folder, {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: folder,
      JWT_SECRET: SECRET,
      ...NO_RATES,
      ...TRANSPORT,
      ...settings,
    });
  }

  /** Where the database is, as `DATABASE_URL` would say it. */
  get databaseUrl(): string {
    return this.settings['DATABASE_URL'] ?? pathToFileURL(join(this.folder, 'ringside.sqlite')).href;
  }

  /** Starts a server; resolves when it says that it is ready. */
  async start(changes: Record<string, string> = {}, call = program('main')): Promise<ServerProcess> {
    const child = this.#spawn(call, changes);
    try {
      return new ServerProcess(child, await child.readyOnPort());
    } catch (error) {
      this.#failedStarts.push(await child.ended);
      throw error;
    }
  }

  /** How each start ended that failed, and everything it said, in order. */
  get failedStarts(): readonly Ended[] {
    return this.#failedStarts;
  }

  /** Everything that the servers and commands here have said so far. */
  saidByAll(): string {
    return [...this.#running].map(saidBy).join('\n');
  }

  /** Whether the newest server or command still runs, or its exit code, and what it has said. */
  lastWords(): string {
    const last = [...this.#running].at(-1);
    if (last === undefined) return 'nothing was started';
    return `${last.state}: ${saidBy(last)}`;
  }

  /** Runs a command to its end. An empty text takes a setting away. */
  run(call: Call, changes: Record<string, string> = {}): Promise<Ended> {
    return this.#spawn(call, changes).ended;
  }

  /** Kills what still runs and removes the folder. */
  async remove(): Promise<void> {
    for (const child of this.#running) child.signal('SIGKILL');
    await Promise.all([...this.#running].map(({ ended }) => ended));
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(call: Call, changes: Record<string, string>): Running {
    const child = new Running(process.execPath, call, { ...this.settings, ...changes });
    this.#running.add(child);
    return child;
  }
}

/** A token of that user, good for an hour. */
export function tokenOf(userId: number): string {
  return jwt.sign({ sub: String(userId) }, SECRET, { algorithm: 'HS256', expiresIn: '1h' });
}

/** A process of which every word is kept. It ends with this one, unless that is killed. */
export class Running {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(
    program: string,
    { words, folder }: Call,
    settings: Readonly<Record<string, string>>,
    options: { readonly ownGroup?: boolean } = {},
  ) {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
    const child = spawn(program, words, { cwd: folder, env, detached: options.ownGroup === true });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.ended = once(child, 'close').then(([code]: (number | null)[]) => {
      process.off('exit', killWithUs);
      return { code: code ?? null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** `running`, or how it ended. */
  get state(): string {
    if (this.isRunning) return 'running';
    return `ended by ${this.#child.signalCode ?? `exit code ${this.#child.exitCode ?? 'unknown'}`}`;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the port that the greeting names; rejects when it ends or says nothing for too long. */
  readyOnPort(): Promise<number> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const port = /^Ringside is ready on port (\d+)\.\n/m.exec(this.stdout)?.[1];
        if (port === undefined) return;
        clearTimeout(patience);
        resolve(Number(port));
      };
      const patience = setTimeout(() => {
        this.signal('SIGKILL');
        reject(new Error(`the server was not ready in time: ${saidBy(this)}`));
      }, START_PATIENCE_MS);
      this.#child.stdout.on('data', look);
      void this.ended.then((ended) => {
        clearTimeout(patience);
        reject(new Error(`the server ended with ${ended.code} before it was ready: ${saidBy(ended)}`));
      });
    });
  }
}

function saidBy({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return `${stdout}\n${stderr}`.trim();
}
