import { describe, expect, it } from 'vitest';
import { Suspensions } from '../../server/domain/account/suspensions.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';

describe('the suspension of a user who is connected', () => {
  const start = () => {
    const clock = new ManualClock();
    const log = new RecordedLog();
    const blocked = new Set<number>();
    const asked: (readonly number[])[] = [];
    const state = { isAway: false };
    const store = {
      blockedAmong: async (userIds: readonly number[]) => {
        asked.push(userIds);
        if (state.isAway) throw new StoreUnavailable('away');
        return userIds.filter((id) => blocked.has(id));
      },
    };
    return { clock, log, blocked, asked, state, suspensions: new Suspensions({ store, clock, log }) };
  };

  it('[CA24] is told within a second to each of the user’s connections, and to no other', async () => {
    const { clock, blocked, suspensions } = start();
    const told: string[] = [];
    suspensions.watch(1, () => told.push('first'));
    suspensions.watch(1, () => told.push('second'));
    suspensions.watch(2, () => told.push('other'));
    await clock.advance(10_000);
    expect(told).toEqual([]);
    blocked.add(1);
    await clock.advance(1_000);
    expect(told).toEqual(['first', 'second']);
  });

  it('[CA24] is not told to a connection that is gone, and no one is asked about without connections', async () => {
    const { clock, blocked, asked, suspensions } = start();
    const told: string[] = [];
    const leave = [1, 1, 2].map((userId) => suspensions.watch(userId, () => told.push(`user ${userId}`)));
    blocked.add(1).add(2);
    leave[0]?.();
    leave[2]?.();
    await clock.advance(1_000);
    expect(told).toEqual(['user 1']);
    expect(asked).toEqual([[1]]);
    leave[1]?.();
    leave[1]?.();
    expect(clock.pendingTimers).toBe(0);
    suspensions.watch(2, () => told.push('again'));
    await clock.advance(1_000);
    expect(told).toEqual(['user 1', 'again']);
  });

  it('[CA24] is found out of many, and by one question at a time', async () => {
    const { clock, blocked, asked, suspensions } = start();
    const told: number[] = [];
    for (let userId = 1; userId <= 1_200; userId += 1) suspensions.watch(userId, () => told.push(userId));
    blocked.add(3).add(700).add(1_200);
    await clock.advance(1_000);
    await clock.advance(0);
    expect(told).toEqual([3, 700, 1_200]);
    expect(asked.map(({ length }) => length)).toEqual([500, 500, 200]);
  });

  it('[CA24] is told once the store is back, and that it was away is logged once', async () => {
    const { clock, log, blocked, state, suspensions } = start();
    const told: number[] = [];
    suspensions.watch(1, () => told.push(1));
    blocked.add(1);
    state.isAway = true;
    await clock.advance(3_000);
    expect(told).toEqual([]);
    expect(log.messages('warn')).toEqual(['suspensions could not be read']);
    state.isAway = false;
    await clock.advance(1_000);
    expect(told).toEqual([1]);
  });
});
