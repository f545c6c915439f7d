import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { PROJECT } from '../support/build.ts';
import { TestClient } from '../support/client.ts';
import { createDatabase } from '../support/mariadb.ts';
import { openRows } from '../support/rows.ts';
import { type Ended, program, Running, ServerHome, type ServerProcess } from '../support/serverProcess.ts';

const A_TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+\n$/;
const mariadbUrl = inject('mariadbUrl');

let home: ServerHome;
afterEach(() => home.remove());

const token = (...words: string[]) => home.run(program('cli/token', ...words));
const seed = (...words: string[]) => home.run(program('cli/seed', ...words));
const countOf = async (table: string) => {
  const rows = await openRows(home.databaseUrl);
  const [row] = await rows.read(`SELECT COUNT(*) AS number FROM ${table}`);
  await rows.close();
  return Number(row?.['number']);
};
const refused = (line: RegExp): Ended => ({
  code: 1,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^${line.source}\n$`)) as string,
});
/** Whom a token lets in as, on that server. */
const watchWith = async (server: ServerProcess, text: string) => {
  const client = await TestClient.connect(`ws://127.0.0.1:${server.port}/ws/auction/1/?token=${text.trim()}`);
  expect(await client.next()).toMatchObject({ type: 'auction_status' });
  client.close();
};

describe('npm run token', { timeout: 60_000 }, () => {
  it('[CM1] prints a token and nothing else: in a fresh folder, and beside a server that runs', async () => {
    // Without a secret of one's own, the one that the folder keeps is made by whoever comes first.
    home = await ServerHome.open({ JWT_SECRET: '' });
    const [first, second] = await Promise.all([token('buyer1', '--ttl', '1h'), token('buyer2')]);
    const server = await home.start();
    const npm = new Running('npm', npmRun('-s', 'token', '--', 'buyer3', '--ttl', '90s'), home.settings);
    const beside = await npm.ended;
    for (const ended of [first, second, beside]) {
      expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(A_TOKEN) as string });
      await watchWith(server, ended.stdout);
    }
    expect([first.stderr, second.stderr]).toEqual(['', '']);
    const lifetimes = [first, beside].map(({ stdout }) => jwt.decode(stdout.trim(), { json: true }));
    expect(lifetimes.map((claims) => (claims?.exp ?? 0) - (claims?.iat ?? 0))).toEqual([3_600, 90]);
  });

  it('[CM1] says in one line what it was called with and does not know', async () => {
    home = await ServerHome.open();
    expect(await token('nobody')).toEqual(refused(/There is no user nobody\./));
    for (const words of [['buyer1', '--ttl', 'soon'], []]) {
      expect(await token(...words)).toEqual(refused(/usage: npm run -s token -- USERNAME \[--ttl .*\]/));
    }
  });

  it('[CM1] [CM2] does not fill a database in production', async () => {
    home = await ServerHome.open({ NODE_ENV: 'production' });
    expect(await token('buyer1')).toEqual(refused(/There is no user buyer1\./));
    expect(await countOf('users')).toBe(0);
  });
});

describe('npm run seed', { timeout: 60_000 }, () => {
  const WORDS = ['--users', '1100', '--auctions', '1000'];

  it('[CM2] makes users, auctions and tokens that work, into an empty database only', async () => {
    home = await ServerHome.open();
    const file = join(home.folder, 'tokens');
    expect(await seed(...WORDS, '--tokens', file)).toMatchObject({ code: 0, stderr: '' });
    const tokens = (await readFile(file, 'utf8')).split('\n');
    expect(tokens.pop()).toBe('');
    expect(new Set(tokens).size).toBe(1_100);
    expect(await countOf('auctions')).toBe(1_000);

    const server = await home.start();
    expect(await countOf('auctions')).toBe(1_000);
    await watchWith(server, tokens[0] ?? '');
    const asked = tokens.map(async (each) => {
      const headers = { authorization: `Bearer ${each}` };
      const response = await fetch(`${server.http}/api/notifications/unread_count/`, { headers });
      return response.status;
    });
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));

    expect(await seed('--users', '5', '--auctions', '5')).toEqual(refused(/The database is not empty: .*/));
    expect(await countOf('auctions')).toBe(1_000);
  });

  it.skipIf(mariadbUrl === null)(
    '[CM2] fills a MariaDB database as well, after npm run db:migrate',
    async () => {
      home = await ServerHome.open({ DATABASE_URL: await createDatabase(mariadbUrl ?? '') });
      const migrated = { code: 0, stdout: 'The database is up to date.\n', stderr: '' };
      expect(await home.run(program('cli/migrate'))).toEqual(migrated);
      expect(await seed(...WORDS)).toMatchObject({ code: 0, stderr: '' });
      expect([await countOf('auctions'), await countOf('deadlines')]).toEqual([1_000, 1_000]);
      expect(await home.run(program('cli/migrate'))).toEqual(migrated);
    },
  );

  it('[CM2] is never done by a server in production, unless it is asked for', async () => {
    home = await ServerHome.open({ NODE_ENV: 'production' });
    const server = await home.start();
    expect(server.output.stdout).not.toContain('Tokens');
    await server.stop();
    expect(await countOf('users')).toBe(0);
    expect(await seed()).toMatchObject({ code: 0, stderr: '' });
    expect(await countOf('auctions')).toBe(8);
  });
});

function npmRun(...words: string[]) {
  return { words: ['run', ...words], folder: PROJECT };
}
