import jwt from 'jsonwebtoken';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AYESHA,
  call,
  type CallServer,
  emit,
  JANE,
  startCallServer,
  toldOfCalls,
} from '../support/callClients.ts';
import type { Frame, TestClient } from '../support/client.ts';
import { until } from '../support/processes.ts';
import { TRANSPORTS } from '../support/transports.ts';

const JANE_DETAILS = {
  ...JANE,
  language: 'hindi',
  about: 'Experienced telecaller with 5 years of experience.',
};
const anyCallId: unknown = expect.stringMatching(/^[0-9a-f]{24}$/);
const anyText: unknown = expect.any(String);
const anyNumber: unknown = expect.any(Number);
/** What a call that is ended at once comes to. */
const COST = { duration: anyNumber, coins: 10 };

describe.each(TRANSPORTS)('calls over %s', (transport) => {
  let server: CallServer;
  let user: TestClient;
  let jane: TestClient;
  afterEach(() => server.stop());

  const start = async (settings: Record<string, string> = {}) => {
    server = await startCallServer({ TRANSPORT: transport, ...settings });
    user = await server.user('buyer1');
    jane = await server.telecaller('jane_smith');
    expect(await presence()).toEqual({
      type: 'telecaller:presence-changed',
      data: { telecallerId: '15', presence: 'ONLINE', telecaller: JANE_DETAILS },
    });
  };
  const presence = () => user.nextOf('telecaller:presence-changed');
  const accept = async () => {
    const callId = await call(user, '15');
    emit(jane, 'call:accept', { callId });
    await jane.nextOf('call:accepted');
    await user.nextOf('call:accepted');
    return callId;
  };

  it('[CA2] [CA4] [CA5] [CA11] a successful call goes as the document draws it, to the last key', async () => {
    await start();
    emit(user, 'call:initiate', { telecallerId: '15', callType: 'AUDIO' }, 'mine');
    const incoming = await jane.nextOf('call:incoming');
    const callId = String(incoming.data?.['callId']);
    expect(incoming).toEqual({
      type: 'call:incoming',
      data: { callId: anyCallId, callType: 'AUDIO', caller: AYESHA },
    });
    expect(await user.next()).toEqual({ type: 'call:ringing', data: { callId, telecaller: JANE } });
    expect(await user.next()).toEqual({ type: 'ack', id: 'mine', data: { ok: true } });

    emit(jane, 'call:accept', { callId }, 'hers');
    const toUser = await user.next();
    expect(toUser).toEqual({
      type: 'call:accepted',
      data: { callId, livekit: { token: anyText, url: 'ws://localhost:7880', roomName: callId } },
    });
    const toJane = await jane.next();
    expect(toJane).toEqual({
      type: 'call:accepted',
      data: {
        callId,
        callType: 'AUDIO',
        caller: AYESHA,
        livekit: { token: anyText, url: 'ws://localhost:7880', roomName: callId },
      },
    });
    expect(credentialsIn(toUser)).toMatchObject({ sub: '1', name: 'Ayesha Khan', video: { room: callId } });
    expect(credentialsIn(toJane)).toMatchObject({ sub: '15', name: 'Jane Smith', video: { room: callId } });
    expect(await jane.next()).toEqual({ type: 'ack', id: 'hers', data: { ok: true } });
    expect(await presence()).toEqual({
      type: 'telecaller:presence-changed',
      data: { telecallerId: '15', presence: 'ON_CALL', telecaller: null },
    });

    emit(user, 'call:end', { callId });
    expect(await jane.next()).toEqual({ type: 'call:ended', data: { callId, ...COST } });
    expect((await presence()).data).toEqual({
      telecallerId: '15',
      presence: 'ONLINE',
      telecaller: JANE_DETAILS,
    });
    expect(toldOfCalls(user)).toEqual(['call:ringing', 'call:accepted']);
    jane.close();
    expect((await presence()).data).toEqual({ telecallerId: '15', presence: 'OFFLINE', telecaller: null });
  });

  it.each(['user', 'jane'] as const)(
    '[CA5] [CA10] [CA22] both sides are told the seconds and coins of a call that %s ends',
    async (ender) => {
      await start();
      const others = [await server.user('buyer1'), await server.telecaller('jane_smith')];
      const callId = await accept();
      const [ending, other] = ender === 'user' ? [user, jane] : [jane, user];
      emit(ending, 'call:end', { callId }, 'bye');
      const { data } = await other.nextOf('call:ended');
      expect(data).toEqual({ callId, ...COST });
      for (const each of others) expect((await each.nextOf('call:ended')).data).toEqual(data);
      const { duration, coins } = data ?? {};
      expect(await ending.nextThat(({ type }) => type === 'ack')).toEqual({
        type: 'ack',
        id: 'bye',
        data: { ok: true, duration, coins },
      });
      await ending.settle();
      expect(toldOfCalls(ending)).not.toContain('call:ended');
    },
  );

  it('[CA22] both sides are told the same when the last connection of one is gone', async () => {
    await start({ CALL_AUDIO_COINS_PER_MINUTE: '7' });
    const callId = await accept();
    user.socket.terminate();
    expect((await jane.nextOf('call:ended')).data).toEqual({ callId, ...COST, coins: 7 });
  });

  it('[CA20] only the connection that began the call is let into the room', async () => {
    await start();
    const other = await server.user('buyer1');
    const callId = await call(user, '15');
    emit(jane, 'call:accept', { callId });
    const accepted = await user.nextOf('call:accepted');
    expect(credentialsIn(accepted)).toMatchObject({ sub: '1', video: { room: callId } });
    await other.nextOf('call:ringing');
    expect(await other.next()).toEqual({ type: 'call:answered-elsewhere', data: { callId } });
    await Promise.all([user.settle(), other.settle()]);
    expect(toldOfCalls(user)).toEqual(['call:ringing', 'call:accepted']);
    expect(toldOfCalls(other)).toEqual(['call:ringing', 'call:answered-elsewhere']);
  });

  it('[CA20] where that connection is gone, the others of the caller are let in', async () => {
    await start();
    const other = await server.user('buyer1');
    const callId = await call(user, '15');
    user.socket.terminate();
    const late = await server.user('buyer1');
    await until(async () => {
      const { body } = await server.engines.metrics.page();
      expect(body).toContain('ringside_connections{route="/ws/user/"} 2');
    });
    emit(jane, 'call:accept', { callId });
    for (const each of [other, late]) {
      expect(credentialsIn(await each.nextOf('call:accepted'))).toMatchObject({ video: { room: callId } });
    }
  });

  it('[CA5] a rejected call goes as the document draws it', async () => {
    await start();
    const callId = await call(user, '15', 'VIDEO');
    expect((await jane.nextOf('call:incoming')).data).toEqual({ callId, callType: 'VIDEO', caller: AYESHA });
    emit(jane, 'call:reject', { callId }, 'no');
    expect(await user.next()).toEqual({ type: 'call:rejected', data: { callId } });
    expect(await jane.next()).toMatchObject({ type: 'ack', id: 'no' });
    await user.settle();
    expect(user.frames.filter(({ type }) => type === 'telecaller:presence-changed')).toHaveLength(1);
  });

  it('[CA5] a cancelled call goes as the document draws it', async () => {
    await start();
    const callId = await call(user, '15');
    emit(user, 'call:cancel', { callId }, 'no');
    expect(await user.next()).toMatchObject({ type: 'ack', id: 'no' });
    await jane.nextOf('call:incoming');
    expect(await jane.next()).toEqual({ type: 'call:cancelled', data: { callId } });
  });

  it('[CA6] a call that nobody answers is missed, and both sides are told', async () => {
    await start({ LIMIT_CALL_RING_MS: '50' });
    const callId = await call(user, '15');
    expect(await user.next()).toEqual({ type: 'call:missed', data: { callId } });
    await jane.nextOf('call:incoming');
    expect(await jane.next()).toEqual({ type: 'call:missed', data: { callId } });
    emit(jane, 'call:accept', { callId });
    expect(await jane.next()).toMatchObject({
      type: 'call:error',
      message: 'This call is no longer ringing.',
    });
  });

  it('[CA7] a ringing call whose caller is gone is missed; whose telecaller is gone, too', async () => {
    await start();
    const watcher = await server.user('buyer2');
    const first = await call(user, '15');
    await jane.nextOf('call:incoming');
    user.socket.terminate();
    expect(await jane.next()).toEqual({ type: 'call:missed', data: { callId: first } });
    const second = await call(watcher, '15');
    jane.socket.terminate();
    expect(await watcher.nextOf('call:missed')).toEqual({ type: 'call:missed', data: { callId: second } });
  });

  it('[CA7] an accepted call of whose one side the last connection is gone is completed', async () => {
    await start();
    const second = await server.user('buyer1');
    const callId = await accept();
    user.socket.terminate();
    emit(jane, 'call:end', { callId: 'f'.repeat(24) });
    expect(await jane.nextOf('call:error')).toMatchObject({ message: 'Call not found.' });
    second.socket.terminate();
    expect(await jane.next()).toEqual({ type: 'call:ended', data: { callId, ...COST } });
  });

  it('[CA2] [CA4] [CA5] every connection of both sides hears of the call; one device answers', async () => {
    await start();
    const other = await server.user('buyer1');
    const tablet = await server.telecaller('jane_smith');
    const callId = await call(user, '15');
    expect((await other.nextOf('call:ringing')).data).toEqual({ callId, telecaller: JANE });
    expect((await tablet.nextOf('call:incoming')).data).toMatchObject({ callId });
    emit(tablet, 'call:accept', { callId });
    expect((await tablet.next()).type).toBe('call:accepted');
    await jane.nextOf('call:incoming');
    expect(await jane.next()).toEqual({ type: 'call:answered-elsewhere', data: { callId } });
    await other.nextOf('call:answered-elsewhere');
    emit(user, 'call:end', { callId });
    expect((await other.nextOf('call:ended')).data).toEqual({ callId, ...COST });
    for (const device of [jane, tablet]) {
      expect(await device.nextOf('call:ended')).toEqual({ type: 'call:ended', data: { callId, ...COST } });
    }
    const next = await call(user, '15');
    emit(jane, 'call:reject', { callId: next });
    await tablet.nextOf('call:incoming');
    expect(await tablet.next()).toEqual({ type: 'call:answered-elsewhere', data: { callId: next } });
    const last = await call(user, '15');
    emit(user, 'call:cancel', { callId: last });
    expect(await other.nextOf('call:cancelled')).toEqual({ type: 'call:cancelled', data: { callId: last } });
  });

  it('[CA4] [CA9] of two devices that accept at the same instant one does', async () => {
    await start();
    const tablet = await server.telecaller('jane_smith');
    const callId = await call(user, '15');
    const devices = [jane, tablet];
    for (const device of devices) emit(device, 'call:accept', { callId }, 'mine');
    const outcomes = await Promise.all(devices.map((device) => device.nextThat(({ id }) => id === 'mine')));
    expect(outcomes.map(({ type }) => type).sort()).toEqual(['ack', 'call:error']);
    expect(outcomes.find(({ type }) => type === 'call:error')?.code).toBe('call_not_ringing');
    await until(() => {
      const told = devices.map((device) => toldOfCalls(device).sort());
      told.sort((left, right) => left.length - right.length);
      expect(told).toEqual([
        ['call:accepted', 'call:incoming'],
        ['call:answered-elsewhere', 'call:error', 'call:incoming'],
      ]);
    });
    await user.nextOf('call:accepted');
  });

  it('[CA8] of two users who call one telecaller at the same instant one gets through', async () => {
    await start();
    const rival = await server.user('buyer2');
    const callers = [user, rival];
    for (const caller of callers) {
      emit(caller, 'call:initiate', { telecallerId: '15', callType: 'AUDIO' }, 'mine');
    }
    const outcomes = await Promise.all(callers.map((caller) => caller.nextThat(({ id }) => id === 'mine')));
    expect(outcomes.map(({ message }) => message ?? 'rings').sort()).toEqual([
      'Jane Smith is busy on another call. Please try again later.',
      'rings',
    ]);
    await jane.settle();
    expect(toldOfCalls(jane)).toEqual(['call:incoming']);
  });

  it('[CA8] a user who calls two telecallers at the same instant gets through to one', async () => {
    await start();
    const sana = await server.telecaller('sana_noor');
    const other = await server.user('buyer1');
    emit(user, 'call:initiate', { telecallerId: '15', callType: 'AUDIO' }, 'mine');
    emit(other, 'call:initiate', { telecallerId: 16, callType: 'VIDEO' }, 'mine');
    const outcomes = await Promise.all([user, other].map((each) => each.nextThat(({ id }) => id === 'mine')));
    expect(outcomes.map(({ message }) => message ?? 'rings').sort()).toEqual([
      'You already have an active call.',
      'rings',
    ]);
    await Promise.all([jane.settle(), sana.settle()]);
    expect([...toldOfCalls(jane), ...toldOfCalls(sana)]).toEqual(['call:incoming']);
  });
});

/** What the token for the room says, as LiveKit would read it with the development key. */
function credentialsIn({ data }: Frame): unknown {
  const { token } = data?.['livekit'] as { readonly token: string };
  return jwt.verify(token, 'secret', { issuer: 'devkey' });
}
