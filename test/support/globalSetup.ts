import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { findLiveKit } from './livekitServer.ts';
import { startMariadb } from './mariadb.ts';
import { startRedis } from './redis.ts';
import { hasUws } from './transports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server URL (without a database) of this run's MariaDB; `null` when the machine has none. */
    mariadbUrl: string | null;
    /** The URL of this run's Redis; `null` when the machine has none. */
    redisUrl: string | null;
  }
}

/** Starts this run's private engines and stops them after it; says in one line what the run is on. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
  // Each suite that needs a LiveKit server starts one of its own.
  const engines = [
    { name: 'MariaDB', program: 'mariadbd', isThere: mariadb !== null, requiredBy: 'ENGINES_REQUIRED' },
    { name: 'Redis', program: 'redis-server', isThere: redis !== null, requiredBy: 'ENGINES_REQUIRED' },
    {
      name: 'LiveKit',
      program: 'livekit-server',
      isThere: findLiveKit() !== null,
      requiredBy: 'LIVEKIT_REQUIRED',
    },
  ];
  const missing = engines.filter(({ isThere }) => !isThere);
  const required = missing.filter(({ requiredBy }) => process.env[requiredBy]);
  if (required.length > 0) throw new Error(`Not on the PATH: ${programsOf(required)}`);
  const there = engines.filter(({ isThere }) => isThere).map(({ name }) => name);
  console.log(describeRun(['SQLite', ...there], programsOf(missing)));
  project.provide('mariadbUrl', mariadb?.url ?? null);
  project.provide('redisUrl', redis?.url ?? null);
  return async () => {
    await Promise.all([mariadb?.remove(), redis?.remove()]);
  };
}

function programsOf(engines: readonly { readonly program: string }[]): string {
  return engines.map(({ program }) => program).join(', ');
}

function describeRun(engines: readonly string[], missing: string): string {
  const transports = hasUws ? 'transports uws and ws' : 'transport ws (uWebSockets.js has no build for it)';
  const skipped = missing === '' ? '' : `; not on the PATH, their suites are skipped: ${missing}`;
  return `Node ${process.versions.node}, ${transports}, engines: ${engines.join(', ')}${skipped}`;
}
