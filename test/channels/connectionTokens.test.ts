import { describe, expect, it } from 'vitest';
import type { TokenExpiry } from '../../server/channels/connectionToken.ts';
import type { Limits } from '../../server/limits.ts';
import type { Identification } from '../../server/ports/identity.ts';
import { isoSeconds } from '../../shared/time.ts';
import { ManualClock } from '../support/manualClock.ts';
import { messageText, Sessions, type SessionOptions, USER } from '../support/sessions.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Sockets answer no pings here. */
const NO_HEARTBEAT = { idleMs: 0, pingEveryMs: 0 };

function identified(expiresAtMs: number | null, user = USER): Identification {
  return { kind: 'identified', user, expiresAtMs };
}

/** A session whose token is good for that long, on a server without a heartbeat. */
async function open(
  lastsMs: number | null,
  expiry: TokenExpiry = 'on-connect',
  { limits = {}, ...options }: SessionOptions & { readonly limits?: Partial<Limits> } = {},
) {
  const server = new Sessions({ ...NO_HEARTBEAT, ...limits }, expiry);
  const { clock } = server;
  const token = identified(lastsMs === null ? null : clock.nowMs() + lastsMs);
  const { session, socket } = server.begin({ identification: Promise.resolve(token), ...options });
  await clock.advance(0);
  return { server, clock, session, socket, consumer: () => server.consumers[0] };
}

describe('a token that runs out while its connection is open', () => {
  it('[TK1] ends nothing: the connection lives on and its messages are taken', async () => {
    const { clock, session, socket, consumer } = await open(1_000);
    await clock.advance(2 * HOUR_MS);
    session.received(messageText('place_bid'));
    expect(consumer()?.messages.map(({ type }) => type)).toEqual(['place_bid']);
    expect([socket.closedWith, socket.sent]).toEqual([null, []]);
  });

  it.each([
    ['on-connect', null],
    ['while-connected', 4401],
  ] as const)('[TK1] [CO5] with TOKEN_EXPIRY %s closes with %s', async (expiry, code) => {
    const { clock, socket } = await open(1_000, expiry);
    await clock.advance(2_000);
    expect(socket.closedWith).toBe(code);
  });

  it('[TK5] does not end a connection in use for a call before that is over', async () => {
    const { clock, session, socket, consumer } = await open(2 * MINUTE_MS, 'while-connected');
    const busy = consumer();
    if (busy !== undefined) busy.isInUse = true;
    await clock.advance(HOUR_MS);
    session.received(messageText('call:end'));
    expect([socket.closedWith, busy?.messages.length]).toEqual([null, 1]);
    if (busy !== undefined) busy.isInUse = false;
    await clock.advance(1_000);
    expect(socket.closedWith).toBe(4401);
  });
});

