import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, type CallServer, emit, startCallServer } from '../support/callClients.ts';
import type { Frame, TestClient } from '../support/client.ts';
import { findLiveKit, type LiveKitProgram, startLiveKitProgram } from '../support/livekitServer.ts';
import { until } from '../support/processes.ts';
import { RoomGuests } from '../support/roomGuests.ts';

const program = findLiveKit();

describe.skipIf(program === null)('[CA26] calls with a LiveKit server', () => {
  let livekit: LiveKitProgram;
  let guests: RoomGuests;
  let server: CallServer;
  let user: TestClient;
  let jane: TestClient;
  beforeAll(async () => {
    livekit = await startLiveKitProgram(program ?? '');
    guests = new RoomGuests();
  });
  afterEach(async () => {
    livekit.handOnTo(null);
    await server.stop();
  });
  afterAll(async () => {
    await guests.stop();
    await livekit.stop();
  });

  const start = async (settings: Record<string, string> = {}) => {
    server = await startCallServer({ ...livekit.settings, ...settings });
    livekit.handOnTo(server.http);
    user = await server.user('buyer1');
    jane = await server.telecaller('jane_smith');
  };
  /** They have a call; each side has the token for its room. */
  const accepted = async () => {
    const callId = await call(user, '15');
    emit(jane, 'call:accept', { callId });
    const [toUser, toJane] = [await user.nextOf('call:accepted'), await jane.nextOf('call:accepted')];
    return { callId, tokens: { user: tokenIn(toUser), jane: tokenIn(toJane) } };
  };
  const enter = (token: string) => guests.enter(livekit.url, token);
  const awaited = async () => {
    const { deadlines } = server.engines.store;
    const all = await deadlines.of(['call_caller_absent', 'call_telecaller_absent']);
    return all.map(({ kind }) => kind).toSorted();
  };
  const expectAwaited = (...kinds: string[]) => until(async () => expect(await awaited()).toEqual(kinds));
  const ended = async (callId: string, coins: number) => {
    for (const side of [user, jane]) {
      expect((await side.nextOf('call:ended')).data).toMatchObject({ callId, coins });
    }
  };

  it('[CA13] [CA14] [CA15] both sides talk, and the end of the call is the end of the room', async () => {
    await start();
    const { callId, tokens } = await accepted();
    expect(await awaited()).toEqual(['call_caller_absent', 'call_telecaller_absent']);
    const caller = await enter(tokens.user);
    await expectAwaited('call_telecaller_absent');
    const telecaller = await enter(tokens.jane);
    await expectAwaited();
    expect((await server.engines.media?.participants(callId))?.toSorted()).toEqual([1, 15]);
    emit(user, 'call:end', { callId }, 'bye');
    expect((await user.nextOf('ack')).data).toMatchObject({ ok: true, coins: 10 });
    expect((await jane.nextOf('call:ended')).data).toMatchObject({ callId, coins: 10 });
    await Promise.all([caller.gone, telecaller.gone]);
    expect(await server.engines.media?.participants(callId)).toEqual([]);
  });

  it('[CA15] who leaves the room has a while to come back, and is waited for no longer once there', async () => {
    await start();
    const { callId, tokens } = await accepted();
    const caller = await enter(tokens.user);
    await enter(tokens.jane);
    await expectAwaited();
    await caller.leave();
    await expectAwaited('call_caller_absent');
    await enter(tokens.user);
    await expectAwaited();
    expect((await server.engines.store.calls.byCallId(callId))?.status).toBe('ACCEPTED');
  });

  it('[CA15] [CA23] a call to whose room no one comes is over, and costs nothing', async () => {
    await start({ LIMIT_CALL_ABSENT_MS: '50' });
    const { callId } = await accepted();
    await ended(callId, 0);
  });

  it('[CA15] [CA23] a call whose room one side has left is over, and costs', async () => {
    await start({ LIMIT_CALL_ABSENT_MS: '50' });
    const callId = await call(user, '15');
    // They are there before they are missed: a room is entered by any good token.
    const enterAs = async (id: number) => {
      const entry = { roomName: callId, userId: id, displayName: `user ${id}`, hasVideo: false };
      const credentials = await server.engines.media?.credentials(entry);
      return enter(credentials?.token ?? '');
    };
    const caller = await enterAs(1);
    await enterAs(15);
    emit(jane, 'call:accept', { callId });
    await user.nextOf('call:accepted');
    await expectAwaited();
    expect((await server.engines.store.calls.byCallId(callId))?.status).toBe('ACCEPTED');
    await caller.leave();
    await ended(callId, 10);
  });

  it('[CA15] [CA23] a room that LiveKit ends is the end of the call', async () => {
    await start();
    const { callId, tokens } = await accepted();
    await enter(tokens.jane);
    await expectAwaited('call_caller_absent');
    await server.engines.media?.closeRoom(callId);
    await ended(callId, 10);
  });

  it('[CA23] a call that is ended before anyone enters its room costs nothing', async () => {
    await start();
    const { callId } = await accepted();
    emit(jane, 'call:end', { callId }, 'bye');
    expect((await user.nextOf('call:ended')).data).toMatchObject({ callId, coins: 0 });
    expect((await jane.nextOf('ack')).data).toMatchObject({ coins: 0 });
    expect(await server.engines.store.calls.coinBalance(1)).toBe(500);
  });

  it('[CA23] a call costs where someone was in its room, also without news of it', async () => {
    await start();
    livekit.handOnTo(null);
    const { callId, tokens } = await accepted();
    await enter(tokens.user);
    emit(user, 'call:end', { callId }, 'bye');
    expect((await user.nextOf('ack')).data).toMatchObject({ coins: 10 });
  });

  it('[CA27] who comes back after the call, by a token that is still good, does not stay', async () => {
    await start();
    const { callId, tokens } = await accepted();
    emit(user, 'call:end', { callId });
    await jane.nextOf('call:ended');
    await until(() =>
      expect(livekit.deliveriesOf(callId).map(({ about }) => about)).toContain('room_finished'),
    );
    const late = await enter(tokens.user);
    await late.gone;
  });
});

function tokenIn({ data }: Frame): string {
  const { token } = data?.['livekit'] as { readonly token: string };
  return token;
}
