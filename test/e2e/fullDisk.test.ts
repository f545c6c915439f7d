import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { TestClient } from '../support/client.ts';
import { findProgram, until } from '../support/processes.ts';
import { ServerHome } from '../support/serverProcess.ts';

const prlimit = findProgram('prlimit') ?? '';

describe.skipIf(prlimit === '')('a server that can write no file any more', { timeout: 60_000 }, () => {
  let home: ServerHome;
  afterEach(() => home.remove());

  it('[SA20] is not ready, refuses bids clearly, and goes on by itself when there is room again', async () => {
    home = await ServerHome.open();
    const server = await home.start();
    const readiness = async () => {
      const response = await fetch(`${server.http}/readyz`);
      return { status: response.status, answer: await response.json() };
    };
    const allowFiles = (bytes: string) =>
      promisify(execFile)(prlimit, ['--pid', String(server.pid), `--fsize=${bytes}:`]);
    expect(await readiness()).toEqual({ status: 200, answer: { status: 'ready', failing: [] } });
    const client = await TestClient.connect(server.socketUrl(1, 1));
    await client.nextOf('auction_status');

    await allowFiles('0');
    await until(async () =>
      expect(await readiness()).toEqual({
        status: 503,
        answer: { status: 'not ready', failing: ['store'] },
      }),
    );
    client.send({ type: 'place_bid', amount: 900_000, id: 'full' });
    expect(await client.nextOf('error')).toMatchObject({ id: 'full', code: 'unavailable' });
    expect((await fetch(`${server.http}/healthz`)).status).toBe(200);

    await allowFiles('unlimited');
    await until(async () => expect((await readiness()).status).toBe(200));
    client.send({ type: 'place_bid', amount: 900_000, id: 'full' });
    expect(await client.nextOf('bid_accepted')).toMatchObject({ id: 'full' });
    client.socket.terminate();
    await server.stop();
  });
});
