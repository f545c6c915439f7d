import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { findProgram } from '../support/processes.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

/** One page in a Chromium of its own. */
export interface BrowserPage {
  open(url: string): Promise<void>;
  /** What an expression comes to in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Errors that the page threw, and what its policy kept from happening. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Where Chromium is; `null` when the machine has none. */
export function findBrowser(): string | null {
  return findProgram('chromium');
}

/** Starts a browser with an empty page. */
export async function openBrowser(program: string): Promise<BrowserPage> {
  const folder = await mkdtemp(join(tmpdir(), 'ringside-browser-'));
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { host } = new URL(await debuggerAddress(browser));
  const targets = (await (await fetch(`http://${host}/json`)).json()) as Target[];
  const address = targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl;
  if (address === undefined) throw new Error('the browser has no page');
  const session = await DebuggerSession.connect(address);
  for (const domain of ['Runtime', 'Log', 'Page']) await session.call(`${domain}.enable`);
  return {
    open: async (url) => {
      await session.call('Page.navigate', { url });
    },
    evaluate: async (expression) => {
      const answer = await session.call('Runtime.evaluate', { expression, returnByValue: true });
      return (answer['result'] as { readonly value?: unknown }).value;
    },
    complaints: session.complaints,
    close: async () => {
      const exited = once(browser, 'exit');
      session.close();
      browser.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

type Fields = Readonly<Record<string, unknown>>;

interface DebuggerMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
}

/** The DevTools protocol of one page. */
class DebuggerSession {
  readonly complaints: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: Fields) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString()) as DebuggerMessage));
  }

  static async connect(address: string): Promise<DebuggerSession> {
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new DebuggerSession(socket);
  }

  call(method: string, params: Fields = {}): Promise<Fields> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive({ id, method, params, result = {} }: DebuggerMessage): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    } else if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(params));
    }
  }
}

async function debuggerAddress(browser: ChildProcess): Promise<string> {
  if (browser.stderr === null) throw new Error('the browser was started without a pipe');
  for await (const line of createInterface(browser.stderr)) {
    const [, address] = /listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('the browser did not start');
}
