import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/processes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { SocketIoClient } from '../support/socketIoClient.ts';
import { TRANSPORTS } from '../support/transports.ts';

const HOUR_MS = 3_600_000;

describe.each(TRANSPORTS)('logging out over %s', (transport) => {
  let server: TestServer;
  let logins = 0;
  beforeEach(async () => {
    server = await startTestServer({ TRANSPORT: transport });
  });
  afterEach(() => server.stop());

  /** What a login with a code of a phone leaves: its two tokens. */
  const login = async (username: string) => {
    const { store, tokens, digest, clock } = server.engines;
    const account = await store.accounts.byUsername(username);
    if (account === null) throw new Error(`there is no user ${username}`);
    logins += 1;
    const [familyId, refreshToken, createdAtMs] = [`login ${logins}`, `refresh ${logins}`, clock.nowMs()];
    await store.auth.addRefreshToken({
      hash: digest(`refresh ${refreshToken}`),
      familyId,
      userId: account.id,
      expiresAtMs: createdAtMs + HOUR_MS,
      createdAtMs,
    });
    return { refreshToken, accessToken: await tokens.issue(account, HOUR_MS, familyId) };
  };
  const post = (path: string, refreshToken: string) =>
    fetch(`${server.http}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    });
  const watch = async (accessToken: string) => {
    const client = await server.connect(`/ws/auction/1/?token=${accessToken}`);
    await client.nextOf('auction_status');
    return client;
  };

  it('[TK7] [TK8] closes the sockets of that session, and of no other, and ends its tokens', async () => {
    const [phone, laptop, stranger] = [await login('buyer1'), await login('buyer1'), await login('buyer2')];
    const its = await watch(phone.accessToken);
    const auth = { token: phone.accessToken };
    const viewer = await SocketIoClient.connect(server.http, { auth, reconnection: true });
    const others = [
      await watch(laptop.accessToken),
      await watch(stranger.accessToken),
      await watch(await server.token('buyer1')),
    ];
    expect((await post('/auth/logout', phone.refreshToken)).status).toBe(204);
    expect(await its.nextOf('error')).toMatchObject({ code: 'logged_out' });
    expect((await its.closing).code).toBe(4401);
    expect((await viewer.next('error'))[0]).toMatchObject({ code: 'logged_out' });
    await until(() => expect(viewer.disconnects).toEqual(['io server disconnect']));
    for (const other of others) await other.settle();

    const late = await server.connect(`/ws/auction/1/?token=${phone.accessToken}`);
    expect(await late.nextOf('error')).toMatchObject({ code: 'token_invalid' });
    const answer = await fetch(`${server.http}/api/notifications/`, {
      headers: { Authorization: `Bearer ${phone.accessToken}` },
    });
    expect(answer.status).toBe(401);
    expect((await post('/auth/refresh', phone.refreshToken)).status).toBe(401);
    expect((await post('/auth/refresh', laptop.refreshToken)).status).toBe(200);
  });

  it('[TK8] closes the sockets of a session whose refresh token comes twice', async () => {
    const { accessToken, refreshToken } = await login('buyer1');
    const client = await watch(accessToken);
    const renewed = (await (await post('/auth/refresh', refreshToken)).json()) as { accessToken: string };
    const next = await watch(renewed.accessToken);
    await client.settle();
    expect((await post('/auth/refresh', refreshToken)).status).toBe(401);
    for (const each of [client, next]) {
      expect(await each.nextOf('error')).toMatchObject({ code: 'logged_out' });
      expect((await each.closing).code).toBe(4401);
    }
  });

  it('[TK6] leaves the sockets of a blocked user open, whose bids are refused', async () => {
    const client = await server.watch(1, 'buyer1');
    await server.engines.store.accounts.setBlocked(1, true, Date.now());
    let bids = 0;
    await until(async () => {
      bids += 1;
      client.send({ type: 'place_bid', amount: 5_000 + bids, id: bids });
      expect(await client.nextThat(({ id }) => id === bids)).toMatchObject({ code: 'account_blocked' });
    });
    await client.settle();
  });
});
