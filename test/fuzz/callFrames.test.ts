import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCallRefusalCode } from '../../server/domain/call/callRefusals.ts';
import { type CallServer, emit, startCallServer } from '../support/callClients.ts';
import type { Frame, TestClient } from '../support/client.ts';
import { SocketIoClient } from '../support/socketIoClient.ts';
import { TRANSPORTS } from '../support/transports.ts';

const EVENTS = ['call:initiate', 'call:cancel', 'call:end', 'call:accept', 'call:reject'] as const;

/** Values of a field: those of calls that there are not, of other types, and none. */
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('AUDIO', 'VIDEO', 'audio', '999', '0', '-15', '1e3', 'f'.repeat(24), '\ud800', '\u0000'),
  fc.constantFrom(null, true, 0, -0, 1.5, 2 ** 53, 1e300, [], {}, ['15'], { _id: '15' }),
  fc.anything({ maxDepth: 3 }),
);

const payload = fc.oneof(
  fc.record({ telecallerId: value, callType: value, callId: value }, { requiredKeys: [] }),
  fc.dictionary(fc.constantFrom('callId', '__proto__', 'constructor', 'type', 'data', 'x'), value),
  value,
);

/** JSON without what it cannot hold. */
function json(of: unknown): string {
  return JSON.stringify(of, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

/** Frames of a client of calls that is mistaken, or means harm. */
const frame = fc.oneof(
  fc.tuple(fc.constantFrom(...EVENTS), payload).map(([type, data]) => json({ type, data })),
  fc.tuple(fc.constantFrom(...EVENTS), payload).map(([type, fields]) => json({ ...Object(fields), type })),
  fc.tuple(fc.string({ maxLength: 20 }), payload).map(([name, data]) => json({ type: `call:${name}`, data })),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.json({ maxDepth: 4 }),
  fc.integer({ min: 1, max: 4_000 }).map((depth) => `{"type":"call:end","callId":${'['.repeat(depth)}`),
  fc.constantFrom(
    '{"type":"call:initiate","data":{"telecallerId":"15"},"callType":"SMS"}',
    '{"type":"call:end","callId":"\\ud800"}',
    '{"type":"call:end","data":{"__proto__":{"callId":"x"}}}',
    '{"__proto__":{"type":"call:end","callId":"x"}}',
    '{"type":"call:accept","data":[{"callId":"x"}]}',
    '{"type":"call:incoming","data":{"callId":"x"}}',
    '',
  ),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
);

function expectClearError({ type, code, message, data }: Frame): void {
  expect(['error', 'call:error']).toContain(type);
  expect(type === 'call:error').toBe(isCallRefusalCode(code ?? ''));
  expect(code).toMatch(/^[a-z_]+$/);
  expect(code).not.toBe('internal_error');
  expect(message).toMatch(/\S/);
  expect(data).toEqual({ message, code });
}

describe.each(TRANSPORTS)('frames of calls that no client should send, over %s', (transport) => {
  let server: CallServer;
  let user: TestClient;
  let jane: TestClient;
  beforeAll(async () => {
    server = await startCallServer({
      TRANSPORT: transport,
      LIMIT_CALL_CANCELS_PER_MINUTE: '0',
      LIMIT_CALL_ENDS_PER_MINUTE: '0',
    });
    user = await server.user('buyer1');
    jane = await server.telecaller('jane_smith');
  });
  afterAll(() => server.stop());

  /** A call goes through: nothing is left of what was sent before. */
  const expectCallGoesThrough = async () => {
    emit(user, 'call:initiate', { telecallerId: '15', callType: 'AUDIO' }, 'start');
    const { data } = await jane.nextOf('call:incoming');
    emit(jane, 'call:accept', data ?? {}, 'answer');
    await user.nextOf('call:accepted');
    emit(user, 'call:end', { callId: data?.['callId'] }, 'end');
    await user.nextThat(({ type, id }) => type === 'ack' && id === 'end');
    await jane.nextOf('call:ended');
    await Promise.all([user.settle(), jane.settle()]);
    expect(await server.engines.store.calls.underWay()).toEqual([]);
  };

  it.each(['user', 'jane'] as const)(
    '[CA25] [ME1] each of %s gets one clear error, and calls go on',
    async (name) => {
      const client = name === 'user' ? user : jane;
      await fc.assert(
        fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 12 }), async (frames) => {
          await client.settle();
          const before = client.frames.length;
          for (const each of frames) client.socket.send(each);
          await client.settle();
          const answers = client.frames.slice(before, -1);
          expect(answers).toHaveLength(frames.length);
          for (const answer of answers) expectClearError(answer);
        }),
        { numRuns: 100 },
      );
      await expectCallGoesThrough();
      expect(Object.prototype).not.toHaveProperty('callId');
    },
  );

  it('[CA25] in the midst of a call each gets one outcome, and the call is ended by its end alone', async () => {
    emit(user, 'call:initiate', { telecallerId: '15', callType: 'AUDIO' });
    const { data } = await jane.nextOf('call:incoming');
    emit(jane, 'call:accept', data ?? {});
    await user.nextOf('call:accepted');
    const { callId } = data ?? {};
    // Without `call:end`, which would be right.
    const wrong = fc.oneof(
      fc.tuple(fc.constantFrom('call:initiate', 'call:cancel', 'call:accept', 'call:reject'), payload),
      fc.constantFrom(
        ...['call:cancel', 'call:accept', 'call:reject'].map((type) => [type, { callId }] as const),
      ),
      fc.constantFrom(['call:initiate', { telecallerId: '15', callType: 'AUDIO' }] as const),
      fc.constantFrom(['call:initiate', { telecallerId: '16', callType: 'VIDEO' }] as const),
    );
    await fc.assert(
      fc.asyncProperty(wrong, fc.constantFrom(user, jane), async ([type, fields], client) => {
        await client.settle();
        const before = client.frames.length;
        client.send(json({ type, data: fields }));
        await client.settle();
        const answers = client.frames.slice(before, -1);
        expect(answers).toHaveLength(1);
        for (const answer of answers) expectClearError(answer);
      }),
      { numRuns: 100 },
    );
    expect((await server.engines.store.calls.byCallId(String(callId)))?.status).toBe('ACCEPTED');
    emit(user, 'call:end', { callId });
    await jane.nextOf('call:ended');
  });

  it('[CA25] by Socket.IO each is answered by its callback, and the connection lives', async () => {
    const auth = { token: await server.token('buyer2') };
    const client = await SocketIoClient.connect(`${server.http}/user`, { auth });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENTS, 'call:x'), payload, async (name, fields) => {
        const sent = JSON.parse(json({ fields })) as { readonly fields?: object };
        const answer = await client.ask(name, sent.fields);
        expect(answer).toMatchObject({ ok: false });
        const { error, code } = answer as { readonly error: string; readonly code: string };
        expect(error).toMatch(/\S/);
        expect(code).toMatch(/^[a-z_]+$/);
        expect(code).not.toBe('internal_error');
      }),
      { numRuns: 100 },
    );
    expect(client.disconnects).toEqual([]);
  });
});