describe('renewing a token', () => {
  const renewed = (atMs: number | null, id?: number) => ({
    type: 'authenticated',
    ...(id === undefined ? {} : { id }),
    data: { expires_at: atMs === null ? null : isoSeconds(atMs) },
  });

  it.each([
    ['next to its type', { token: 'next', id: 5 }],
    ['in its data', { data: { token: 'next' }, id: 5 }],
  ])('[TK2] is answered with its end and the id, the token %s', async (_where, fields) => {
    const { server, clock, session, socket, consumer } = await open(HOUR_MS);
    const endMs = clock.nowMs() + 2 * HOUR_MS;
    server.tokens = { next: identified(endMs) };
    session.received(messageText('authenticate', fields));
    await clock.advance(0);
    expect(socket.sent).toEqual([renewed(endMs, 5)]);
    expect(consumer()?.messages).toEqual([]);
  });

  it('[TK2] is answered to a callback too, and an end that there is not is null', async () => {
    const { server, clock, session, socket } = await open(HOUR_MS);
    server.tokens = { endless: identified(null) };
    const answers: unknown[] = [];
    session.receivedEvent({
      name: 'authenticate',
      payload: { token: 'endless' },
      sizeBytes: 20,
      isTooDeep: false,
      acknowledge: (answer) => answers.push(answer),
    });
    await clock.advance(0);
    expect([socket.sent, answers]).toEqual([[renewed(null)], [{ ok: true }]]);
  });

  it.each<[string, Identification, string]>([
    ['bad', { kind: 'invalid' }, 'token_invalid'],
    ['expired', { kind: 'expired' }, 'token_expired'],
    ['of another user', identified(null, { id: USER.id + 1, username: 'buyer2' }), 'wrong_user'],
    ['not to be verified now', { kind: 'unavailable' }, 'unavailable'],
  ])('[TK2] with a token that is %s is refused, and the connection lives', async (_what, token, code) => {
    const { server, clock, session, socket, consumer } = await open(HOUR_MS);
    server.tokens = { next: token };
    session.received(messageText('authenticate', { token: 'next', id: 'a' }));
    await clock.advance(0);
    expect(socket.sent).toMatchObject([{ type: 'error', code, id: 'a' }]);
    session.received(messageText('a'));
    expect(consumer()?.messages).toHaveLength(1);
    expect(socket.closedWith).toBeNull();
  });

  it.each([
    [{}, 'token is required'],
    [{ token: 7 }, 'token must be a string'],
    [{ token: '' }, 'token must not be empty'],
  ])('[TK2] with the fields %j names the fault', async (fields, message) => {
    const { clock, session, socket } = await open(HOUR_MS);
    session.received(messageText('authenticate', fields));
    await clock.advance(0);
    expect(socket.sent).toEqual([{ type: 'error', code: 'invalid_message', message }]);
  });

  it('[TK2] makes no user of a guest', async () => {
    const { server, clock, session, socket } = await open(null, 'on-connect', { token: null, guests: true });
    server.tokens = { next: identified(null) };
    session.received(messageText('authenticate', { token: 'next' }));
    await clock.advance(0);
    expect(socket.errorCodes).toEqual(['wrong_user']);
  });

  it('[TK2] counts as a message of its client', async () => {
    const limits = { messageBurst: 1, messagesPerSecond: 1 };
    const { clock, session, socket } = await open(HOUR_MS, 'on-connect', { limits });
    session.received(messageText('authenticate', { token: 'next' }));
    session.received(messageText('authenticate', { token: 'next', id: 2 }));
    await clock.advance(0);
    expect(socket.sent[0]).toMatchObject({ code: 'rate_limited', id: 2 });
  });

  it('[TK2] moves the end of the connection, to that of the token that was sent last', async () => {
    const { server, clock, session, socket } = await open(2 * MINUTE_MS, 'while-connected');
    let verify: (identification: Identification) => void = () => undefined;
    server.tokens = {
      first: new Promise((resolve) => (verify = resolve)),
      second: identified(clock.nowMs() + HOUR_MS),
    };
    session.received(messageText('authenticate', { token: 'first' }));
    session.received(messageText('authenticate', { token: 'second' }));
    await clock.advance(0);
    verify(identified(clock.nowMs() + 3 * MINUTE_MS));
    await clock.advance(HOUR_MS - 1);
    expect([socket.closedWith, socket.errorCodes]).toEqual([null, []]);
    await clock.advance(1_000);
    expect(socket.closedWith).toBe(4401);
  });
});

describe('the notice that a token ends', () => {
  const notices = (sent: readonly Record<string, unknown>[]) =>
    sent.filter(({ type }) => type === 'token_expiring').map(({ data }) => data);

  it('[TK3] comes once, 60 s before, and again for the next token', async () => {
    const { server, clock, session, socket } = await open(5 * MINUTE_MS, 'while-connected');
    const endMs = clock.nowMs() + 5 * MINUTE_MS;
    await clock.advance(4 * MINUTE_MS - 1);
    expect(socket.sent).toEqual([]);
    await clock.advance(30_001);
    const notice = { expires_at: isoSeconds(endMs) };
    expect(notices(socket.sent)).toEqual([notice]);
    server.tokens = { next: identified(endMs + 5 * MINUTE_MS) };
    session.received(messageText('authenticate', { token: 'next' }));
    await clock.advance(5 * MINUTE_MS);
    const next = { expires_at: isoSeconds(endMs + 5 * MINUTE_MS) };
    expect(notices(socket.sent)).toEqual([notice, next]);
  });

  it('[TK3] comes at once where less is left, after what the client is sent first', async () => {
    const { server, clock, session, socket } = await open(10_000, 'while-connected', {
      connected: (channel) => channel.push({ type: 'auction_status' }),
    });
    expect(socket.sent.map(({ type }) => type)).toEqual(['auction_status', 'token_expiring']);
    server.tokens = { short: identified(clock.nowMs() + 20_000) };
    session.received(messageText('authenticate', { token: 'short' }));
    await clock.advance(0);
    expect(socket.sent.map(({ type }) => type).slice(2)).toEqual(['authenticated', 'token_expiring']);
  });

  it.each([
    ['on-connect', 10_000],
    ['while-connected', null],
  ] as const)('[TK3] does not come with TOKEN_EXPIRY %s and %s ms left', async (expiry, lastsMs) => {
    const { clock, socket } = await open(lastsMs, expiry);
    await clock.advance(HOUR_MS);
    expect(socket.sent).toEqual([]);
  });
});

