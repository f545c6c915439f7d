import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../server/domain/call/call.ts';
import { statesTold } from '../support/callHarness.ts';
import { BILAL, CallScene, codeOf, SANA } from '../support/callScene.ts';

describe('who is absent from the room of a call', () => {
  let scene: CallScene;
  beforeEach(async () => {
    scene = await CallScene.open();
  });
  afterEach(() => scene.close());

  const enters = async ({ callId }: Call, userId: number) => {
    scene.harness.rooms.enter(callId, userId);
    await scene.harness.calls.mediaChanged({ kind: 'joined', roomName: callId, userId });
  };
  const leaves = async ({ callId }: Call, userId: number) => {
    scene.harness.rooms.leave(callId, userId);
    await scene.harness.calls.mediaChanged({ kind: 'left', roomName: callId, userId });
  };
  const sides = () => [scene.user.userId, scene.jane.userId];
  /** A call whose both sides are in the room. */
  const talking = async () => {
    const call = await scene.accepted();
    for (const userId of sides()) await enters(call, userId);
    return call;
  };

  it('[CA15] and never comes ends it 60,000 ms after it was accepted, and not sooner', async () => {
    const { harness, user, jane } = scene;
    const call = await scene.accepted();
    await enters(call, user.userId);
    await harness.tick(59_999);
    expect(await scene.statusOf(call)).toBe('ACCEPTED');
    await harness.tick(1);
    expect(await scene.stored(call)).toMatchObject({ status: 'COMPLETED', durationSeconds: 60, coins: 10 });
    for (const side of [user, jane]) expect(statesTold(side)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
    await scene.ring();
  });

  it.each([0, 1])('[CA15] and has left ends it 60,000 ms later (side %i)', async (index) => {
    const { harness } = scene;
    const call = await talking();
    const userId = sides()[index] ?? 0;
    await harness.tick(100_000);
    await leaves(call, userId);
    await harness.tick(59_999);
    expect(await scene.statusOf(call)).toBe('ACCEPTED');
    await harness.tick(1);
    expect(await scene.statusOf(call)).toBe('COMPLETED');
  });

  it('[CA15] and comes back in time does not end it', async () => {
    const { harness, jane } = scene;
    const call = await talking();
    for (let times = 0; times < 3; times += 1) {
      await leaves(call, jane.userId);
      await harness.tick(59_999);
      await enters(call, jane.userId);
      await harness.tick(60_001);
    }
    expect(await scene.statusOf(call)).toBe('ACCEPTED');
  });

  it('[CA15] according to news that is old or lost, and is there, does not end it', async () => {
    const { harness, user, jane } = scene;
    const call = await scene.accepted();
    for (const { userId } of [user, jane]) harness.rooms.enter(call.callId, userId);
    await harness.calls.mediaChanged({ kind: 'left', roomName: call.callId, userId: user.userId });
    await harness.tick(60_000);
    await harness.tick(60_000);
    expect(await scene.statusOf(call)).toBe('ACCEPTED');
    expect(await scene.database.store.deadlines.nextDueAtMs()).toBeGreaterThan(scene.clock.nowMs());
  });

  it('[CA15] is asked about again while the media server is away', async () => {
    const { harness } = scene;
    const call = await scene.accepted();
    harness.rooms.state = 'away';
    await harness.tick(60_000);
    await harness.tick(10_000);
    expect(await scene.statusOf(call)).toBe('ACCEPTED');
    harness.rooms.state = 'there';
    await harness.tick(5_000);
    expect(await scene.statusOf(call)).toBe('COMPLETED');
  });

  it('[CA15] keeps no other deadline waiting while the media server does not answer', async () => {
    const { harness } = scene;
    const sana = harness.connect('telecaller', SANA);
    const rival = harness.connect('caller', BILAL);
    await harness.quiet();
    await scene.accepted();
    await harness.tick(40_000);
    const ringing = await scene.ring(sana, 'AUDIO', rival);
    harness.rooms.state = 'silent';
    await scene.clock.advance(20_000);
    await harness.asleep();
    await scene.clock.advance(10_000);
    await harness.asleep();
    expect(await scene.statusOf(ringing)).toBe('MISSED');
  });

  it('[CA15] is nobody once the room is finished: the call is over', async () => {
    const { harness, user, jane } = scene;
    const call = await talking();
    await harness.calls.mediaChanged({ kind: 'finished', roomName: call.callId });
    expect(await scene.statusOf(call)).toBe('COMPLETED');
    for (const side of [user, jane]) expect(statesTold(side).at(-1)).toBe('COMPLETED');
  });

  it('[CA15] is not looked for among strangers, in unknown rooms, or before and after a call goes on', async () => {
    const { harness, user, jane, database } = scene;
    const ringing = await scene.ring();
    const news = async (callId: string, userId: number) => {
      await harness.calls.mediaChanged({ kind: 'left', roomName: callId, userId });
      await harness.calls.mediaChanged({ kind: 'joined', roomName: callId, userId });
    };
    await news(ringing.callId, user.userId);
    await news('unknown', user.userId);
    await harness.calls.mediaChanged({ kind: 'finished', roomName: ringing.callId });
    await harness.calls.mediaChanged({ kind: 'other' });
    expect(await scene.statusOf(ringing)).toBe('RINGING');
    expect(codeOf(await harness.calls.accept(jane, ringing.callId))).toBe('done');
    for (const userId of sides()) await enters(ringing, userId);
    await leaves(ringing, BILAL);
    expect(await database.store.deadlines.of(['call_caller_absent', 'call_telecaller_absent'])).toEqual([]);
    await harness.calls.end(user, ringing.callId);
    await leaves(ringing, user.userId);
    await harness.tick(120_000);
    expect(statesTold(user)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
  });
});
