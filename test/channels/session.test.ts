import { beforeEach, describe, expect, it } from 'vitest';
import type { TokenExpiry } from '../../server/channels/connectionToken.ts';
import type { Inboxes } from '../../server/channels/inboxes.ts';
import type { Session } from '../../server/channels/session.ts';
import type { Limits } from '../../server/limits.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import type { ManualClock } from '../support/manualClock.ts';
import type { RecordedLog } from '../support/recordedLog.ts';
import type { RecordedSocket } from '../support/recordedSocket.ts';
import {
  messageText as message,
  type RecordedConsumer,
  type SessionOptions,
  Sessions,
  USER,
} from '../support/sessions.ts';

let clock: ManualClock;
let log: RecordedLog;
let socket: RecordedSocket;
let sessions: ReadonlySet<Session>;
let inboxes: Inboxes;
let consumers: readonly RecordedConsumer[];
let server: Sessions;

beforeEach(() => startServer({}));

function startServer(limits: Partial<Limits>, tokenExpiry?: TokenExpiry): void {
  server = new Sessions(limits, tokenExpiry);
  ({ clock, log, inboxes, consumers, open: sessions } = server);
}

function open({ limits, ...options }: SessionOptions & { readonly limits?: Partial<Limits> }): Session {
  if (limits !== undefined) startServer(limits);
  const begun = server.begin(options);
  socket = begun.socket;
  return begun.session;
}

