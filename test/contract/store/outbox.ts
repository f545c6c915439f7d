import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import type { NewLetter } from '../../../server/domain/notification/notification.ts';
import type { OutboxStore } from '../../../server/domain/outboxStore.ts';
import { person } from '../../support/auctions.ts';
import { rawRows, type TestStore } from '../../support/store.ts';
import { createdSale, newSale } from './saleScripts.ts';
import { bid, changeBy, crowd, loaded, NOW_MS, type OpenStore, play, user } from './scripts.ts';

const WINDOW_MS = 60_000;

/** Letters on their way. Every test has an auction, a reader and, with them, gather keys of its own. */
export function outboxContract(open: OpenStore): void {
  describe('the outbox', () => {
    let test: TestStore;
    let outbox: OutboxStore;
    let auctionId = 0;
    beforeAll(async () => {
      test = await open(crowd(20, 60));
      outbox = test.store.outbox;
    });
    afterAll(() => test.close());
    beforeEach(async () => {
      await outbox.reclaimForgotten(Number.MAX_SAFE_INTEGER);
      const left = await outbox.claimDue(Number.MAX_SAFE_INTEGER, 10_000, 0);
      for (const id of left) await outbox.markSent(id, NOW_MS);
      auctionId += 1;
    });

    /** Puts letters on their way in the commit of a bid of `leader`; gives their ids. */
    async function write(...letters: readonly Partial<NewLetter>[]): Promise<readonly number[]> {
      return writeWhileLeading(9, ...letters);
    }

    async function writeWhileLeading(leader: number, ...letters: readonly Partial<NewLetter>[]) {
      const state = await loaded(test.store, auctionId);
      const change = changeBy(state, bid(user(leader), currentPrice(state) + 1));
      const full = letters.map((letter) => ({ ...plainLetter(), ...letter }));
      await test.store.ledger.commit([{ ...change, letters: full }]);
      const rows = await rawRows(
        test.databaseUrl,
        `SELECT id FROM outbox ORDER BY id DESC LIMIT ${letters.length}`,
      );
      return rows.map(([id]) => Number(id)).reverse();
    }

    function plainLetter(): NewLetter {
      const letter = { kind: 'outbid', productName: 'Lot', amount: 300 } as const;
      return { userId: 1, auctionId, letter, gatherKey: null, createdAtMs: NOW_MS };
    }

    const gathered = (createdAtMs: number): Partial<NewLetter> => ({
      gatherKey: `outbid:${auctionId}:1`,
      createdAtMs,
    });

    const seller = (auction: number) => person(21 + (auction % 10), `seller${1 + (auction % 10)}`);

    const statusOf = async (id: number | undefined) =>
      (await rawRows(test.databaseUrl, `SELECT status FROM outbox WHERE id = ${id ?? 0}`)).flat()[0];

    it('claims what is due, oldest first, at most so many, and never twice', async () => {
      const [late, early, future] = await write(
        { createdAtMs: NOW_MS },
        { createdAtMs: NOW_MS - 5 },
        { createdAtMs: NOW_MS + 1 },
      );
      expect(await outbox.nextDueAtMs()).toBe(NOW_MS - 5);
      expect(await outbox.claimDue(NOW_MS, 1, WINDOW_MS)).toEqual([early]);
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual([late]);
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual([]);
      expect(await outbox.nextDueAtMs()).toBe(NOW_MS + 1);
      expect(await outbox.claimDue(NOW_MS + 1, 10, WINDOW_MS)).toEqual([future]);
      expect(await outbox.nextDueAtMs()).toBe(null);
      expect(await outbox.depth()).toBe(3);
    });

    it('gives a claimed letter with its reader, and nothing else', async () => {
      const letter = {
        kind: 'auction_sold',
        productName: `O'Neil "Set" 🏺`,
        finalPrice: 5,
        winner: 'user2',
      } as const;
      const [id = 0] = await write({ letter, userId: 3, createdAtMs: NOW_MS - 1 });
      expect(await outbox.job(id, NOW_MS)).toBe(null);
      await outbox.claimDue(NOW_MS, 1, WINDOW_MS);
      expect(await outbox.job(id, NOW_MS)).toEqual({
        type: 'letter',
        id,
        auctionId,
        letter,
        recipient: { username: 'user3', email: 'user3@example.com' },
        attempts: 0,
        createdAtMs: NOW_MS - 1,
      });
      await outbox.markSent(id, NOW_MS + 5);
      expect(await outbox.job(id, NOW_MS)).toBe(null);
      expect(await outbox.job(2 ** 53 - 1, NOW_MS)).toBe(null);
      expect(await rawRows(test.databaseUrl, `SELECT status, sent_at FROM outbox WHERE id = ${id}`)).toEqual([
        ['sent', NOW_MS + 5],
      ]);
    });

    it('keeps only the newest of letters that are gathered', async () => {
      const ids = await write(...[1, 2, 3].map((step) => gathered(NOW_MS + step)));
      const [other] = await write({ ...gathered(NOW_MS + 4), userId: 2, gatherKey: randomUUID() });
      expect(await outbox.claimDue(NOW_MS + 9, 10, WINDOW_MS)).toEqual([ids[2], other]);
      expect(await Promise.all(ids.map(statusOf))).toEqual(['superseded', 'superseded', 'queued']);
    });

    it('supersedes older letters of a key even where the newest is not among the first that are due', async () => {
      const ids = await write(...[1, 2, 3, 4, 5].map((step) => gathered(NOW_MS + step)));
      expect(await outbox.claimDue(NOW_MS + 9, 2, WINDOW_MS)).toEqual([ids[4]]);
      expect(await outbox.depth()).toBe(1);
    });

    it('puts a letter off until the window after the last claim has passed, to the millisecond', async () => {
      const [first] = await write(gathered(NOW_MS));
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual([first]);
      const [second] = await write(gathered(NOW_MS + 1));
      expect(await outbox.claimDue(NOW_MS + 1, 10, WINDOW_MS)).toEqual([]);
      expect(await outbox.nextDueAtMs()).toBe(NOW_MS + WINDOW_MS);
      const [third] = await write(gathered(NOW_MS + 2));
      expect(await outbox.claimDue(NOW_MS + 59_999, 10, WINDOW_MS)).toEqual([]);
      expect(await statusOf(second)).toBe('superseded');
      expect(await outbox.claimDue(NOW_MS + 60_000, 10, WINDOW_MS)).toEqual([third]);
    });

    it('[SA17] waits a window at most after a claim of a clock that was an hour ahead', async () => {
      const [first] = await write(gathered(NOW_MS));
      expect(await outbox.claimDue(NOW_MS + 3_600_000, 10, WINDOW_MS)).toEqual([first]);
      const [second] = await write(gathered(NOW_MS + 1));
      expect(await outbox.claimDue(NOW_MS + 1, 10, WINDOW_MS)).toEqual([]);
      expect(await outbox.nextDueAtMs()).toBe(NOW_MS + 1 + WINDOW_MS);
      expect(await outbox.claimDue(NOW_MS + 1 + WINDOW_MS, 10, WINDOW_MS)).toEqual([second]);
    });

    it('[SA17] corrects what a clock wrote that was ahead, and leaves the rest alone', async () => {
      const ahead = NOW_MS + 3_600_000;
      const [queued, sent] = await write({ createdAtMs: NOW_MS }, { createdAtMs: NOW_MS });
      await outbox.claimDue(ahead, 10, WINDOW_MS);
      await outbox.markSent(sent ?? 0, ahead);
      const [soon, late] = await write({ createdAtMs: NOW_MS + 10 }, { createdAtMs: ahead });
      expect(await outbox.pullBack(NOW_MS, NOW_MS + 10)).toBe(2);
      expect(await outbox.pullBack(NOW_MS, NOW_MS + 10)).toBe(0);
      expect(await outbox.reclaimForgotten(NOW_MS + 1)).toBe(1);
      expect(await Promise.all([queued, sent].map(statusOf))).toEqual(['pending', 'sent']);
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual([queued, late]);
      expect(await outbox.claimDue(NOW_MS + 10, 10, WINDOW_MS)).toEqual([soon]);
    });

    it('claims at once when the last claim is a whole window ago, and not a millisecond earlier', async () => {
      await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      const [second] = await write(gathered(NOW_MS + 59_999));
      expect(await outbox.claimDue(NOW_MS + 59_999, 10, WINDOW_MS)).toEqual([]);
      expect(await outbox.claimDue(NOW_MS + 60_000, 10, WINDOW_MS)).toEqual([second]);
      const [third] = await write(gathered(NOW_MS + 120_000));
      expect(await outbox.claimDue(NOW_MS + 120_000, 10, WINDOW_MS)).toEqual([third]);
    });

    it('drops a letter that was put off when its reader leads again', async () => {
      await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      const [second] = await write(gathered(NOW_MS + 1));
      await outbox.claimDue(NOW_MS + 1, 10, WINDOW_MS);
      await writeWhileLeading(1);
      expect(await outbox.claimDue(NOW_MS + WINDOW_MS, 10, WINDOW_MS)).toEqual([]);
      expect(await statusOf(second)).toBe('superseded');
      expect(await outbox.nextDueAtMs()).toBe(null);
    });

    it('sends a letter that was never put off, although its reader leads again', async () => {
      const [id] = await writeWhileLeading(1, gathered(NOW_MS));
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual([id]);
    });

    it('[LE6] drops the outbid letters of an auction that is over, also where they were never put off', async () => {
      const [queued = 0] = await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      const [putOff, fresh] = [
        ...(await write(gathered(NOW_MS + 1))),
        ...(await write({ ...gathered(NOW_MS + 1), userId: 2, gatherKey: `outbid:${auctionId}:2` })),
      ];
      await play(test.store, auctionId, { type: 'end', nowMs: NOW_MS + 2, requestedBy: seller(auctionId) });
      const end = await outbox.claimDue(NOW_MS + WINDOW_MS, 10, WINDOW_MS);
      expect(await Promise.all([putOff, fresh].map(statusOf))).toEqual(['superseded', 'superseded']);
      expect(await Promise.all(end.map((id) => outbox.job(id, NOW_MS)))).toMatchObject([
        { letter: { kind: 'auction_won' } },
        { letter: { kind: 'auction_sold' } },
      ]);
      expect(await outbox.job(queued, NOW_MS)).toBe(null);
      expect(await statusOf(queued)).toBe('superseded');
    });

    it('[LE6] drops the outbid letters of a sale that was cancelled', async () => {
      const sale = newSale({ ownerId: seller(1).id, hasOutbidLetters: true });
      const saleId = await createdSale(test.store, sale);
      const requestedBy = seller(1);
      const raised = [bid(user(1), 900), bid(user(2), 1_000)];
      await play(test.store, saleId, { type: 'start_sale', requestedBy, nowMs: NOW_MS }, ...raised);
      const [id = 0] = await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      expect(await outbox.job(id, NOW_MS)).toMatchObject({ letter: { kind: 'outbid', amount: 1_000 } });
      await play(test.store, saleId, { type: 'cancel_sale', requestedBy, nowMs: NOW_MS });
      expect(await outbox.job(id, NOW_MS)).toBe(null);
      expect(await statusOf(id)).toBe('superseded');
      expect(await outbox.depth()).toBe(0);
    });

    it('[LE5] gives the outbid letter of a timed auction with the price of now, while it is true', async () => {
      const [id = 0] = await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      await play(test.store, auctionId, bid(user(5), 7_700));
      expect(await outbox.job(id, NOW_MS)).toMatchObject({ letter: { kind: 'outbid', amount: 7_700 } });
      const { facts } = await loaded(test.store, auctionId);
      expect(await outbox.job(id, facts.endTimeMs)).toBe(null);
      expect(await statusOf(id)).toBe('queued');
      await play(test.store, auctionId, bid(user(1), 7_800));
      expect(await outbox.job(id, NOW_MS)).toBe(null);
      expect(await statusOf(id)).toBe('superseded');
    });

    it('does not gather letters without a key, nor when the window is switched off', async () => {
      const plain = await write({}, {});
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual(plain);
      const [first] = await write(gathered(NOW_MS));
      expect(await outbox.claimDue(NOW_MS, 10, 0)).toEqual([first]);
      const [second] = await write(gathered(NOW_MS));
      expect(await outbox.claimDue(NOW_MS, 10, 0)).toEqual([second]);
    });

    it('puts letters back that the queue would not take, as if they had never been claimed', async () => {
      const [first = 0] = await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      await outbox.unclaim([first]);
      await outbox.unclaim([]);
      expect(await outbox.nextDueAtMs()).toBe(NOW_MS);
      expect(await outbox.job(first, NOW_MS)).toBe(null);
      const [second] = await write(gathered(NOW_MS + 1));
      expect(await outbox.claimDue(NOW_MS + 1, 10, WINDOW_MS)).toEqual([second]);
      expect(await statusOf(first)).toBe('superseded');
    });

    it('puts back what was queued too long ago, and only that', async () => {
      const [old, fresh] = await write({ createdAtMs: NOW_MS }, { createdAtMs: NOW_MS + 10 });
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      await outbox.claimDue(NOW_MS + 10, 10, WINDOW_MS);
      expect(await outbox.reclaimForgotten(NOW_MS)).toBe(0);
      expect(await outbox.reclaimForgotten(NOW_MS + 10)).toBe(1);
      expect(await Promise.all([old, fresh].map(statusOf))).toEqual(['pending', 'queued']);
      expect(await outbox.claimDue(NOW_MS + 11, 10, WINDOW_MS)).toEqual([old]);
    });

    it('counts failed attempts and tries again when it was told to, window or not', async () => {
      const [id = 0] = await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      await outbox.retryAt(id, NOW_MS + 1_000, 'e'.repeat(5_000));
      expect(await outbox.job(id, NOW_MS)).toBe(null);
      expect(await outbox.nextDueAtMs()).toBe(NOW_MS + 1_000);
      expect(await outbox.claimDue(NOW_MS + 999, 10, WINDOW_MS)).toEqual([]);
      expect(await outbox.claimDue(NOW_MS + 1_000, 10, WINDOW_MS)).toEqual([id]);
      expect(await outbox.job(id, NOW_MS)).toMatchObject({ attempts: 1 });
      await outbox.giveUp(id, `550 'no such user' \\`);
      expect(await outbox.job(id, NOW_MS)).toBe(null);
      const row = await rawRows(
        test.databaseUrl,
        `SELECT status, attempts, last_error FROM outbox WHERE id = ${id}`,
      );
      expect(row).toEqual([['failed', 2, `550 'no such user' \\`]]);
    });

    it('lets a newer letter replace one that is to be tried again', async () => {
      const [first = 0] = await write(gathered(NOW_MS));
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      await outbox.retryAt(first, NOW_MS + 1_000, '421');
      const [second] = await write(gathered(NOW_MS + 2_000));
      expect(await outbox.claimDue(NOW_MS + 2_000, 10, WINDOW_MS)).toEqual([]);
      expect(await statusOf(first)).toBe('superseded');
      expect(await outbox.claimDue(NOW_MS + WINDOW_MS, 10, WINDOW_MS)).toEqual([second]);
    });

    it('[LE3] claims no letter whose reader has no e-mail address', async () => {
      const { id: userId } = await test.store.auth.userOfNumber('+923000000001', 'phone', NOW_MS);
      const [plain, older, newer, other] = await write(
        { userId },
        { ...gathered(NOW_MS), userId, gatherKey: `outbid:${auctionId}:${userId}` },
        { ...gathered(NOW_MS), userId, gatherKey: `outbid:${auctionId}:${userId}` },
        {},
      );
      expect(await outbox.claimDue(NOW_MS, 10, WINDOW_MS)).toEqual([other]);
      expect(await Promise.all([plain, older, newer].map(statusOf))).toEqual(Array(3).fill('unaddressed'));
      expect(await outbox.depth()).toBe(1);
      expect(await outbox.nextDueAtMs()).toBe(null);
    });

    it('[RG6] claims a call to the main backend, whoever it is about, beside letters', async () => {
      const state = await loaded(test.store, auctionId);
      const change = changeBy(state, bid(user(9), currentPrice(state) + 1));
      const closed = { ringId: auctionId, closedAtMs: NOW_MS, cause: 'auctioneer_disconnected' } as const;
      const call = { kind: 'ring_closed', ...closed } as const;
      const about = [1, 999_999].map((userId) => ({ auctionId, userId, call, createdAtMs: NOW_MS }));
      await test.store.ledger.commit([{ ...change, letters: [plainLetter()], backendCalls: about }]);
      const ids = await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      expect(ids).toHaveLength(3);
      const jobs = await Promise.all(ids.map((id) => outbox.job(id, NOW_MS)));
      const job = { type: 'backend_call', call, attempts: 0, createdAtMs: NOW_MS };
      expect(jobs).toMatchObject([{ type: 'letter' }, { id: ids[1], ...job }, { id: ids[2], ...job }]);
    });

    it('does not send again what was sent while it was believed forgotten', async () => {
      const [id = 0] = await write({});
      await outbox.claimDue(NOW_MS, 10, WINDOW_MS);
      await outbox.reclaimForgotten(NOW_MS + 1);
      await outbox.markSent(id, NOW_MS + 2);
      expect(await outbox.claimDue(NOW_MS + 3, 10, WINDOW_MS)).toEqual([]);
      await outbox.retryAt(id, NOW_MS + 4, 'late');
      expect(await statusOf(id)).toBe('sent');
    });
  });
}
