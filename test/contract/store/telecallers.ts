import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallStore } from '../../../server/domain/call/store.ts';
import { demoSeed } from '../../../server/seeding/demo.ts';
import type { TestStore } from '../../support/store.ts';
import { begun, DETAILS, moved } from './callScripts.ts';
import { NOW_MS, type OpenStore } from './scripts.ts';

const BUYER = 1;
const BLOCKED = 10;
const SELLER = 11;
const OTHER_SELLER = 12;
const JANE_SMITH = 15;
const SANA_NOOR = 16;
const NEW_TELECALLER = 17;

/** The demo's first telecaller, as everybody sees her. */
const JANE = {
  id: JANE_SMITH,
  username: 'jane_smith',
  name: 'Jane Smith',
  profile: 'avatar-3',
  language: 'hindi',
  about: 'Experienced telecaller with 5 years of experience.',
  presence: 'OFFLINE',
} as const;

/** Telecallers and their presence. */
export function telecallerContract(open: OpenStore): void {
  describe('telecallers', () => {
    let test: TestStore;
    let calls: CallStore;
    beforeAll(async () => {
      test = await open(demoSeed(NOW_MS));
      calls = test.store.calls;
    });
    afterAll(() => test.close());

    it('[CA19] are known with all that the rules ask; other users are none', async () => {
      expect(await calls.telecaller(JANE_SMITH)).toEqual({
        ...JANE,
        isApproved: true,
        isBlocked: false,
        coinsPerMinute: { AUDIO: null, VIDEO: null },
        isBusy: false,
      });
      expect(await calls.telecaller(SANA_NOOR)).toMatchObject({ coinsPerMinute: { AUDIO: 5, VIDEO: 12 } });
      expect(await calls.telecaller(NEW_TELECALLER)).toMatchObject({ isApproved: false });
      expect(await calls.telecaller(BUYER)).toBe(null);
      expect(await calls.telecaller(999_999)).toBe(null);
    });

    it('[CA19] are made of users, and changed without a change of their presence', async () => {
      const details = {
        language: 'urdu',
        about: `She's "new" ✨`,
        isApproved: true,
        audioCoinsPerMinute: 0,
        videoCoinsPerMinute: 20,
      };
      await calls.saveTelecaller(OTHER_SELLER, details);
      const made = { language: 'urdu', about: details.about, presence: 'OFFLINE', isApproved: true };
      expect(await calls.telecaller(OTHER_SELLER)).toMatchObject({
        ...made,
        coinsPerMinute: { AUDIO: 0, VIDEO: 20 },
      });
      expect(await test.store.accounts.byId(OTHER_SELLER)).toMatchObject({
        username: 'lahore_workshop',
        role: 'telecaller',
      });
      await calls.setPresence(OTHER_SELLER, 'ONLINE');
      await calls.saveTelecaller(OTHER_SELLER, { ...DETAILS, isApproved: false });
      expect(await calls.telecaller(OTHER_SELLER)).toMatchObject({
        language: 'hindi',
        presence: 'ONLINE',
        isApproved: false,
        coinsPerMinute: { AUDIO: null, VIDEO: null },
      });
      await expect(calls.saveTelecaller(999_999, DETAILS)).rejects.toThrow();
    });

    it('[CA16] are listed newest first, the approved ones whose account is not blocked, in pages', async () => {
      for (const id of [BLOCKED, SELLER]) await calls.saveTelecaller(id, DETAILS);
      const all = await calls.telecallers({ pageSize: 10 });
      expect(new Set(all.rows.map(({ name }) => name))).toEqual(
        new Set(['Jane Smith', 'Sana Noor', 'Zainab Mir']),
      );
      const ids = all.rows.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((one, other) => other - one));
      expect(all.rows.find(({ id }) => id === JANE_SMITH)).toEqual(JANE);
      const second = await calls.telecallers({ pageSize: 2, before: ids[1] });
      expect(second).toEqual({ rows: all.rows.slice(2), hasOlder: false, hasNewer: true });
      expect(await calls.telecallers({ pageSize: 2, after: ids[0] })).toMatchObject({ rows: [] });
    });

    it('[CA19] come and go, and only what is new is a change', async () => {
      const changes = [];
      for (const presence of ['OFFLINE', 'ONLINE', 'ONLINE', 'OFFLINE', 'OFFLINE'] as const) {
        changes.push(await calls.setPresence(JANE_SMITH, presence));
        expect(await calls.telecaller(JANE_SMITH)).toMatchObject({ presence });
      }
      expect(changes).toEqual([false, true, false, true, false]);
      expect(await calls.setPresence(BUYER, 'ONLINE')).toBe(false);
      expect(await calls.telecaller(SANA_NOOR)).toMatchObject({ presence: 'OFFLINE' });
    });

    it('[CA19] stay on call when another connection of theirs comes', async () => {
      await calls.setPresence(JANE_SMITH, 'ONLINE');
      const call = await moved(test.store, await begun(test.store, BUYER, JANE_SMITH), 'accept');
      expect(await calls.setPresence(JANE_SMITH, 'ONLINE')).toBe(false);
      expect(await calls.telecaller(JANE_SMITH)).toMatchObject({ presence: 'ON_CALL' });
      await moved(test.store, call, 'end');
    });

    it('[CA17] are all gone when nobody is there any more', async () => {
      await calls.setPresence(JANE_SMITH, 'ONLINE');
      await calls.setPresence(SANA_NOOR, 'ONLINE');
      await moved(test.store, await begun(test.store, BUYER, JANE_SMITH), 'accept');
      await calls.resetPresence();
      const all = await calls.telecallers({ pageSize: 10 });
      expect(new Set(all.rows.map(({ presence }) => presence))).toEqual(new Set(['OFFLINE']));
    });
  });
}
