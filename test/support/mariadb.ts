import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { findProgram, freePort, PrivateProgram } from './processes.ts';

/** A MariaDB of one's own, in a temporary folder, reachable on loopback only. */
export interface PrivateMariadb {
  /** The server's URL, without a database. */
  readonly url: string;
  /** Kills the server with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>;
  /** Stops it and removes the folder. */
  remove(): Promise<void>;
}

/** The options of one that is small enough for many to stand beside each other. */
export const SMALL_MARIADB = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M'];

/** Starts a private MariaDB with these options; `null` when the machine has none. */
export async function startMariadb(
  options: readonly string[] = SMALL_MARIADB,
): Promise<PrivateMariadb | null> {
  const program = findProgram('mariadbd');
  const installer = findProgram('mariadb-install-db');
  if (program === null || installer === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'ringside-mariadb-'));
  try {
    return await startIn(folder, program, installer, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(
  folder: string,
  program: string,
  installer: string,
  options: readonly string[],
): Promise<PrivateMariadb> {
  const user = userInfo().username;
  await promisify(execFile)(installer, [
    '--no-defaults',
    `--datadir=${folder}/data`,
    `--tmpdir=${folder}`,
    `--user=${user}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const port = await freePort();
  const url = `mysql://root@127.0.0.1:${port}`;
  const words = [
    '--no-defaults',
    `--datadir=${folder}/data`,
    `--tmpdir=${folder}`,
    `--socket=${folder}/mariadb.sock`,
    `--pid-file=${folder}/mariadb.pid`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--user=${user}`,
    '--skip-name-resolve',
    ...options,
  ];
  const server = new PrivateProgram(program, words, () => runSql(url, 'SELECT 1'));
  await server.start();
  return {
    url,
    kill: () => server.stop('SIGKILL'),
    start: () => server.start(),
    remove: async () => {
      await server.stop('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Creates an empty database under a name of its own and gives its URL. */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `ringside_${randomUUID().replaceAll('-', '')}`;
  await runSql(serverUrl, `CREATE DATABASE ${name}`);
  return `${serverUrl}/${name}`;
}

async function runSql(url: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url });
  await connection.query(sql);
  await connection.end();
}
