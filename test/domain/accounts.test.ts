import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../server/domain/account/account.ts';
import { Accounts, STANDING_LIFETIME_MS } from '../../server/domain/account/accounts.ts';
import { StoreUnavailable } from '../../server/ports/errors.ts';
import { ManualClock } from '../support/manualClock.ts';

const BUYER: Account = {
  id: 7,
  username: 'buyer1',
  name: 'Buyer',
  type: 'Normal',
  number: '',
  email: 'buyer1@example.com',
  role: 'buyer',
  isBlocked: false,
  profile: null,
};

let clock: ManualClock;
let reads: (readonly number[])[];
let stored: readonly Account[];
let isAway: boolean;
let accounts: Accounts;

beforeEach(() => {
  clock = new ManualClock();
  reads = [];
  stored = [BUYER];
  isAway = false;
  const byIds = (userIds: readonly number[]) => {
    reads.push(userIds);
    const found = stored.filter(({ id }) => userIds.includes(id));
    return isAway ? Promise.reject(new StoreUnavailable('away')) : Promise.resolve([...found]);
  };
  accounts = new Accounts({ byIds }, clock);
});

describe('accounts', () => {
  it('are known at once when they were read a moment before, those that do not exist too', async () => {
    expect(await accounts.byId(7)).toEqual(BUYER);
    expect(await accounts.byId(8)).toBeNull();
    await clock.advance(STANDING_LIFETIME_MS / 2);
    expect(accounts.byId(7)).toEqual(BUYER);
    expect(accounts.byId(8)).toBeNull();
    expect(reads).toEqual([[7], [8]]);
  });

  it.each([0, 1, STANDING_LIFETIME_MS / 2 - 1, STANDING_LIFETIME_MS / 2])(
    'are read again once they are five seconds old, whenever that began (%i ms)',
    async (beginsAfterMs) => {
      await clock.advance(beginsAfterMs);
      await accounts.byId(7);
      stored = [{ ...BUYER, isBlocked: true }];
      for (let times = 0; times < 5; times += 1) {
        await clock.advance(STANDING_LIFETIME_MS / 5);
        await accounts.byId(7);
      }
      expect(await accounts.byId(7)).toMatchObject({ isBlocked: true });
    },
  );

  it('[SA17] are remembered as long as ever when the wall clock jumps, ahead or back', async () => {
    await accounts.byId(7);
    for (const jumpMs of [86_400_000, -2 * 86_400_000]) {
      clock.jump(jumpMs);
      expect(accounts.byId(7)).toEqual(BUYER);
    }
    expect(reads).toEqual([[7]]);
    stored = [{ ...BUYER, isBlocked: true }];
    await clock.advance(STANDING_LIFETIME_MS);
    expect(await accounts.byId(7)).toMatchObject({ isBlocked: true });
  });

  it('are read together with those who are asked for while others are being read', async () => {
    stored = [BUYER, { ...BUYER, id: 8 }, { ...BUYER, id: 9 }];
    const asked = [7, 8, 7, 9].map(async (userId) => accounts.byId(userId));
    expect((await Promise.all(asked)).map((account) => account?.id)).toEqual([7, 8, 7, 9]);
    expect(reads).toEqual([[7], [8, 9]]);
  });

  it('are one small object for all who only ask who it is, and no account for them', async () => {
    const user = await accounts.userById(7);
    expect(user).toEqual({ id: 7, username: 'buyer1' });
    expect(accounts.userById(7)).toBe(user);
    expect(await accounts.userById(8)).toBeNull();
    expect(await accounts.byId(7)).toEqual(BUYER);
    expect(reads).toEqual([[7], [8], [7]]);
  });

  it('that could not be read are asked for again', async () => {
    isAway = true;
    await expect(accounts.byId(7)).rejects.toThrow(StoreUnavailable);
    isAway = false;
    expect(await accounts.byId(7)).toEqual(BUYER);
  });
});
