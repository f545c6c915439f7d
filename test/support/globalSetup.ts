import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
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
  const missing = [mariadb ? [] : ['mariadbd'], redis ? [] : ['redis-server']].flat();
  if (missing.length > 0 && process.env['ENGINES_REQUIRED']) {
    throw new Error(`Not on the PATH: ${missing.join(', ')}`);
  }
  console.log(describeRun(['SQLite', ...(mariadb ? ['MariaDB'] : []), ...(redis ? ['Redis'] : [])], missing));
  project.provide('mariadbUrl', mariadb?.url ?? null);
  project.provide('redisUrl', redis?.url ?? null);
  return async () => {
    await Promise.all([mariadb?.remove(), redis?.remove()]);
  };
}

function describeRun(engines: readonly string[], missing: readonly string[]): string {
  const transports = hasUws ? 'transports uws and ws' : 'transport ws (uWebSockets.js has no build for it)';
  const skipped =
    missing.length === 0 ? '' : `; not on the PATH, their suites are skipped: ${missing.join(', ')}`;
  return `Node ${process.versions.node}, ${transports}, engines: ${engines.join(', ')}${skipped}`;
}
