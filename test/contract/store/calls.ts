import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../server/engines/store/store.ts';
import { rawRows, rawWrite, type TestStore } from '../../support/store.ts';
import { begun, deadlinesOf, DETAILS, moved, moveOf, newCall } from './callScripts.ts';
import { crowd, NOW_MS, type OpenStore } from './scripts.ts';

const RING_MS = 30_000;
const MINUTE_MS = 60_000;
const COINS = 500;

/** Calls and what they leave behind. */
export function callContract(open: OpenStore): void {
  describe('calls', () => {
    let test: TestStore;
    let store: Store;
    let next = 1;
    /** Two who have never called. */
    let caller: number;
    let telecaller: number;
    beforeAll(async () => {
      test = await open(crowd(80, 1));
      store = test.store;
    });
    beforeEach(async () => {
      [caller, telecaller] = [next, next + 1];
      next += 2;
      await store.calls.saveTelecaller(telecaller, DETAILS);
      await store.calls.setPresence(telecaller, 'ONLINE');
    });
    afterAll(() => test.close());

    const presence = async () => (await store.calls.telecaller(telecaller))?.presence;
    const balance = () => store.calls.coinBalance(caller);
    const roomsToClose = (userId: number) =>
      rawRows(
        test.databaseUrl,
        `SELECT data, status, auction_id, due_at FROM outbox WHERE kind = 'close_room' AND user_id = ${userId}`,
      );

    it('[CA19] are found by both their names and by both sides while they ring', async () => {
      const wanted = newCall(caller, telecaller, { type: 'VIDEO', coinsPerMinute: 7 });
      const started = await store.calls.begin(wanted, NOW_MS + RING_MS);
      const call = started.kind === 'begun' ? started.call : null;
      expect(call).toEqual({
        ...wanted,
        id: expect.any(Number) as number,
        status: 'RINGING',
        acceptedAtMs: null,
        endedAtMs: null,
        isRoomUsed: false,
        durationSeconds: 0,
        coins: 0,
      });
      expect(await store.calls.byId(call?.id ?? 0)).toEqual(call);
      expect(await store.calls.byCallId(wanted.callId)).toEqual(call);
      expect(await store.calls.underWayOf(caller)).toEqual(call);
      expect(await store.calls.underWayOf(telecaller)).toEqual(call);
      expect(await store.calls.underWay()).toContainEqual(call);
      expect(await store.calls.telecaller(telecaller)).toMatchObject({ isBusy: true, presence: 'ONLINE' });
      expect(await deadlinesOf(store, call?.id ?? 0)).toEqual([
        { kind: 'call_unanswered', subjectId: call?.id, dueAtMs: NOW_MS + RING_MS },
      ]);
    });

    it('[CA19] are not found by another name', async () => {
      const { callId } = await begun(store, caller, telecaller);
      for (const other of [`${callId} `, callId.toUpperCase() + 'F', '', '0'.repeat(24)]) {
        expect(await store.calls.byCallId(other)).toBe(null);
      }
      expect(await store.calls.byId(2 ** 53 - 1)).toBe(null);
      expect(await store.calls.underWayOf(999_999)).toBe(null);
    });

    it('[CA19] ring without a deadline where none is wanted', async () => {
      const { id } = await begun(store, caller, telecaller);
      expect(await deadlinesOf(store, id)).toEqual([]);
    });

    it('[CA19] show display names, and usernames where there are none', async () => {
      await rawWrite(
        test.databaseUrl,
        `UPDATE users SET name = 'Ayesha ✨', profile = 'avatar-1' WHERE id = ${caller}`,
      );
      await rawWrite(test.databaseUrl, `UPDATE users SET name = '' WHERE id = ${telecaller}`);
      const { id } = await begun(store, caller, telecaller);
      expect(await store.calls.byId(id)).toMatchObject({
        caller: { id: caller, name: 'Ayesha ✨', profile: 'avatar-1' },
        telecaller: { id: telecaller, name: `user${telecaller}`, profile: null },
      });
      expect(await store.calls.telecaller(telecaller)).toMatchObject({ name: `user${telecaller}` });
    });

    it('[CA8] are not begun with anybody who is in one, and then leave nothing', async () => {
      await store.calls.saveTelecaller(caller, DETAILS);
      const { id } = await begun(store, caller, telecaller);
      const [other, third] = [next, next + 1];
      next += 2;
      const refusals: [number, number, string][] = [
        [other, telecaller, 'telecaller_busy'],
        [caller, third, 'caller_busy'],
        // Of two reasons the telecaller's is told.
        [caller, telecaller, 'telecaller_busy'],
        [telecaller, caller, 'telecaller_busy'],
        [telecaller, third, 'caller_busy'],
      ];
      for (const [from, to, kind] of refusals) {
        const wanted = newCall(from, to);
        expect(await store.calls.begin(wanted, NOW_MS + RING_MS)).toEqual({ kind });
        expect(await store.calls.byCallId(wanted.callId)).toBe(null);
      }
      expect(await store.calls.underWayOf(other)).toBe(null);
      expect(await store.calls.underWayOf(third)).toBe(null);
      expect((await store.calls.underWayOf(caller))?.id).toBe(id);
    });

    it('[CA19] go on once they are accepted: the deadlines are new, and the telecaller is on call', async () => {
      const ringing = await begun(store, caller, telecaller, {}, NOW_MS + RING_MS);
      const kinds = ['call_caller_absent', 'call_telecaller_absent'] as const;
      const dueAtMs = NOW_MS + MINUTE_MS;
      const deadlines = kinds.map((kind) => ({ kind, subjectId: ringing.id, dueAtMs }));
      const call = await moved(store, ringing, 'accept', NOW_MS + 5, { deadlines });
      expect(await store.calls.byId(ringing.id)).toEqual(call);
      expect(call).toMatchObject({ status: 'ACCEPTED', acceptedAtMs: NOW_MS + 5 });
      expect(await deadlinesOf(store, ringing.id)).toEqual(deadlines);
      expect(await presence()).toBe('ON_CALL');
      expect(await store.calls.underWayOf(caller)).toEqual(call);
      expect(await store.calls.underWay()).toContainEqual(call);
      expect(await balance()).toBe(COINS);
      expect(await roomsToClose(caller)).toEqual([]);
    });

    it('[CA10] cost the caller what they say when they are completed, and both sides are free', async () => {
      const ringing = await begun(store, caller, telecaller);
      const kinds = ['call_caller_absent', 'call_telecaller_absent'] as const;
      const deadlines = kinds.map((kind) => ({ kind, subjectId: ringing.id, dueAtMs: NOW_MS }));
      const accepted = await moved(store, ringing, 'accept', NOW_MS, { deadlines });
      const endedAtMs = NOW_MS + MINUTE_MS + 1_500;
      const call = await moved(store, accepted, 'end', endedAtMs, { closesRoom: true });
      expect(await store.calls.byCallId(ringing.callId)).toEqual(call);
      expect(call).toMatchObject({ status: 'COMPLETED', endedAtMs, durationSeconds: 61, coins: 20 });
      expect(await balance()).toBe(COINS - 20);
      expect(await store.calls.coinBalance(telecaller)).toBe(COINS);
      expect(await presence()).toBe('ONLINE');
      expect(await store.calls.underWayOf(caller)).toBe(null);
      expect(await store.calls.underWayOf(telecaller)).toBe(null);
      expect(await store.calls.telecaller(telecaller)).toMatchObject({ isBusy: false });
      expect(await deadlinesOf(store, ringing.id)).toEqual([]);
      expect(await roomsToClose(caller)).toEqual([
        [JSON.stringify({ callId: ringing.callId }), 'pending', 0, endedAtMs],
      ]);
      expect((await begun(store, caller, telecaller)).id).toBeGreaterThan(ringing.id);
    });

    it('[CA23] remember that someone was in their room, while they are accepted', async () => {
      const ringing = await begun(store, caller, telecaller);
      const isRoomUsed = async () => (await store.calls.byId(ringing.id))?.isRoomUsed;
      await store.calls.markRoomUsed(ringing.id);
      expect(await isRoomUsed()).toBe(false);
      const accepted = await moved(store, ringing, 'accept');
      for (let times = 0; times < 2; times += 1) await store.calls.markRoomUsed(ringing.id);
      expect(await isRoomUsed()).toBe(true);
      await moved(store, accepted, 'end');
      expect(await isRoomUsed()).toBe(true);
      await store.calls.markRoomUsed(999_999);
    });

    it('[CA10] may cost more than there is', async () => {
      const ringing = await begun(store, caller, telecaller, { coinsPerMinute: COINS });
      const accepted = await moved(store, ringing, 'accept');
      await moved(store, accepted, 'left_room', NOW_MS + 2 * MINUTE_MS);
      expect(await balance()).toBe(-COINS);
      expect(await store.calls.coinBalance(999_999)).toBe(0);
    });

    it.each(['reject', 'cancel', 'unanswered', 'disconnected'] as const)(
      '[CA10] cost nothing when they never were accepted: %s',
      async (action) => {
        const ringing = await begun(store, caller, telecaller, {}, NOW_MS + RING_MS);
        const call = await moved(store, ringing, action, NOW_MS + 9);
        expect(await store.calls.byId(ringing.id)).toEqual(call);
        expect(call).toMatchObject({ endedAtMs: NOW_MS + 9, durationSeconds: 0, coins: 0 });
        expect(await store.calls.underWayOf(caller)).toBe(null);
        expect(await store.calls.underWayOf(telecaller)).toBe(null);
        expect(await deadlinesOf(store, ringing.id)).toEqual([]);
        expect([await presence(), await balance()]).toEqual(['ONLINE', COINS]);
        expect(await roomsToClose(caller)).toEqual([]);
      },
    );

    it('[CA9] are left alone by a step that was decided on a state they have left', async () => {
      const ringing = await begun(store, caller, telecaller);
      const deadline = { kind: 'call_caller_absent', subjectId: ringing.id, dueAtMs: NOW_MS } as const;
      const accepted = await moved(store, ringing, 'accept', NOW_MS, { deadlines: [deadline] });
      const late = moveOf(ringing, 'cancel', NOW_MS + 1, { closesRoom: true });
      expect(await store.calls.move(late)).toBe(false);
      expect(await store.calls.byId(ringing.id)).toEqual(accepted);
      expect(await store.calls.underWayOf(telecaller)).toEqual(accepted);
      expect(await deadlinesOf(store, ringing.id)).toEqual([deadline]);
      expect([await presence(), await balance()]).toEqual(['ON_CALL', COINS]);

      const completed = await moved(store, accepted, 'end', NOW_MS + 1);
      expect(await store.calls.move(moveOf(accepted, 'disconnected', NOW_MS + MINUTE_MS * 5))).toBe(false);
      expect(await store.calls.byId(ringing.id)).toEqual(completed);
      expect(await balance()).toBe(COINS - 10);
    });

    it('[CA19] leave the deadlines of other calls and of auctions alone', async () => {
      const [otherCaller, otherTelecaller] = [next, next + 1];
      next += 2;
      const other = await begun(store, otherCaller, otherTelecaller, {}, NOW_MS + RING_MS);
      const ringing = await begun(store, caller, telecaller, {}, NOW_MS + RING_MS);
      const ofAuction = { kind: 'ring_close', subjectId: ringing.id, dueAtMs: NOW_MS } as const;
      await store.deadlines.set([ofAuction]);
      await moved(store, ringing, 'reject');
      expect(await deadlinesOf(store, other.id)).toHaveLength(1);
      expect(await store.deadlines.of(['ring_close'])).toContainEqual(ofAuction);
    });

    it('[CA19] leave a telecaller offline who has gone meanwhile', async () => {
      const ringing = await begun(store, caller, telecaller);
      const accepted = await moved(store, ringing, 'accept');
      expect(await store.calls.setPresence(telecaller, 'OFFLINE')).toBe(true);
      await moved(store, accepted, 'disconnected');
      expect(await presence()).toBe('OFFLINE');
      const again = await begun(store, caller, telecaller);
      await moved(store, again, 'accept');
      expect(await presence()).toBe('OFFLINE');
    });

    it('[CA19] are listed for both sides, newest first, in pages', async () => {
      const [otherCaller, otherTelecaller] = [next, next + 1];
      next += 2;
      const ended = async (from: number, to: number) =>
        moved(store, await begun(store, from, to), 'cancel', NOW_MS + 1);
      const first = await ended(caller, telecaller);
      const second = await ended(otherCaller, telecaller);
      const third = await ended(caller, otherTelecaller);
      const fourth = await begun(store, caller, telecaller);
      const page = { pageSize: 10 };
      const alone = { hasOlder: false, hasNewer: false };
      expect(await store.calls.list(caller, page)).toEqual({ rows: [fourth, third, first], ...alone });
      expect(await store.calls.list(telecaller, page)).toEqual({ rows: [fourth, second, first], ...alone });
      const lower = { pageSize: 2, before: third.id };
      expect(await store.calls.list(caller, lower)).toEqual({ ...alone, rows: [first], hasNewer: true });
      const upper = { pageSize: 1, after: first.id };
      expect(await store.calls.list(caller, upper)).toEqual({
        rows: [third],
        hasOlder: true,
        hasNewer: true,
      });
      expect(await store.calls.list(999_999, page)).toEqual({ rows: [], ...alone });
    });

    it('[CA19] are listed once each for somebody who makes and takes them', async () => {
      const [second, third] = [next, next + 1];
      next += 2;
      const made: Awaited<ReturnType<typeof begun>>[] = [];
      for (const [from, to] of [
        [caller, telecaller],
        [second, caller],
        [caller, third],
        [third, caller],
      ] as const) {
        made.unshift(await moved(store, await begun(store, from, to), 'cancel', NOW_MS + 1));
      }
      const [newest, , older] = made;
      const list = async (place: object) => (await store.calls.list(caller, { pageSize: 2, ...place })).rows;
      expect(await list({})).toEqual(made.slice(0, 2));
      expect(await list({ before: made[1]?.id })).toEqual(made.slice(2));
      expect(await list({ after: older?.id })).toEqual(made.slice(0, 2));
      expect(await list({ after: newest?.id })).toEqual([]);
    });

    it('[CA14] order their rooms to be closed by a row of the outbox that needs no address', async () => {
      await rawWrite(test.databaseUrl, `UPDATE users SET email = '' WHERE id = ${caller}`);
      const accepted = await moved(store, await begun(store, caller, telecaller), 'accept');
      // Earlier than every other row of this suite.
      const { callId } = await moved(store, accepted, 'end', NOW_MS - 1, { closesRoom: true });
      const [id = 0] = await store.outbox.claimDue(NOW_MS - 1, 10, MINUTE_MS);
      const job = { type: 'close_room', id, callId, attempts: 0, createdAtMs: NOW_MS - 1 };
      expect(await store.outbox.job(id, NOW_MS)).toEqual(job);
      await store.outbox.retryAt(id, NOW_MS - 1, 'away');
      expect(await store.outbox.job(id, NOW_MS)).toBe(null);
      expect(await store.outbox.claimDue(NOW_MS - 1, 10, MINUTE_MS)).toEqual([id]);
      expect(await store.outbox.job(id, NOW_MS)).toEqual({ ...job, attempts: 1 });
      await store.outbox.markSent(id, NOW_MS);
      expect(await store.outbox.job(id, NOW_MS)).toBe(null);
    });
  });
}
