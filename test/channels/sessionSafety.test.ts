import { describe, expect, it } from 'vitest';
import type { Identification } from '../../server/ports/identity.ts';
import { messageText, Sessions, USER } from '../support/sessions.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const other = Promise.resolve<Identification>({
  kind: 'identified',
  user: { id: USER.id + 1, username: 'buyer2' },
  expiresAtMs: null,
});

describe('what a client does over all its connections', () => {
  it('[SA5] counts for its user: 100 messages at once and 30 a second', async () => {
    const server = new Sessions();
    const connections = Array.from({ length: 12 }, () => server.begin());
    const stranger = server.begin({ identification: other });
    await server.clock.advance(0);
    const say = () => {
      for (const { session } of connections) {
        for (let sent = 0; sent < 10; sent += 1) session.received(messageText('a'));
      }
    };
    const heard = () => server.consumers.reduce((sum, { messages }) => sum + messages.length, 0);
    say();
    expect(heard()).toBe(100);
    await server.clock.advance(1_000);
    say();
    expect(heard()).toBe(130);
    stranger.session.received(messageText('a'));
    expect(heard()).toBe(131);
    expect((await server.metrics.page()).body).toMatch(/limited_total\{limit="userMessagesPerSecond"\} \d\d/);
  });

  it('[SA5] is not forgotten when it connects again', async () => {
    const server = new Sessions({ userMessageBurst: 5, userMessagesPerSecond: 1 });
    let heard = 0;
    for (let times = 0; times < 10; times += 1) {
      const { session } = server.begin();
      await server.clock.advance(0);
      for (let sent = 0; sent < 3; sent += 1) session.received(messageText('a'));
      session.closed(1000);
      heard = server.consumers.reduce((sum, { messages }) => sum + messages.length, 0);
    }
    expect(heard).toBe(5);
  });

  it('[SA5] counts for the address of those who have no token, and closes with 4429 after three strikes', async () => {
    const server = new Sessions({ userMessageBurst: 2, userMessagesPerSecond: 1, rateStrikes: 3 });
    const guest = (address: string) => server.begin({ token: null, guests: true, address });
    const [one, two, elsewhere] = [guest('192.0.2.1'), guest('192.0.2.1'), guest('192.0.2.2')];
    await server.clock.advance(0);
    for (const { session } of [one, one, two, two, two, elsewhere]) session.received(messageText('a'));
    expect(server.consumers.map(({ messages }) => messages.length)).toEqual([2, 0, 1]);
    expect([one.socket.closedWith, two.socket.closedWith]).toEqual([null, 4429]);
  });

  it('[SA5] has paces of its own for bids, comments and joins', async () => {
    const server = new Sessions({ userBidBurst: 3, commentBurst: 2, joinBurst: 1 });
    server.begin();
    server.begin();
    await server.clock.advance(0);
    const [first, second] = server.consumers.map(({ channel }) => channel);
    const taken = (action: 'bid' | 'comment' | 'join') =>
      [first, second, first, second].map((channel) => channel?.take(action));
    expect(taken('bid')).toEqual([true, true, true, false]);
    expect(taken('comment')).toEqual([true, true, false, false]);
    expect(taken('join')).toEqual([true, false, false, false]);
  });

  it('[SA10] holds 50 connections: the oldest is told so and closed with 4409', async () => {
    const server = new Sessions();
    const connections = Array.from({ length: 52 }, () => server.begin());
    await server.clock.advance(0);
    const closed = connections.map(({ socket }) => socket.closedWith);
    expect(closed).toEqual([4409, 4409, ...Array<null>(50).fill(null)]);
    expect(connections[0]?.socket.errorCodes).toEqual(['too_many_connections']);
  });
});

describe('a jump of the wall clock', () => {
  it.each([
    ['ahead', 2 * MINUTE_MS],
    ['back', -HOUR_MS],
  ])('[SA17] %s closes no connection, and pings go on', async (_direction, jumpMs) => {
    const server = new Sessions();
    const { session, socket } = server.begin();
    await server.clock.advance(20_000);
    server.clock.jump(jumpMs);
    await server.clock.advance(5_000);
    expect([socket.pings, socket.closedWith]).toEqual([1, null]);
    session.pong();
    await server.clock.advance(59_000);
    expect(socket.closedWith).toBeNull();
    await server.clock.advance(1_000);
    expect(socket.closedWith).toBe(4408);
  });

  it('[SA17] resets no rate', async () => {
    const server = new Sessions({ messageBurst: 2, messagesPerSecond: 1, rateStrikes: 0 });
    const { session } = server.begin();
    await server.clock.advance(0);
    const heard = () => server.consumers[0]?.messages.length;
    for (const jumpMs of [0, HOUR_MS, -2 * HOUR_MS]) {
      server.clock.jump(jumpMs);
      for (let sent = 0; sent < 3; sent += 1) session.received(messageText('a'));
      expect(heard()).toBe(2);
    }
    await server.clock.advance(1_000);
    session.received(messageText('a'));
    expect(heard()).toBe(3);
  });
});

describe('what a handler throws', () => {
  it('[SA1] when a consumer is let go of is logged, and ends nothing else', async () => {
    const server = new Sessions();
    const [one, two] = [server.begin(), server.begin()];
    await server.clock.advance(0);
    for (const consumer of server.consumers) {
      consumer.onDisconnected = () => {
        throw new Error('cannot be let go of');
      };
    }
    one.session.closed(1006);
    expect(server.log.messages('error')).toEqual(['a connection could not be let go of']);
    two.session.received(messageText('a'));
    expect(server.consumers[1]?.messages).toHaveLength(1);
  });

  it('[SA1] while what is due is done closes that connection with 1011', async () => {
    const server = new Sessions();
    const { socket } = server.begin();
    await server.clock.advance(0);
    socket.ping = () => {
      throw new Error('cannot ping');
    };
    await server.clock.advance(25_000);
    expect(socket.closedWith).toBe(1011);
    expect(server.log.messages('error')).toEqual(['a connection failed']);
  });
});

describe('a payload', () => {
  const nested = (levels: number) => `{"type":"a","data":{"x":${'['.repeat(levels)}${']'.repeat(levels)}}}`;

  it('[SA2] may nest 32 levels, and is refused beyond', async () => {
    const server = new Sessions();
    const { session, socket } = server.begin();
    await server.clock.advance(0);
    session.received(nested(30));
    expect(server.consumers[0]?.messages).toHaveLength(1);
    for (const levels of [31, 8_000]) session.received(nested(levels));
    expect(server.consumers[0]?.messages).toHaveLength(1);
    const refusal = {
      type: 'error',
      code: 'invalid_message',
      message: 'Message must not nest deeper than 32 levels',
    };
    expect(socket.sent).toEqual([refusal, refusal]);
  });

  it('[SA2] may hold brackets in its texts', async () => {
    const server = new Sessions();
    const { session } = server.begin();
    await server.clock.advance(0);
    session.received(messageText('a', { text: `"\\${'[{'.repeat(100)}` }));
    expect(server.consumers[0]?.messages).toHaveLength(1);
  });
});
