import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statesTold } from '../support/callHarness.ts';
import { AYESHA, CallScene, codeOf, JANE } from '../support/callScene.ts';

describe('calls while the store is away', () => {
  let scene: CallScene;
  beforeEach(async () => {
    scene = await CallScene.open();
  });
  afterEach(() => scene.close());

  it('[CA9] are refused to be begun, answered and ended, and nothing changes', async () => {
    const { harness, user, jane } = scene;
    const call = await scene.ring();
    harness.faults.isAway = true;
    expect(codeOf(await harness.calls.initiate(user, JANE, 'AUDIO'))).toBe('calls_unavailable');
    expect(codeOf(await harness.calls.accept(jane, call.callId))).toBe('calls_unavailable');
    expect(codeOf(await harness.calls.reject(jane, call.callId))).toBe('calls_unavailable');
    expect(codeOf(await harness.calls.cancel(user, call.callId))).toBe('calls_unavailable');
    expect(codeOf(await harness.calls.end(user, call.callId))).toBe('calls_unavailable');
    harness.faults.isAway = false;
    expect(codeOf(await harness.calls.accept(jane, call.callId))).toBe('done');
    expect(statesTold(user)).toEqual(['RINGING', 'ACCEPTED']);
  });

  it('[CA7] end once it is back, for a side that has gone meanwhile', async () => {
    const { harness, user, jane, database } = scene;
    const call = await scene.entered();
    harness.faults.isAway = true;
    jane.drop();
    await scene.clock.advance(2_000);
    harness.faults.isAway = false;
    await harness.recovered();
    expect(await scene.stored(call)).toMatchObject({ status: 'COMPLETED', coins: 10 });
    expect(statesTold(user)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
    expect((await database.store.calls.telecaller(JANE))?.presence).toBe('OFFLINE');
    expect(harness.presence).toEqual([`${JANE} ONLINE`, `${JANE} ON_CALL`, `${JANE} OFFLINE`]);
  });

  it.each([true, false])(
    '[CA9] whose beginning was stored (%s) and not confirmed are told once',
    async (isStored) => {
      const { harness, user, jane, database } = scene;
      Object.assign(harness.faults, { losesAnswerOf: 'begin', isStored });
      const answer = await harness.calls.initiate(user, JANE, 'AUDIO');
      expect(codeOf(answer)).toBe(isStored ? 'done' : 'calls_unavailable');
      await harness.quiet();
      const told = isStored ? ['RINGING'] : [];
      expect([statesTold(user), statesTold(jane)]).toEqual([told, told]);
      expect(await database.store.calls.underWay()).toHaveLength(told.length);
    },
  );

  it.each([true, false])(
    '[CA9] whose end was stored (%s) and not confirmed are told and charged once',
    async (isStored) => {
      const { harness, user, jane, database } = scene;
      const { callId } = await scene.entered();
      Object.assign(harness.faults, { losesAnswerOf: 'move', isStored });
      expect(codeOf(await harness.calls.end(user, callId))).toBe('done');
      await harness.quiet();
      for (const side of [user, jane]) expect(statesTold(side)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
      expect(await database.store.calls.coinBalance(AYESHA)).toBe(490);
      expect(codeOf(await harness.calls.end(jane, callId))).toBe('call_not_active');
    },
  );
});
