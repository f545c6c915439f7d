import { afterEach, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../support/mariadb.ts';
import { ServerHome } from '../support/serverProcess.ts';

const mariadbUrl = inject('mariadbUrl');
const redisUrl = inject('redisUrl');
const TIME_LIMIT_MS = 60_000;
const homes: ServerHome[] = [];

async function openHome(settings: Record<string, string> = {}): Promise<ServerHome> {
  const home = await ServerHome.open(settings);
  homes.push(home);
  return home;
}
afterEach(() => Promise.all(homes.splice(0).map((home) => home.remove())));

/** What a start that is refused says on standard error; its exit code is 1. */
async function refusedStart(home: ServerHome, changes: Record<string, string> = {}): Promise<string> {
  const server = await home.start(changes).catch(() => null);
  expect(server).toBeNull();
  const end = home.failedStarts.at(-1);
  expect(end?.code).toBe(1);
  return end?.stderr ?? '';
}

describe('[NP1] a second process', { timeout: TIME_LIMIT_MS }, () => {
  it('on the same SQLite file stops at once with one line; after kill -9 of the first it starts', async () => {
    const home = await openHome();
    const first = await home.start();
    expect(await refusedStart(home)).toBe('another process serves this database\n');
    await first.kill();
    await (await home.start()).stop();
    await (await home.start()).stop();
  });

  it.skipIf(mariadbUrl === null)(
    'on the same MySQL database without Redis says what to set; after kill -9 of the first it starts',
    async () => {
      const home = await openHome({ DATABASE_URL: await createDatabase(mariadbUrl ?? '') });
      const first = await home.start();
      expect(await refusedStart(home)).toMatch(/^another process serves this database; set REDIS_URL .*\n$/);
      const other = await openHome({ DATABASE_URL: await createDatabase(mariadbUrl ?? '') });
      await other.start();
      await first.kill();
      await home.start();
    },
  );
});

describe.skipIf(mariadbUrl === null || redisUrl === null)(
  '[NP2] nodes with Redis',
  { timeout: TIME_LIMIT_MS },
  () => {
    const shared = async () => ({
      DATABASE_URL: await createDatabase(mariadbUrl ?? ''),
      REDIS_URL: String(redisUrl),
      REDIS_PREFIX: `${Date.now()}-${homes.length}:`,
    });

    it('serve together, and start again after kill -9', async () => {
      const home = await openHome(await shared());
      const [first] = await Promise.all([home.start(), home.start()]);
      await first.kill();
      await home.start();
    });

    it('do not let a process in that has no Redis, or another prefix', async () => {
      const home = await openHome(await shared());
      await home.start();
      const other = await openHome({ ...home.settings, REDIS_PREFIX: 'strange:' });
      const stranger = await refusedStart(other);
      // While it looks, it holds the lock of a process that serves alone: no other is to start meanwhile.
      const alone = await refusedStart(home, { REDIS_URL: '' });
      expect(alone).toMatch(/^other processes serve this database with Redis; .*\n$/);
      expect(stranger).toMatch(/^other processes serve this database with another REDIS_URL .*\n$/);
    });

    it('do not start next to a process without Redis', async () => {
      const home = await openHome(await shared());
      await home.start({ REDIS_URL: '' });
      expect(await refusedStart(home)).toMatch(/^another process serves this database without Redis; .*\n$/);
    });

    it('need a secret that all have', async () => {
      const home = await openHome(await shared());
      expect(await refusedStart(home, { JWT_SECRET: '' })).toMatch(/^JWT_SECRET: is needed with REDIS_URL/);
    });
  },
);
