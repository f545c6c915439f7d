import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, freePort, PrivateProgram } from './processes.ts';

/** A Redis of one's own, without persistence, reachable on loopback only. */
export interface PrivateRedis {
  readonly url: string;
  /** Kills the server with SIGKILL; what it held is lost. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts a private Redis; `null` when the machine has none. */
export async function startRedis(): Promise<PrivateRedis | null> {
  const program = findProgram('redis-server');
  if (program === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'ringside-redis-'));
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const words = [...settings, '--save', '', '--appendonly', 'no'];
  const server = new PrivateProgram(program, words, () => answers(port));
  await server.start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.stop('SIGKILL'),
    start: () => server.start(),
    remove: async () => {
      await server.stop('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<void> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    if (!reply.toString().startsWith('+PONG')) throw new Error('Redis is not ready');
  } finally {
    socket.destroy();
  }
}
