import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { startMariadb } from './mariadb.ts';
import { startRedis } from './redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server URL (without a database) of this run's MariaDB; `null` when the machine has none. */
    mariadbUrl: string | null;
    /** The URL of this run's Redis; `null` when the machine has none. */
    redisUrl: string | null;
  }
}

/** Starts this run's private engines and stops them after it; says in one line what is missing. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
  const missing = [mariadb ? [] : ['mariadbd'], redis ? [] : ['redis-server']].flat();
  if (missing.length > 0) {
    const line = `Not on the PATH, their suites are skipped: ${missing.join(', ')}`;
    if (process.env['ENGINES_REQUIRED']) throw new Error(line);
    console.warn(line);
  }
  project.provide('mariadbUrl', mariadb?.url ?? null);
  project.provide('redisUrl', redis?.url ?? null);
  return async () => {
    await Promise.all([mariadb?.remove(), redis?.remove()]);
  };
}