describe('the age of a connection', () => {
  it('[TK4] ends at 24 hours at most with 1012, however busy it is', async () => {
    const { server, clock, session, socket } = await open(null);
    await clock.advance(0.95 * DAY_MS - 1);
    session.received(messageText('a'));
    expect(socket.closedWith).toBeNull();
    await clock.advance(0.05 * DAY_MS + 1);
    expect(socket.closedWith).toBe(1012);
    expect((await server.metrics.page()).body).toContain('limited_total{limit="connectionAgeMs"} 1');
  });

  it('[TK4] is spread, so that those who came together do not go together', async () => {
    class SpreadClock extends ManualClock {
      readonly #draws = [0, 0.25, 0.5, 0.999];
      override random = () => this.#draws.shift() ?? 0;
    }
    const server = new Sessions(
      { ...NO_HEARTBEAT, connectionAgeMs: HOUR_MS },
      'on-connect',
      new SpreadClock(),
    );
    const sockets = Array.from({ length: 4 }, () => server.begin().socket);
    const open = () => sockets.map(({ closedWith }) => closedWith === null);
    await server.clock.advance(0.95 * HOUR_MS);
    expect(open()).toEqual([true, true, true, true]);
    await server.clock.advance(10_000);
    expect(open()).toEqual([true, true, true, false]);
    await server.clock.advance(0.05 * HOUR_MS - 20_000);
    expect(open()).toEqual([true, false, false, false]);
    await server.clock.advance(10_000);
    expect(sockets.map(({ closedWith }) => closedWith)).toEqual([1012, 1012, 1012, 1012]);
  });

  it('[TK4] is not bounded by 0, and waits for a call to be over', async () => {
    const endless = await open(null, 'on-connect', { limits: { connectionAgeMs: 0 } });
    await endless.clock.advance(2 * DAY_MS);
    expect(endless.socket.closedWith).toBeNull();
    const { clock, socket, consumer } = await open(null, 'on-connect', {
      limits: { connectionAgeMs: 5_000 },
    });
    const busy = consumer();
    if (busy !== undefined) busy.isInUse = true;
    await clock.advance(HOUR_MS);
    expect(socket.closedWith).toBeNull();
    if (busy !== undefined) busy.isInUse = false;
    await clock.advance(1_000);
    expect(socket.closedWith).toBe(1012);
  });

  it('[TK4] [SA17] is not reached by a jump of the wall clock', async () => {
    const { clock, socket } = await open(null);
    clock.jump(2 * DAY_MS);
    await clock.advance(2_000);
    expect(socket.closedWith).toBeNull();
  });
});

describe('the end of a login', () => {
  const ofLogin = (loginId: string) => ({ ...identified(null), loginId }) as Identification;
  const begin = async (server: Sessions, token: Identification, options: SessionOptions = {}) => {
    const begun = server.begin({ identification: Promise.resolve(token), ...options });
    await server.clock.advance(0);
    return begun;
  };

  it('[TK8] closes the connections with tokens of it with 4401, and no others', async () => {
    const server = new Sessions();
    const its = [await begin(server, ofLogin('x')), await begin(server, ofLogin('x'))];
    const others = [await begin(server, ofLogin('y')), await begin(server, identified(null))];
    server.inboxes.loginEnded(USER.id, 'x');
    for (const { socket } of its) {
      expect([socket.errorCodes, socket.closedWith]).toEqual([['logged_out'], 4401]);
    }
    for (const { socket } of others) expect([socket.errorCodes, socket.closedWith]).toEqual([[], null]);
    server.inboxes.loginEnded(USER.id + 1, 'y');
    expect(others[0]?.socket.closedWith).toBeNull();
  });

  it('[TK8] closes a connection that was connecting meanwhile', async () => {
    const server = new Sessions();
    let connect: () => void = () => undefined;
    const connecting = new Promise<void>((resolve) => (connect = resolve));
    const { socket } = await begin(server, ofLogin('x'), { connecting });
    server.endedLogins.add('x');
    server.inboxes.loginEnded(USER.id, 'x');
    connect();
    await server.clock.advance(0);
    expect([socket.closedWith, socket.isAdmitted]).toEqual([4401, false]);
    expect(server.consumers[0]?.lifecycle).toEqual(['connected', 'disconnected']);
  });

  it('[TK8] concerns the login of the token that a connection was renewed with', async () => {
    const server = new Sessions();
    const { session, socket } = await begin(server, ofLogin('x'));
    server.tokens = { next: ofLogin('y') };
    session.received(messageText('authenticate', { token: 'next' }));
    await server.clock.advance(0);
    server.inboxes.loginEnded(USER.id, 'x');
    expect(socket.closedWith).toBeNull();
    server.inboxes.loginEnded(USER.id, 'y');
    expect(socket.closedWith).toBe(4401);
  });
});
