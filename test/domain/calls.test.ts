import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CallConnection, statesTold } from '../support/callHarness.ts';
import { AYESHA, BILAL, CallScene, codeOf, JANE, NEWCOMER, SANA } from '../support/callScene.ts';
import { until } from '../support/processes.ts';
import { rawWrite } from '../support/store.ts';

describe('calls', () => {
  let scene: CallScene;
  let user: CallConnection;
  let jane: CallConnection;
  beforeEach(async () => {
    scene = await CallScene.open();
    ({ user, jane } = scene);
  });
  afterEach(() => scene.close());

  it('[CA3] are refused to a user who has just been blocked, before anything of the telecaller', async () => {
    await rawWrite(scene.database.databaseUrl, `UPDATE users SET is_blocked = 1 WHERE id = ${AYESHA}`);
    expect(await scene.harness.calls.initiate(user, 999, 'AUDIO')).toEqual({
      kind: 'refused',
      refusal: {
        code: 'account_unavailable',
        message: 'Your account is not available. Please contact support.',
      },
    });
  });

  describe('that ring', () => {
    it('[CA6] are missed after 30,000 ms, and not sooner', async () => {
      const call = await scene.ring();
      await scene.harness.tick(29_999);
      expect(await scene.statusOf(call)).toBe('RINGING');
      await scene.harness.tick(1);
      expect(await scene.stored(call)).toMatchObject({
        status: 'MISSED',
        endedAtMs: scene.clock.nowMs(),
        coins: 0,
      });
      expect([statesTold(user), statesTold(jane)]).toEqual([
        ['RINGING', 'MISSED'],
        ['RINGING', 'MISSED'],
      ]);
      await scene.ring();
    });

    it('[CA6] and are accepted in time are not missed', async () => {
      const call = await scene.ring();
      await scene.harness.tick(29_999);
      expect(codeOf(await scene.harness.calls.accept(jane, call.callId))).toBe('done');
      await scene.harness.tick(1);
      expect(await scene.statusOf(call)).toBe('ACCEPTED');
    });

    it.each(['caller', 'telecaller'] as const)('[CA7] are missed when the %s is gone', async (side) => {
      const call = await scene.ring();
      const [gone, left] = side === 'caller' ? [user, jane] : [jane, user];
      gone.drop();
      await scene.harness.quiet();
      expect(await scene.statusOf(call)).toBe('MISSED');
      expect(statesTold(left)).toEqual(['RINGING', 'MISSED']);
      expect(statesTold(gone)).toEqual(['RINGING']);
    });

    it('[CA7] go on while one connection of each side is there', async () => {
      const [secondOfUser, secondOfJane] = [
        scene.harness.connect('caller', AYESHA),
        scene.harness.connect('telecaller', JANE),
      ];
      const call = await scene.ring();
      user.drop();
      jane.drop();
      await scene.harness.quiet();
      expect(await scene.statusOf(call)).toBe('RINGING');
      expect(codeOf(await scene.harness.calls.accept(secondOfJane, call.callId))).toBe('done');
      secondOfJane.drop();
      await scene.harness.quiet();
      expect(await scene.statusOf(call)).toBe('COMPLETED');
      expect(statesTold(secondOfUser)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
    });

    it('[CA7] and whose side comes back at once are over all the same; the next call is not', async () => {
      const call = await scene.ring();
      user.drop();
      const back = scene.harness.connect('caller', AYESHA);
      await scene.harness.quiet();
      expect(await scene.statusOf(call)).toBe('MISSED');
      expect(statesTold(back)).toEqual(['MISSED']);
      const next = await scene.ring(jane, 'AUDIO', back);
      await scene.harness.quiet();
      expect(await scene.statusOf(next)).toBe('RINGING');
    });

    it('[CA7] and begin while their telecaller goes are missed', async () => {
      let begin: () => void = () => undefined;
      scene.harness.faults.beginsAfter = new Promise((resolve) => (begin = resolve));
      const beginning = scene.ring();
      await until(() => expect(scene.harness.faults.isBeginning).toBe(true));
      jane.drop();
      await until(() => expect(scene.harness.presence.at(-1)).toBe(`${JANE} OFFLINE`));
      begin();
      const call = await beginning;
      expect(await scene.statusOf(call)).toBe('MISSED');
      expect(statesTold(user)).toEqual(['RINGING', 'MISSED']);
    });

    it('[CA4] ring on where the media server makes no room', async () => {
      const call = await scene.ring();
      scene.harness.rooms.state = 'away';
      expect(codeOf(await scene.harness.calls.accept(jane, call.callId))).toBe('room_unavailable');
      expect(await scene.statusOf(call)).toBe('RINGING');
      scene.harness.rooms.state = 'there';
      expect(codeOf(await scene.harness.calls.accept(jane, call.callId))).toBe('done');
      expect(jane.told.at(-1)?.credentials).toEqual({
        caller: { token: `AUDIO ${call.callId} ${AYESHA}`, url: 'memory:', roomName: call.callId },
        telecaller: { token: `AUDIO ${call.callId} ${JANE}`, url: 'memory:', roomName: call.callId },
      });
    });
  });

  describe('that are accepted', () => {
    it.each([
      [0, 0, 10],
      [59_999, 59, 10],
      [60_000, 60, 10],
      [60_001, 60, 20],
    ])('[CA10] for %i ms last %i s and cost %i coins', async (talkedMs, durationSeconds, coins) => {
      const call = await scene.accepted();
      for (const side of [user, jane]) {
        scene.harness.rooms.enter(call.callId, side.userId);
        await scene.harness.calls.mediaChanged({
          kind: 'joined',
          roomName: call.callId,
          userId: side.userId,
        });
      }
      await scene.harness.tick(talkedMs);
      await scene.harness.calls.end(user, call.callId);
      expect(await scene.stored(call)).toMatchObject({ status: 'COMPLETED', durationSeconds, coins });
      expect(await scene.database.store.calls.coinBalance(AYESHA)).toBe(500 - coins);
      expect(await scene.database.store.calls.coinBalance(JANE)).toBe(0);
    });

    it('[CA10] cost what the telecaller, or else the default, takes for their type; more than there is, too', async () => {
      const sana = scene.harness.connect('telecaller', SANA);
      await scene.harness.quiet();
      await rawWrite(scene.database.databaseUrl, `UPDATE users SET coins = 20 WHERE id = ${AYESHA}`);
      const costs = [
        [jane, 'VIDEO', 0],
        [sana, 'AUDIO', -5],
        [sana, 'VIDEO', -17],
      ] as const;
      for (const [telecaller, type, left] of costs) {
        const { callId } = await scene.entered(telecaller, type);
        await scene.harness.calls.end(telecaller, callId);
        expect(await scene.database.store.calls.coinBalance(AYESHA)).toBe(left);
      }
    });

    it('[CA10] are charged from when the room is there', async () => {
      const { callId } = await scene.ring();
      const opening = scene.harness.rooms.openRoom.bind(scene.harness.rooms);
      scene.harness.rooms.openRoom = async (id) => {
        await scene.clock.advance(2_000);
        return opening(id);
      };
      await scene.harness.calls.accept(jane, callId);
      await scene.harness.calls.end(user, callId);
      expect(user.told.at(-1)?.call).toMatchObject({ status: 'COMPLETED', durationSeconds: 0 });
    });

    it.each(['caller', 'telecaller'] as const)('[CA7] are completed when the %s is gone', async (side) => {
      const call = await scene.entered();
      await scene.harness.tick(1_500);
      const [gone, left] = side === 'caller' ? [user, jane] : [jane, user];
      gone.drop();
      await scene.harness.quiet();
      expect(await scene.stored(call)).toMatchObject({ status: 'COMPLETED', durationSeconds: 1, coins: 10 });
      expect(statesTold(left)).toEqual(['RINGING', 'ACCEPTED', 'COMPLETED']);
      expect(scene.harness.presence.at(-1)).toBe(`${JANE} ${side === 'caller' ? 'ONLINE' : 'OFFLINE'}`);
    });
  });

  describe('and their telecallers', () => {
    it('[CA11] come, go, begin and end calls; each is told once', async () => {
      const call = await scene.accepted();
      const second = scene.harness.connect('telecaller', JANE);
      await scene.harness.quiet();
      second.drop();
      await scene.harness.calls.end(user, call.callId);
      jane.drop();
      await scene.harness.quiet();
      expect(scene.harness.presence).toEqual([
        `${JANE} ONLINE`,
        `${JANE} ON_CALL`,
        `${JANE} ONLINE`,
        `${JANE} OFFLINE`,
      ]);
    });

    it('[CA11] are heard of as being on a call even where it ends at once', async () => {
      const { callId } = await scene.ring();
      const accepting = scene.harness.calls.accept(jane, callId);
      await Promise.all([accepting, accepting.then(() => scene.harness.calls.end(user, callId))]);
      await scene.harness.quiet();
      expect(scene.harness.presence).toEqual([`${JANE} ONLINE`, `${JANE} ON_CALL`, `${JANE} ONLINE`]);
    });

    it('[CA11] are not heard of until they are approved, and cannot be called', async () => {
      scene.harness.connect('telecaller', NEWCOMER);
      await scene.harness.quiet();
      expect(scene.harness.presence).toEqual([`${JANE} ONLINE`]);
      expect(await scene.harness.calls.initiate(user, NEWCOMER, 'AUDIO')).toMatchObject({
        refusal: { code: 'telecaller_not_found' },
      });
    });

    it('[CA7] are not taken for present because the same person calls others', async () => {
      await scene.database.store.calls.saveTelecaller(BILAL, {
        language: 'urdu',
        about: '',
        isApproved: true,
        audioCoinsPerMinute: null,
        videoCoinsPerMinute: null,
      });
      scene.harness.connect('caller', BILAL);
      const asTelecaller = scene.harness.connect('telecaller', BILAL);
      await scene.harness.quiet();
      const call = await scene.ring(asTelecaller);
      asTelecaller.drop();
      await scene.harness.quiet();
      expect(await scene.statusOf(call)).toBe('MISSED');
      expect(scene.harness.presence.at(-1)).toBe(`${BILAL} OFFLINE`);
    });
  });

  describe('of a server that is killed', () => {
    it('[CA17] are over at the next start, and nobody is online', async () => {
      const sana = scene.harness.connect('telecaller', SANA);
      const rival = scene.harness.connect('caller', BILAL);
      await scene.harness.quiet();
      const ringing = await scene.ring(sana, 'AUDIO', rival);
      const talking = await scene.entered();
      await scene.harness.tick(1_000);
      await scene.restart();
      expect(await scene.statusOf(ringing)).toBe('MISSED');
      expect(await scene.stored(talking)).toMatchObject({
        status: 'COMPLETED',
        durationSeconds: 1,
        coins: 10,
      });
      for (const { userId } of [jane, sana]) {
        expect((await scene.database.store.calls.telecaller(userId))?.presence).toBe('OFFLINE');
      }
      user = scene.harness.connect('caller', AYESHA);
      jane = scene.harness.connect('telecaller', JANE);
      await scene.harness.quiet();
      await scene.ring(jane, 'AUDIO', user);
    });
  });
});
