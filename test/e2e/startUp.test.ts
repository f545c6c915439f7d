import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort, until } from '../support/processes.ts';
import { program, ServerHome } from '../support/serverProcess.ts';
import { TRANSPORTS } from '../support/transports.ts';

const PASSWORD = 'sesame-open';
const mariadbUrl = inject('mariadbUrl');

describe('a start that cannot succeed', () => {
  let home: ServerHome;
  let holder: Server;
  let takenPort: string;
  let closedPort: number;
  beforeAll(async () => {
    home = await ServerHome.open();
    await writeFile(join(home.folder, 'file'), 'no folder');
    holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    takenPort = String((holder.address() as AddressInfo).port);
    closedPort = await freePort();
  });
  afterAll(async () => {
    holder.close();
    await home.remove();
  });

  const cases: readonly (readonly [string, () => Record<string, string>, RegExp])[] = [
    [
      'production has no secret',
      () => ({ NODE_ENV: 'production', JWT_SECRET: '' }),
      /JWT_SECRET: production needs it .*/,
    ],
    [
      'settings are wrong (one line for each)',
      () => ({
        PORT: 'eighty',
        DATABASE_URL: `postgres://me:${PASSWORD}@localhost/x`,
        LIMIT_MAX_FRAME_BYTES: '-1',
        AUCTION_URL: 'https://shop.example/auctions/',
      }),
      /PORT: .*\nAUCTION_URL: must contain \{id\}\nDATABASE_URL: .*\nLIMIT_MAX_FRAME_BYTES: .*/,
    ],
    [
      'pictures are looked for in a file, and named at what is no place',
      () => ({ MEDIA_DIR: join(home.folder, 'file'), MEDIA_URL: 'https://cdn.example/?at=' }),
      /MEDIA_DIR: must be a folder\nMEDIA_URL: must have no query and no fragment/,
    ],
    [
      'nobody listens for MySQL',
      () => ({ DATABASE_URL: `mysql://me:${PASSWORD}@127.0.0.1:${closedPort}/x` }),
      /MySQL at 127\.0\.0\.1:\d+\/x cannot be reached: .*ECONNREFUSED.*/,
    ],
    [
      'nobody listens for Redis',
      () => ({ REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${closedPort}` }),
      /Redis at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED.*/,
    ],
    [
      'nobody listens for SMTP',
      () => ({ SMTP_URL: `smtp://me:${PASSWORD}@127.0.0.1:${closedPort}` }),
      /The SMTP server at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED.*/,
    ],
    [
      'the port is taken',
      () => ({ PORT: takenPort, TRANSPORT: TRANSPORTS[0], LOG_LEVEL: 'error' }),
      /Cannot listen on 127\.0\.0\.1:\d+: the address is already in use/,
    ],
    [
      'the data folder cannot be made',
      () => ({ DATA_DIR: join(home.folder, 'file', 'data'), JWT_SECRET: '' }),
      /The data folder cannot be used: .*ENOTDIR.*/,
    ],
  ];

  it.each(cases)('[CM3] ends with exit code 1 and one line when %s', async (_name, settings, line) => {
    const ended = await home.run(program('main'), settings());
    expect(ended.stderr).toMatch(new RegExp(`^${line.source}\n$`));
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).not.toContain(PASSWORD);
  });

  it.each(TRANSPORTS)(
    '[SA21] says in the log that it waits for a port that is taken (%s)',
    async (transport) => {
      const ended = await home.run(program('main'), { PORT: takenPort, TRANSPORT: transport });
      const lines = ended.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(lines).toMatchObject([
        { level: 'warn', msg: `waiting for port ${takenPort}: another process listens there` },
      ]);
      expect(ended.stderr).toBe(`Cannot listen on 127.0.0.1:${takenPort}: the address is already in use\n`);
      expect(ended.code).toBe(1);
    },
  );

  it('[CM3] ends with exit code 1 and one line when uWebSockets.js has no build for this Node', async () => {
    const otherNode = `Object.defineProperty(process.versions, 'modules', { value: '0' })`;
    const { words, folder } = program('main');
    const call = { words: ['--import', `data:text/javascript,${otherNode}`, ...words], folder };
    const ended = await home.run(call, { TRANSPORT: 'uws' });
    expect(ended.stderr).toMatch(/^uWebSockets\.js has no native build for Node .*TRANSPORT=ws.*\n$/);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    const server = await home.start({ TRANSPORT: 'auto' }, call);
    expect(server.output.stdout).toContain('serving through ws');
    await server.stop();
  });

  it.skipIf(mariadbUrl === null)('[CM3] ends commands in the same way', async () => {
    const DATABASE_URL = `${mariadbUrl?.replace('root@', `root:${PASSWORD}@`) ?? ''}/nowhere`;
    for (const command of ['cli/token', 'cli/migrate'] as const) {
      const ended = await home.run(program(command, 'buyer1'), { DATABASE_URL });
      expect(ended.stderr).toMatch(/^MySQL at 127\.0\.0\.1:\d+\/nowhere cannot be reached: .*\n$/);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).not.toContain(PASSWORD);
    }
  });
});

describe('a start on the port of another server', () => {
  let home: ServerHome;
  beforeAll(async () => {
    home = await ServerHome.open();
  });
  afterAll(() => home.remove());

  it.each(TRANSPORTS)(
    '[SA21] takes the port over from a server that is killed meanwhile (%s)',
    async (transport) => {
      const port = String(await freePort());
      const first = await home.start({ PORT: port, TRANSPORT: transport });
      const starting = home.start({
        PORT: port,
        TRANSPORT: transport,
        DATA_DIR: join(home.folder, 'second'),
      });
      await until(() => expect(home.saidByAll()).toContain(`waiting for port ${port}`), 60_000);
      await first.kill();
      const second = await starting;
      expect((await fetch(`${second.http}/readyz`)).status).toBe(200);
      await second.stop();
    },
  );
});
