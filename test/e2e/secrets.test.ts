import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { TestClient } from '../support/client.ts';
import { createDatabase, type PrivateMariadb, startMariadb } from '../support/mariadb.ts';
import { until } from '../support/processes.ts';
import { type PrivateRedis, startRedis } from '../support/redis.ts';
import { SECRET, ServerHome, type ServerProcess, tokenOf } from '../support/serverProcess.ts';
import { SocketIoClient } from '../support/socketIoClient.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const areEnginesThere = inject('mariadbUrl') !== null && inject('redisUrl') !== null;
const VALID = tokenOf(1);
const EXPIRED = jwt.sign({ sub: '1' }, SECRET, { algorithm: 'HS256', expiresIn: '-1h' });
const FORGED = jwt.sign({ sub: '1' }, 'somebody else knows this one');
const OPAQUE = 'c0ffee'.repeat(7).slice(0, 40);

let mariadb: PrivateMariadb | null;
let redis: PrivateRedis | null;
let smtp: TestSmtp;
let home: ServerHome;
let server: ServerProcess;
beforeAll(async () => {
  if (!areEnginesThere) return;
  [mariadb, redis, smtp] = await Promise.all([startMariadb(), startRedis(), startSmtp()]);
  home = await ServerHome.open({
    DATABASE_URL: await createDatabase(mariadb?.url ?? ''),
    REDIS_URL: redis?.url ?? '',
    SMTP_URL: smtp.url,
    OUTBID_LETTER_WINDOW_MS: '0',
    LOG_LEVEL: 'debug',
  });
  server = await home.start();
});
afterAll(async () => {
  if (!areEnginesThere) return;
  await home.remove();
  await Promise.all([mariadb?.remove(), redis?.remove(), smtp.stop()]);
});

/** Says the token in each of the three ways; gives what the server said first each time. */
async function connectWith(token: string): Promise<unknown[]> {
  const url = `ws://127.0.0.1:${server.port}/ws/auction/1/`;
  const clients = await Promise.all([
    TestClient.connect(`${url}?token=${token}`),
    TestClient.connect(url, [], { headers: { authorization: `Bearer ${token}` } }),
    TestClient.connect(url, ['ringside', `token.${token}`]),
  ]);
  const frames = await Promise.all(clients.map((client) => client.next()));
  for (const client of clients) client.close();
  return frames.map(({ type, code }) => code ?? type);
}

/** Says the token to the gateway by Socket.IO; gives the code of what the server said. */
async function joinWith(token: string): Promise<unknown> {
  const client = new SocketIoClient(server.http, { auth: { token }, query: { token } });
  client.socket.emit('joinAuction', { auctionId: 9999 });
  const [data] = await client.next('error');
  return (data as { readonly code: string }).code;
}

async function requestWith(token: string): Promise<void> {
  const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'buyer1@example.com' });
  await fetch(`${server.http}/api/notifications/`, { headers });
  await fetch(`${server.http}/api/auctions/`, { method: 'POST', headers, body });
  await fetch(`${server.http}/nowhere/?token=${token}`);
}

const logged = () =>
  server.output.stdout.slice(server.output.stdout.indexOf('npx wscat')).split('\n').slice(1);
const isLogged = (text: string) =>
  until(() => expect(logged().filter((line) => line.includes(text))).not.toEqual([]), 25_000);

it.skipIf(!areEnginesThere)(
  '[LO1] logs no token, no address and no password, whatever goes wrong',
  async () => {
    expect(await connectWith(VALID)).toEqual(Array(3).fill('auction_status'));
    expect(await connectWith(EXPIRED)).toEqual(Array(3).fill('token_expired'));
    expect(await connectWith(FORGED)).toEqual(Array(3).fill('token_invalid'));
    expect(await connectWith(OPAQUE)).toEqual(Array(3).fill('token_invalid'));
    const codes = await Promise.all([VALID, EXPIRED, FORGED, OPAQUE].map(joinWith));
    expect(codes).toEqual(['auction_not_found', 'token_expired', 'token_invalid', 'token_invalid']);
    for (const token of [VALID, EXPIRED, FORGED, OPAQUE]) await requestWith(token);

    const bidders = await Promise.all([1, 2].map((id) => TestClient.connect(server.socketUrl(1, id))));
    let price = 3_000;
    const outbid = async () => {
      for (const bidder of bidders) {
        price += 1;
        bidder.send({ type: 'place_bid', amount: price, id: price });
        await bidder.nextThat(({ id }) => id === price);
      }
    };
    await outbid();
    await until(() => expect(smtp.received.length).toBeGreaterThan(0));
    smtp.answer({ kind: 'refuse', code: 451, text: '<buyer1@example.com> is busy' });
    await outbid();
    await isLogged('a letter is put off');
    smtp.answer({ kind: 'refuse', code: 550, text: '<buyer1@example.com> is unknown here' });
    await outbid();
    await isLogged('a letter is given up');
    smtp.answer({ kind: 'refuse-login' });
    await smtp.stop();
    await outbid();
    await redis?.kill();
    await outbid();
    await isLogged('letters wait in the outbox');
    await mariadb?.kill();
    await outbid();
    expect(await connectWith(OPAQUE)).toEqual(Array(3).fill('unavailable'));
    await requestWith(OPAQUE);
    await isLogged('a token could not be looked up');
    await Promise.all([mariadb?.start(), redis?.start()]);
    await until(async () => expect((await fetch(`${server.http}/readyz`)).status).toBe(200));

    const { stderr } = await server.stop();
    const said = logged().join('\n') + stderr;
    const secrets = [VALID, EXPIRED, FORGED, OPAQUE, tokenOf(2), SECRET, 'sesame'];
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
    expect(said.match(/[^\s"]*@[^\s"]*/g)).toBe(null);
    // The signature alone would let nobody in, but nobody needs any part of a token.
    expect(
      secrets
        .flatMap((secret) => secret.split('.'))
        .filter((part) => part.length > 20 && said.includes(part)),
    ).toEqual([]);
  },
  60_000,
);
