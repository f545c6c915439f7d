import { outbidKeys } from '../../../domain/notification/notification.ts';
import type { LedgerStore } from '../../../domain/auction/ledger/store.ts';
import type { Database } from '../database.ts';

/** How much of an auction's history is read at once: others have their turn in between. */
const PAGE_SEQS = 2_000;

/**
 * Reads who has bid on an auction, page by page. Raw SQL: the builder cannot name the bid before a moment by its index
 * without sorting all of them.
 */
export function biddersIn(database: Database): LedgerStore['bidders'] {
  const numbers = (sql: string, ...values: readonly (number | string)[]) =>
    database.read(async (session) =>
      (await session.rows(sql, values)).map(([number]) => Number(number ?? 0)),
    );

  return async (auctionId, sinceMs) => {
    const [newestSeq = 0] = await numbers('SELECT MAX(seq) FROM bids WHERE auction_id=?', auctionId);
    // Who led at that moment may have lost the lead after it.
    const [recentFromSeq = 1] = await numbers(
      'SELECT seq FROM bids WHERE auction_id=? AND placed_at<? ORDER BY placed_at DESC, seq DESC LIMIT 1',
      auctionId,
      sinceMs,
    );
    const bidders = new Map<number, boolean>();
    for (let seq = 1; seq <= newestSeq;) {
      const isRecent = seq >= recentFromSeq;
      const next = Math.min(seq + PAGE_SEQS, isRecent ? Infinity : recentFromSeq);
      const page = await numbers(
        'SELECT DISTINCT bidder_id FROM bids WHERE auction_id=? AND seq>=? AND seq<?',
        auctionId,
        seq,
        next,
      );
      for (const userId of page) bidders.set(userId, isRecent);
      seq = next;
    }
    const { after, before } = outbidKeys(auctionId);
    const waiting = await numbers(
      `SELECT DISTINCT user_id FROM outbox WHERE gather_key>? AND gather_key<? AND status IN ('pending','queued')`,
      after,
      before,
    );
    for (const userId of waiting) if (bidders.has(userId)) bidders.set(userId, true);
    return [...bidders].map(([userId, wantsLetter]) => ({ userId, wantsLetter }));
  };
}
