import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../support/client.ts';
import { until } from '../support/processes.ts';

/** A line of a session: what a person types, or the beginning of what they read. */
interface SessionLine {
  /** Whose terminal it is, if there are several; `both` stands for each of them. */
  readonly terminal: string;
  readonly kind: '$' | '>' | '<';
  readonly text: string;
}

/** Every session that a document marks as one, under the headline it stands under. */
async function readSessions(document: string): Promise<[headline: string, lines: readonly SessionLine[]][]> {
  const text = await readFile(document, 'utf8');
  const marked = /<!-- session: test\/e2e\/readme.test.ts .*?```console\n(.*?)```/gs;
  return [...text.matchAll(marked)].map(({ index, 1: block = '' }) => {
    const [headline = ''] = /^.*/.exec(text.slice(text.lastIndexOf('\n## ', index) + 4)) ?? [];
    return [headline, block.trim().split('\n').map(lineOf)];
  });
}

function lineOf(line: string): SessionLine {
  const [, terminal, kind, text] = /^(\w*) *([$><]) (.*)$/.exec(line) ?? [];
  if (terminal === undefined || kind === undefined || text === undefined)
    throw new Error(`this is no line of a session: ${line}`);
  return { terminal, kind: kind as SessionLine['kind'], text };
}

/** The parts of a frame that a document writes out: what stands as `…` differs each time. */
function shown(text: string): unknown {
  const known = text
    .replace(/:"…"/g, ':null')
    .replace(/\{…\}|\[…\]/g, 'null')
    .replace(/,…/g, '');
  return JSON.parse(known, (_key, value: unknown) => (value === null ? undefined : value));
}

const sessions = [...(await readSessions('README.md')), ...(await readSessions('PROTOCOLS.md'))];

describe("the documents' sessions", () => {
  let dataDir: string;
  let server: ChildProcess;
  let port: string;
  const environment = () => ({
    ...process.env,
    DATA_DIR: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
  });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ringside-readme-'));
    server = spawn('npm', ['start'], { env: environment(), detached: true });
    const greeting = linesOf(server);
    port = await until(() => {
      const [, found] = /ready on port (\d+)/.exec(greeting.join('\n')) ?? [];
      if (found === undefined) throw new Error(`the server does not start: ${greeting.join('\n')}`);
      return found;
    }, 30_000);
  });
  afterAll(async () => {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(sessions)('[DO1] are answered as they show, in wscat: %s', async (_headline, lines) => {
    expect(lines.length).toBeGreaterThan(6);
    const terminals = new Map<string, Terminal>();
    let callId = '';
    try {
      for (const { terminal, kind, text } of lines) {
        if (kind === '$') {
          await Promise.all([...terminals.values()].map((each) => each.connected()));
          const command = text.replace('localhost:8000', `127.0.0.1:${port}`);
          terminals.set(terminal, new Terminal(command, environment()));
          continue;
        }
        if (kind === '>') await Promise.all([...terminals.values()].map((each) => each.connected()));
        const named = [...terminals].filter(([name]) => terminal === 'both' || terminal === name);
        expect(named).not.toEqual([]);
        for (const [, each] of named) {
          if (kind === '>') {
            each.type(text.replace('CALL_ID', callId));
            continue;
          }
          const frame = await each.nextFrame(text);
          expect(frame).toMatchObject(shown(text) as object);
          const named = frame.data?.['callId'];
          if (typeof named === 'string') callId = named;
        }
      }
    } finally {
      for (const terminal of terminals.values()) terminal.kill();
    }
  });

  it('[DO1] are four: of the timed auction, the gateway, the ring and calls', () => {
    expect(sessions.map(([headline]) => headline)).toEqual([
      'Try it on a terminal',
      'The gateway',
      'The sale ring',
      'Calls',
    ]);
  });
});

/** A wscat of its own, as a person would start it. */
class Terminal {
  readonly #wscat: ChildProcessWithoutNullStreams;
  readonly #output: string[];
  #read = 0;
  #isConnected = false;

  constructor(command: string, environment: NodeJS.ProcessEnv) {
    this.#wscat = spawn('bash', ['-c', command], { env: environment, detached: true });
    this.#output = linesOf(this.#wscat);
  }

  /** wscat drops what is typed before it is connected, and does not say when it is: so ask until it answers. */
  async connected(): Promise<void> {
    if (this.#isConnected) return;
    this.#isConnected = true;
    let asked = 0;
    await until(async () => {
      asked += 1;
      this.type(JSON.stringify({ type: 'hello', id: asked }));
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (framesIn(this.#output).length === 0) throw new Error('wscat does not connect');
    }, 20_000);
    await until(() => {
      const { length, [length - 1]: last } = framesIn(this.#output);
      if (last?.id !== asked) throw new Error('wscat does not say everything that it was answered');
      this.#read = length;
    });
  }

  type(text: string): void {
    this.#wscat.stdin.write(`${text}\n`);
  }

  /** The frame after the one that was read last; `expected` is for the error when none comes. */
  async nextFrame(expected: string): Promise<Frame> {
    const frame = await until(() => {
      const found = framesIn(this.#output)[this.#read];
      if (found === undefined)
        throw new Error(`no answer that fits ${expected}; so far: ${this.#output.join('\n')}`);
      return found;
    });
    this.#read += 1;
    this.#isConnected = true;
    return frame;
  }

  kill(): void {
    if (this.#wscat.pid !== undefined) process.kill(-this.#wscat.pid, 'SIGKILL');
  }
}

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return lines;
}

/** The frames in what a terminal shows, prompts and control characters aside. */
function framesIn(lines: readonly string[]): Frame[] {
  return lines.flatMap((line) => {
    const start = line.indexOf('{"type"');
    return start < 0 ? [] : [JSON.parse(line.slice(start)) as Frame];
  });
}
