import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT } from '../support/build.ts';
import { TestClient } from '../support/client.ts';
import { Running, ServerHome } from '../support/serverProcess.ts';

let installed: string;
let home: ServerHome;
beforeAll(async () => {
  home = await ServerHome.open();
  installed = await mkdtemp(join(tmpdir(), 'ringside-build-'));
});
afterAll(async () => {
  await home.remove();
  await rm(installed, { recursive: true });
});

it('[CM4] npm run build makes what runs from anywhere, without the sources', async () => {
  const words = ['run', 'build', '--', '--outDir', join(installed, 'dist'), '--noCheck'];
  const built = await new Running('npm', { words, folder: PROJECT }, {}).ended;
  expect(built.code, built.stdout).toBe(0);
  for (const name of ['package.json', 'migrations']) {
    await cp(join(PROJECT, name), join(installed, name), { recursive: true });
  }
  await symlink(join(PROJECT, 'node_modules'), join(installed, 'node_modules'));

  const call = (file: string, ...more: string[]) => ({
    words: [join(installed, 'dist', 'server', file), ...more],
    folder: '/',
  });
  const server = await home.start({}, call('main.js'));
  const client = await TestClient.connect(server.socketUrl(1, 1));
  expect(await client.next()).toMatchObject({ type: 'auction_status' });
  client.send({ type: 'place_bid', amount: 3000, id: 'built' });
  expect(await client.nextOf('bid_accepted')).toMatchObject({ id: 'built' });
  expect(await home.run(call('cli/token.js', 'buyer1'))).toMatchObject({ code: 0, stderr: '' });
  expect((await server.stop()).stderr).toBe('');
}, 90_000);