describe('a session', () => {
  it.each([
    ['token_missing', 'No token provided', null, null],
    ['token_invalid', 'Invalid token', 'T', { kind: 'invalid' as const }],
    ['token_expired', 'Token has expired', 'T', { kind: 'expired' as const }],
  ])('[CO4] says %s and closes with 4401', async (code, text, token, identification) => {
    open({ token, ...(identification ? { identification: Promise.resolve(identification) } : {}) });
    await clock.advance(0);
    expect(socket.sent).toEqual([{ type: 'error', message: text, code }]);
    expect(socket.closedWith).toBe(4401);
    expect(consumers).toEqual([]);
  });

  it('[CO9] lets nobody in while identity cannot be asked: close 1013', async () => {
    open({ identification: Promise.resolve({ kind: 'unavailable' }) });
    await clock.advance(0);
    expect(socket.errorCodes).toEqual(['unavailable']);
    expect(socket.closedWith).toBe(1013);
  });

  it('[CO5] closes with 4401 within a second of the moment at which the token runs out', async () => {
    startServer({}, 'while-connected');
    const expiresAtMs = clock.nowMs() + 5_000;
    const identification = Promise.resolve({ kind: 'identified', user: USER, expiresAtMs } as const);
    open({ identification });
    await clock.advance(4_999);
    expect(socket.closedWith).toBeNull();
    await clock.advance(1_000);
    expect(socket.closedWith).toBe(4401);
    expect(socket.errorCodes).toEqual(['token_expired']);
    expect(consumers[0]?.lifecycle).toEqual(['connected', 'disconnected']);
  });

  it('[CO5] takes no message at or after the moment at which the token runs out', async () => {
    startServer({}, 'while-connected');
    const expiresAtMs = clock.nowMs() + 500;
    const session = open({
      identification: Promise.resolve({ kind: 'identified', user: USER, expiresAtMs }),
    });
    await clock.advance(500);
    session.received(message('place_bid'));
    expect(socket.closedWith).toBe(4401);
    expect(consumers[0]?.messages).toEqual([]);
  });

  it('[LI5] closes with 4408 when identity takes longer than 10 s, and not sooner', async () => {
    open({ identification: new Promise(() => undefined) });
    await clock.advance(9_999);
    expect(socket.closedWith).toBeNull();
    await clock.advance(1);
    expect(socket.closedWith).toBe(4408);
  });

  it('[LI5] keeps what is sent early, in order, and gives it to the consumer once it is connected', async () => {
    let connect: () => void = () => undefined;
    const session = open({ connecting: new Promise((resolve) => (connect = resolve)) });
    session.received(message('a'));
    await clock.advance(1_000);
    session.received(message('b'));
    expect(consumers[0]?.messages).toEqual([]);
    connect();
    await clock.advance(0);
    expect(consumers[0]?.messages.map(({ type }) => type)).toEqual(['a', 'b']);
    const [first, second] = consumers[0]?.messages ?? [];
    expect((second?.receivedAtMs ?? 0) - (first?.receivedAtMs ?? 0)).toBe(1_000);
  });

  it('[IO12] admits a client once its consumer has connected, and not sooner', async () => {
    let connect: () => void = () => undefined;
    const session = open({ connecting: new Promise((resolve) => (connect = resolve)) });
    await clock.advance(1_000);
    expect(socket.isAdmitted).toBe(false);
    connect();
    await clock.advance(0);
    expect(socket.isAdmitted).toBe(true);
    consumers[0]?.channel.error({ code: 'any', message: 'Any' });
    session.close('restart');
    expect([socket.closedWith, socket.cause]).toEqual([1012, null]);
  });

  it('[IO12] names the cause, the last error, when a client is not admitted', async () => {
    open({ connecting: new Promise(() => undefined) });
    await clock.advance(0);
    consumers[0]?.channel.error({ code: 'denied', message: 'Access denied' });
    consumers[0]?.channel.close('forbidden');
    await clock.advance(0);
    expect([socket.closedWith, socket.isAdmitted]).toEqual([4403, false]);
    expect(socket.cause).toEqual({ code: 'denied', message: 'Access denied' });
  });

  it('[OU4] gets what is meant for its user from when its consumer has connected until it is closed', async () => {
    let connect: () => void = () => undefined;
    const session = open({ connecting: new Promise((resolve) => (connect = resolve)) });
    await clock.advance(0);
    inboxes.deliver(USER.id, () => ({ type: 'too early' }));
    connect();
    await clock.advance(0);
    inboxes.deliver(USER.id, () => ({ type: 'notification' }));
    inboxes.deliver(USER.id + 1, () => ({ type: 'of somebody else' }));
    session.closed(1000);
    inboxes.deliver(USER.id, () => expect.unreachable('nobody is there'));
    expect(socket.sent).toEqual([{ type: 'notification' }]);
  });

  it('[LI5] closes with 4408 when more than 32 KiB are sent early', async () => {
    const session = open({ identification: new Promise(() => undefined) });
    for (let sent = 0; sent < 3; sent += 1) session.received(message('a', { pad: 'x'.repeat(11_000) }));
    expect(socket.closedWith).toBe(4408);
    await clock.advance(0);
  });

  it('[LI3] lets 20 messages through at once and 10 a second, then says rate_limited with the id', async () => {
    const session = open({});
    await clock.advance(0);
    for (let sent = 0; sent < 21; sent += 1) session.received(message('a', { id: sent }));
    expect(consumers[0]?.messages).toHaveLength(20);
    expect(socket.sent).toEqual([
      { type: 'error', code: 'rate_limited', message: 'Too many messages. Please slow down.', id: 20 },
    ]);
    await clock.advance(1_000);
    for (let sent = 0; sent < 10; sent += 1) session.received(message('a'));
    expect(consumers[0]?.messages).toHaveLength(30);
    expect(socket.errorCodes).toHaveLength(1);
  });

  it('[LI3] closes with 4429 at the third rate_limited within 10 s, and not when they are further apart', async () => {
    const session = open({ limits: { messageBurst: 1, messagesPerSecond: 1, rateStrikes: 3 } });
    await clock.advance(0);
    const overstep = () => {
      session.received(message('a'));
      session.received(message('a'));
    };
    for (let times = 0; times < 4; times += 1) {
      overstep();
      await clock.advance(5_000);
    }
    expect(socket.closedWith).toBeNull();
    overstep();
    session.received(message('a'));
    expect(socket.closedWith).toBe(4429);
  });

  it('[LI6] pings a silent socket every 25 s and closes it with 4408 after 60 s without a pong', async () => {
    open({});
    await clock.advance(24_999);
    expect(socket.pings).toBe(0);
    await clock.advance(1);
    expect(socket.pings).toBe(1);
    await clock.advance(34_999);
    expect(socket.pings).toBe(2);
    expect(socket.closedWith).toBeNull();
    await clock.advance(1);
    expect(socket.closedWith).toBe(4408);
  });

  it('[RG15] closes an auctioneer after 10 s of silence, pinged in time, and others as ever', async () => {
    const session = open({});
    session.setIdleLimit('auctioneerIdleMs');
    await clock.advance(9_999);
    expect(socket.pings).toBe(2);
    expect(socket.closedWith).toBeNull();
    session.pong();
    await clock.advance(9_999);
    expect(socket.closedWith).toBeNull();
    await clock.advance(1_001);
    expect(socket.closedWith).toBe(4408);
  });

  it('[RG15] the limit of auctioneers is off with 0, and ends when they leave', async () => {
    for (const auctioneerIdleMs of [0, 10_000]) {
      const session = open({ limits: { auctioneerIdleMs } });
      session.setIdleLimit('auctioneerIdleMs');
      if (auctioneerIdleMs > 0) session.setIdleLimit('idleMs');
      await clock.advance(59_999);
      expect(socket.closedWith).toBeNull();
      await clock.advance(1);
      expect(socket.closedWith).toBe(4408);
    }
  });

  it('[LI6] keeps a socket that answers its pings, and cuts one that never finishes closing', async () => {
    const session = open({});
    for (let times = 0; times < 10; times += 1) {
      await clock.advance(25_000);
      session.pong();
    }
    expect(socket.closedWith).toBeNull();
    await clock.advance(60_000);
    expect(socket.closedWith).toBe(4408);
    await clock.advance(60_000);
    expect(socket.isTerminated).toBe(true);
  });

  it.each([
    ['{"type":', 'Message is not valid JSON', undefined],
    ['[]', 'Message must be a JSON object', undefined],
    ['null', 'Message must be a JSON object', undefined],
    ['"place_bid"', 'Message must be a JSON object', undefined],
    ['{"id":"x"}', 'type is required', 'x'],
    ['{"type":5,"id":3}', 'type must be a string', 3],
    ['{"type":"a","id":{}}', 'id must be a whole number or a string of 1 to 64 characters', undefined],
    ['{"type":"a","id":"\\ud800"}', 'id must be a whole number or a string of 1 to 64 characters', undefined],
    [null, 'Messages must be text, not binary', undefined],
  ])('[ME1] names the fault of %s and lives on', async (text, fault, id) => {
    const session = open({});
    await clock.advance(0);
    session.received(text);
    const expected = { type: 'error', code: 'invalid_message', message: fault };
    expect(socket.sent).toEqual([id === undefined ? expected : { ...expected, id }]);
    session.received(message('a'));
    expect(consumers[0]?.messages).toHaveLength(1);
    expect(socket.closedWith).toBeNull();
  });

  it('[ME5] takes fields beside type, inside data, and both, those beside type first', async () => {
    const session = open({});
    await clock.advance(0);
    session.received(message('a', { amount: 1, data: { amount: 2, note: 'x' } }));
    session.received(JSON.stringify({ type: 'a', data: 'text', amount: 3 }));
    expect(consumers[0]?.messages.map(({ payload }) => payload)).toMatchObject([
      { amount: 1, note: 'x' },
      { amount: 3 },
    ]);
  });

  it('[ME4] logs an unexpected error under an id, tells the client that id and closes with 1011', async () => {
    const session = open({});
    await clock.advance(0);
    for (const consumer of consumers) consumer.onMessage = () => Promise.reject(new Error('boom'));
    session.received(message('a'));
    await clock.advance(0);
    const [line] = log.lines;
    expect(line?.level).toBe('error');
    expect(socket.sent[0]?.['message']).toBe(`Internal error ${String(line?.fields?.['errorId'])}`);
    expect(socket.closedWith).toBe(1011);
    expect(consumers[0]?.lifecycle).toEqual(['connected', 'disconnected']);
  });

  it('[CO9] closes with 1013 when the store is away while the consumer connects, and lets go of it', async () => {
    open({ connecting: Promise.reject(new StoreUnavailable('away')) });
    await clock.advance(0);
    expect(socket.closedWith).toBe(1013);
    expect(consumers[0]?.lifecycle).toEqual(['connected', 'disconnected']);
    expect(log.messages('error')).toEqual([]);
  });

  it('[CO10] lets go of its consumer exactly once, also when the client leaves while it connects', async () => {
    let connect: () => void = () => undefined;
    const session = open({ connecting: new Promise((resolve) => (connect = resolve)) });
    await clock.advance(0);
    session.closed(1006);
    expect(consumers[0]?.lifecycle).toEqual(['connected']);
    connect();
    await clock.advance(0);
    expect(consumers[0]?.lifecycle).toEqual(['connected', 'disconnected']);
    expect(socket.sent).toEqual([]);
    expect(socket.topics.size).toBe(0);
    expect(sessions.size).toBe(0);
  });
});
