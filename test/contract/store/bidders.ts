import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import type { TestStore } from '../../support/store.ts';
import { bid, changeBy, crowd, loaded, NOW_MS, type OpenStore, play, user } from './scripts.ts';

/** `auctions.bidders`: who is told that an auction has ended. */
export function bidderContract(open: OpenStore): void {
  describe('the bidders of an auction', () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open(crowd(20, 20));
    });
    afterAll(() => test.close());

    /** Whether each bidder wants a letter, by their ids. */
    const bidders = async (auctionId: number, sinceMs: number) => {
      const found = await test.store.ledger.bidders(auctionId, sinceMs);
      expect(new Set(found.map(({ userId }) => userId)).size).toBe(found.length);
      return Object.fromEntries(found.map(({ userId, wantsLetter }) => [userId, wantsLetter]));
    };

    /** Bids one after the other, a second apart; what follows from them is sent already. */
    async function bids(auctionId: number, ...bidderIds: readonly number[]): Promise<void> {
      const before = await loaded(test.store, auctionId);
      const first = currentPrice(before) + 1;
      const placed = bidderIds.map((id, index) =>
        bid(user(id), first + index, { atMs: NOW_MS + index * 1_000 }),
      );
      await test.store.ledger.commit([{ ...changeBy(before, ...placed), letters: [] }]);
    }

    it('[EN5] are each named once, and want a letter if they lost the lead since', async () => {
      await bids(1, 1, 2, 1, 3, 4, 5);
      expect(await bidders(1, NOW_MS)).toEqual({ 1: true, 2: true, 3: true, 4: true, 5: true });
      // User 1 led at that moment, and user 3 took the lead then.
      expect(await bidders(1, NOW_MS + 3_000)).toEqual({ 1: true, 2: false, 3: true, 4: true, 5: true });
      expect(await bidders(1, NOW_MS + 4_001)).toMatchObject({ 1: false, 2: false, 3: false, 4: true });
      expect(await bidders(1, NOW_MS + 5_001)).toMatchObject({ 1: false, 2: false, 3: false, 4: false });
    });

    it('[EN5] want a letter while one waits that says they were outbid', async () => {
      await play(test.store, 2, bid(user(1), 200), bid(user(2), 300), bid(user(3), 400));
      await play(test.store, 12, bid(user(1), 200), bid(user(2), 300));
      expect(await bidders(2, NOW_MS + 1)).toMatchObject({ 1: true, 2: true });
      const ids = await test.store.outbox.claimDue(NOW_MS, 100, 0);
      expect(await bidders(2, NOW_MS + 1)).toMatchObject({ 1: true, 2: true });
      for (const id of ids) {
        const job = await test.store.outbox.job(id, NOW_MS);
        if (job?.type === 'letter' && job.recipient.username === 'user1')
          await test.store.outbox.markSent(id, NOW_MS);
      }
      expect(await bidders(2, NOW_MS + 1)).toMatchObject({ 1: false, 2: true });
    });

    it('are none where no one has bid', async () => {
      expect(await bidders(3, NOW_MS)).toEqual({});
      expect(await bidders(999_999, NOW_MS)).toEqual({});
    });

    it('are found however long the history is', async () => {
      await bids(4, 6, ...Array.from({ length: 4_500 }, (_, index) => 7 + (index % 2)), 9);
      expect(await bidders(4, NOW_MS + 4_501_000)).toMatchObject({ 6: false, 7: false, 8: true });
      expect(await bidders(4, NOW_MS)).toEqual({ 6: true, 7: true, 8: true, 9: true });
    });
  });
}
