import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../server/domain/call/call.ts';
import { AYESHA, CallScene, JANE } from '../support/callScene.ts';

describe('[CA23] a call whose room', () => {
  let scene: CallScene;
  beforeEach(async () => {
    scene = await CallScene.open();
  });
  afterEach(() => scene.close());

  const joined = ({ callId }: Call, userId: number) =>
    scene.harness.calls.mediaChanged({ kind: 'joined', roomName: callId, userId });
  const left = ({ callId }: Call, userId: number) =>
    scene.harness.calls.mediaChanged({ kind: 'left', roomName: callId, userId });
  const end = async (call: Call, durationMs = 61_000) => {
    await scene.clock.advance(durationMs);
    await scene.harness.calls.end(scene.user, call.callId);
    await scene.harness.quiet();
  };
  const expectCost = async (call: Call, coins: number) => {
    expect(await scene.stored(call)).toMatchObject({ status: 'COMPLETED', coins });
    expect(await scene.database.store.calls.coinBalance(AYESHA)).toBe(500 - coins);
    expect(scene.jane.told.at(-1)?.call).toMatchObject({ status: 'COMPLETED', coins });
  };

  it('no one entered costs nothing, however long it was, and its duration stays', async () => {
    const call = await scene.accepted();
    await end(call, 50_000);
    await expectCost(call, 0);
    expect(await scene.stored(call)).toMatchObject({ durationSeconds: 50 });
  });

  it('no one entered costs nothing when it ends by that', async () => {
    const call = await scene.accepted();
    await scene.harness.tick(60_000);
    await expectCost(call, 0);
  });

  it.each([AYESHA, JANE])('one side entered costs as any other (user %i)', async (userId) => {
    const call = await scene.accepted();
    scene.harness.rooms.enter(call.callId, userId);
    await joined(call, userId);
    await end(call, 30_000);
    await expectCost(call, 10);
  });

  it('was entered and left again costs as any other', async () => {
    const call = await scene.accepted();
    await joined(call, AYESHA);
    await left(call, AYESHA);
    await end(call, 30_000);
    await expectCost(call, 10);
  });

  it('was left, as the only news that came, costs as any other', async () => {
    const call = await scene.accepted();
    await left(call, JANE);
    await end(call, 30_000);
    await expectCost(call, 10);
  });

  it('someone is in costs as any other without news of it', async () => {
    const call = await scene.accepted();
    scene.harness.rooms.enter(call.callId, JANE);
    await end(call, 30_000);
    await expectCost(call, 10);
  });

  it('someone was in when it was asked about costs as any other', async () => {
    const call = await scene.accepted();
    for (const userId of [AYESHA, JANE]) scene.harness.rooms.enter(call.callId, userId);
    await scene.harness.tick(60_000);
    for (const userId of [AYESHA, JANE]) scene.harness.rooms.leave(call.callId, userId);
    await end(call, 1_000);
    await expectCost(call, 20);
  });

  it('a stranger entered costs nothing', async () => {
    const call = await scene.accepted();
    scene.harness.rooms.enter(call.callId, 2);
    await joined(call, 2);
    await end(call, 30_000);
    await expectCost(call, 0);
  });

  it('the media server says nothing of costs as any other', async () => {
    const call = await scene.accepted();
    scene.harness.rooms.state = 'away';
    await end(call, 30_000);
    await expectCost(call, 10);
  });

  it('no one entered costs nothing after a restart', async () => {
    const unused = await scene.accepted();
    await scene.clock.advance(1_000);
    await scene.restart();
    expect(await scene.stored(unused)).toMatchObject({ status: 'COMPLETED', coins: 0 });
  });
});

describe('the room of a call that is over', () => {
  let scene: CallScene;
  beforeEach(async () => {
    scene = await CallScene.open();
  });
  afterEach(() => scene.close());

  it('[CA27] is closed again when someone comes to it', async () => {
    const { harness, user } = scene;
    const call = await scene.entered();
    await harness.calls.end(user, call.callId);
    await harness.rooms.openRoom(call.callId);
    await harness.calls.mediaChanged({ kind: 'left', roomName: call.callId, userId: AYESHA });
    expect(harness.rooms.has(call.callId)).toBe(true);
    await harness.calls.mediaChanged({ kind: 'joined', roomName: call.callId, userId: AYESHA });
    expect(harness.rooms.has(call.callId)).toBe(false);
    expect(await scene.stored(call)).toMatchObject({ status: 'COMPLETED', coins: 10 });
  });

  it('[CA27] is said in the log when it cannot be closed', async () => {
    const { harness, user } = scene;
    const call = await scene.entered();
    await harness.calls.end(user, call.callId);
    harness.rooms.state = 'away';
    await harness.calls.mediaChanged({ kind: 'joined', roomName: call.callId, userId: AYESHA });
    expect(harness.log.messages('warn')).toEqual(['a room was entered after its call, and is not closed']);
  });
});
