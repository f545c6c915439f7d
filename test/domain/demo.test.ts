import { describe, expect, it } from 'vitest';
import { formatMinor } from '../../shared/money.ts';
import { demoSeed } from '../../server/seeding/demo.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

describe('the demo', () => {
  const { auctions, users, feedbacks } = demoSeed(NOW_MS);

  it('[DE1] has the document’s six auctions under their ids, names and starting prices', () => {
    expect(auctions.map(({ id, name, startingPrice }) => [id, name, formatMinor(startingPrice)])).toEqual([
      [1, 'Handwoven Pashmina Shawl', '2500.00'],
      [2, 'Silk Bedspread Set', '8500.00'],
      [3, 'Wooden Jewelry Box', '1800.00'],
      [4, 'Ceramic Dinner Set', '4200.00'],
      [5, 'Gold-Plated Earrings Set', '1200.00'],
      [6, 'Kashmiri Silk Carpet', '25000.00'],
    ]);
  });

  it('[DE1] is alive: some auctions run for long, one ends soon, one is about to start', () => {
    const minutesFromNow = (atMs: number) => (atMs - NOW_MS) / 60_000;
    const running = auctions.filter(({ startTimeMs }) => startTimeMs <= NOW_MS);
    expect(running.length).toBe(5);
    for (const { endTimeMs } of running) expect(endTimeMs).toBeGreaterThan(NOW_MS);
    expect(running.some(({ endTimeMs }) => minutesFromNow(endTimeMs) <= 15)).toBe(true);
    expect(auctions.some(({ startTimeMs }) => startTimeMs > NOW_MS && minutesFromNow(startTimeMs) <= 5)).toBe(
      true,
    );
  });

  it('[DE1] has bidders with addresses, a blocked user, and sellers with ratings', () => {
    const named = new Map(users.map((user) => [user.username, user]));
    for (let number = 1; number <= 9; number += 1) {
      expect(named.get(`buyer${number}`)).toMatchObject({ role: 'buyer', isBlocked: false });
      expect(named.get(`buyer${number}`)?.email).toMatch(/^\S+@\S+$/);
    }
    expect(named.get('blocked1')?.isBlocked).toBe(true);
    for (const { sellerId } of auctions) {
      expect(feedbacks.some((feedback) => feedback.sellerId === sellerId)).toBe(true);
    }
  });
});
