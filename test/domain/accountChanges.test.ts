import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountChange } from '../../server/domain/account/account.ts';
import { AccountChanges, LATE_CHANGE_MS } from '../../server/domain/account/accountChanges.ts';
import { Accounts } from '../../server/domain/account/accounts.ts';
import { EndedLogins } from '../../server/domain/account/endedLogins.ts';
import { Suspensions } from '../../server/domain/account/suspensions.ts';
import type { Identification } from '../../server/ports/identity.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/processes.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const change = (id: number): AccountChange => ({ id, userId: 7, loginId: null, isBlocked: true });

describe('changes of accounts', () => {
  let clock: ManualClock;
  let log: RecordedLog;
  let stored: AccountChange[];
  let asked: number[];
  let applied: number[];
  let isAway: boolean;
  let changes: AccountChanges;

  beforeEach(() => {
    clock = new ManualClock();
    log = new RecordedLog();
    [stored, asked, applied, isAway] = [[], [], [], false];
    const changesAfter = async (changeId: number, limit: number) => {
      asked.push(changeId);
      if (isAway) throw new StoreUnavailable('away');
      const found = stored.filter(({ id }) => id > changeId).sort((one, other) => one.id - other.id);
      return found.slice(0, limit);
    };
    const apply = ({ id }: AccountChange) => void applied.push(id);
    changes = new AccountChanges({ store: { changesAfter }, clock, log, apply });
  });

  it('[TK6] are carried out within a second, each once, those of before the start too', async () => {
    stored.push(change(1), change(2));
    await changes.start();
    expect(applied).toEqual([1, 2]);
    stored.push(change(3));
    await clock.advance(1_000);
    await clock.advance(60_000);
    expect(applied).toEqual([1, 2, 3]);
  });

  it('[TK6] cost one query a second, which looks at new ones only', async () => {
    await changes.start();
    stored.push(change(1));
    await clock.advance(LATE_CHANGE_MS + 2_000);
    asked = [];
    await clock.advance(10_000);
    expect(asked).toEqual(Array.from({ length: 10 }, () => 1));
    await changes.stop();
    await clock.advance(10_000);
    expect(asked).toHaveLength(10);
  });

  it('[TK6] are found that become visible after later ones', async () => {
    await changes.start();
    stored.push(change(2));
    await clock.advance(LATE_CHANGE_MS - 1_000);
    stored.push(change(1));
    await clock.advance(1_000);
    expect(applied).toEqual([2, 1]);
  });

  it('[TK6] are read on where there are many', async () => {
    stored.push(...Array.from({ length: 2_500 }, (_, index) => change(index + 1)));
    await changes.start();
    expect(applied).toHaveLength(2_500);
    expect(asked).toEqual([0, 1_000, 2_000]);
  });

  it('[TK6] are carried out when a store is back that was away, which is logged once', async () => {
    isAway = true;
    await changes.start();
    stored.push(change(1));
    await clock.advance(5_000);
    expect([applied, log.messages('warn')]).toEqual([[], ['changes of accounts could not be read']]);
    isAway = false;
    await clock.advance(1_000);
    expect(applied).toEqual([1]);
  });
});

describe('a block', () => {
  let clock: ManualClock;
  let database: TestStore;
  beforeEach(async () => {
    clock = new ManualClock();
    database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
  });
  afterEach(() => database.close());

  it('[TK6] that another process stores is known here within 2 s, and the end of it too', async () => {
    const accounts = new Accounts(database.store.accounts, clock);
    const changes = new AccountChanges({
      store: database.store.accounts,
      clock,
      log: new RecordedLog(),
      apply: ({ userId }) => accounts.forget(userId),
    });
    await changes.start();
    const other = await database.reopen();
    const isBlocked = async () => (await accounts.byId(1))?.isBlocked;
    expect(await isBlocked()).toBe(false);
    for (const state of [true, false]) {
      await other.accounts.setBlocked(1, state, clock.nowMs());
      await clock.advance(1_000);
      await until(async () => expect(await isBlocked()).toBe(state));
    }
    await changes.stop();
  });

  it('[TK6] is not forgotten again by a read that began before it', async () => {
    let answer: (isBlocked: boolean) => void = () => undefined;
    const known = await database.store.accounts.byId(1);
    if (known === null) throw new Error('the demo lacks a user');
    const byIds = () =>
      new Promise<(typeof known)[]>((resolve) => {
        answer = (isBlocked) => resolve([{ ...known, isBlocked }]);
      });
    const accounts = new Accounts({ byIds }, clock);
    const early = accounts.byId(1);
    accounts.forget(1);
    answer(false);
    expect(await early).toMatchObject({ isBlocked: false });
    const late = accounts.byId(1);
    answer(true);
    expect(await late).toMatchObject({ isBlocked: true });
  });

  it('[TK6] is told to all who watch its user, until they call that off', () => {
    const suspensions = new Suspensions();
    const told: string[] = [];
    const stops = ['phone', 'laptop'].map((name) => suspensions.watch(1, () => told.push(name)));
    suspensions.watch(2, () => told.push('other'));
    suspensions.blocked(1);
    stops[0]?.();
    suspensions.blocked(1);
    stops[1]?.();
    stops[1]?.();
    suspensions.blocked(1);
    expect(told).toEqual(['phone', 'laptop', 'laptop']);
  });
});

describe('a login that has ended', () => {
  it('[TK8] gives no valid token while one could still hold, and other logins are not concerned', async () => {
    const clock = new ManualClock();
    const ended = new EndedLogins(3_600_000, clock);
    const tokens: Record<string, Identification> = {
      its: { kind: 'identified', user: { id: 1, username: 'a' }, expiresAtMs: null, loginId: 'x' },
      other: { kind: 'identified', user: { id: 1, username: 'a' }, expiresAtMs: null, loginId: 'y' },
      none: { kind: 'identified', user: { id: 1, username: 'a' }, expiresAtMs: null },
      away: { kind: 'unavailable' },
    };
    const identity = ended.guard({ identify: async (token) => tokens[token] ?? { kind: 'invalid' } });
    ended.add('x');
    for (const token of ['other', 'none', 'away']) expect(await identity.identify(token)).toBe(tokens[token]);
    expect(await identity.identify('its')).toEqual({ kind: 'invalid' });
    clock.jump(7_200_000);
    await clock.advance(3_600_000);
    expect(ended.has('x')).toBe(true);
    await clock.advance(1);
    expect(ended.has('x')).toBe(false);
  });
});
