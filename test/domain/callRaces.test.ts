import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statesTold } from '../support/callHarness.ts';
import { CallScene, codeOf, BILAL, AYESHA, SANA } from '../support/callScene.ts';
import { hasEngine } from '../support/store.ts';

const KINDS = (['sqlite', 'mysql'] as const).filter(hasEngine);

describe.each(KINDS)('races about calls on %s', (kind) => {
  let scene: CallScene;
  beforeEach(async () => {
    scene = await CallScene.open(kind);
  });
  afterEach(() => scene.close());

  it('[CA9] a call is accepted or cancelled, never both, and both sides hear the same', async () => {
    const { harness, user, jane, database } = scene;
    for (let round = 0; round < 10; round += 1) {
      const { callId } = await scene.ring();
      const asked = [
        () => harness.calls.accept(jane, callId),
        () => harness.calls.cancel(user, callId),
        () => harness.calls.accept(jane, callId),
      ];
      if (round % 2 === 1) asked.reverse();
      const codes = (await Promise.all(asked.map((ask) => ask()))).map(codeOf);
      expect(codes.sort()).toEqual(['call_not_ringing', 'call_not_ringing', 'done']);
      await harness.calls.end(user, callId);
      await harness.quiet();
      const told = statesTold(user);
      expect(['RINGING CANCELLED', 'RINGING ACCEPTED COMPLETED']).toContain(told.join(' '));
      expect(statesTold(jane)).toEqual(told);
      for (const side of [user, jane]) side.told.splice(0);
      expect(await database.store.calls.underWay()).toEqual([]);
    }
  });

  it('[CA9] [CA10] an accepted call that everybody ends at once is ended and charged once', async () => {
    const { harness, user, jane, database } = scene;
    const call = await scene.entered(jane, 'VIDEO');
    await scene.clock.advance(30_000);
    const ends = [user, jane, user].map((side) => harness.calls.end(side, call.callId));
    user.drop();
    const codes = (await Promise.all(ends)).map(codeOf);
    await harness.quiet();
    expect(codes.filter((code) => code === 'done').length).toBeLessThanOrEqual(1);
    expect(statesTold(jane)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
    expect(await database.store.calls.coinBalance(AYESHA)).toBe(500 - 20);
  });

  it('[CA8] of users who call the same two telecallers at once each call has two people of its own', async () => {
    const { harness, user, jane, database } = scene;
    const sana = harness.connect('telecaller', SANA);
    const rival = harness.connect('caller', BILAL);
    await harness.quiet();
    const codes = await Promise.all(
      [user, rival].flatMap((caller) =>
        [jane, sana].map(async ({ userId }) => codeOf(await harness.calls.initiate(caller, userId, 'VIDEO'))),
      ),
    );
    const begun = await database.store.calls.underWay();
    expect(begun.length).toBe(codes.filter((code) => code === 'done').length);
    expect(begun.length).toBeGreaterThan(0);
    const people = begun.flatMap(({ caller, telecaller }) => [caller.id, telecaller.id]);
    expect(new Set(people).size).toBe(people.length);
    expect([jane, sana].flatMap((side) => statesTold(side))).toEqual(begun.map(() => 'RINGING'));
  });
});
