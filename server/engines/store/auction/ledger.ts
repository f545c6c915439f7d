import { and, asc, eq, gt } from 'drizzle-orm';
import type { AuctionEvent, StoredAuctionEvent } from '../../../domain/auction/rules/events.ts';
import type { Session } from '../database.ts';
import { insertRows } from '../rows.ts';

/** An event on its way into the ledger of an auction. */
export interface LedgerEntry {
  readonly auctionId: number;
  readonly changeId: string;
  readonly stored: StoredAuctionEvent;
}

/** Appends events to their ledgers. */
export async function appendEvents(session: Session, entries: readonly LedgerEntry[]): Promise<void> {
  await insertRows(session, session.tables.ledgerEvents, entries.map(ledgerRow));
}

/** The row of an event in its ledger. That of a bid is written out, for most events are bids. */
export function ledgerRow({ auctionId, changeId, stored: { seq, event } }: LedgerEntry) {
  if (event.type === 'bid_placed') {
    const { type, atMs, bidder, amount, requestId, previousLeader, sale } = event;
    const data = JSON.stringify({ bidder, amount, requestId, previousLeader, sale });
    return { auctionId, seq, changeId, type, data, atMs };
  }
  const { type, atMs, ...data } = event;
  return { auctionId, seq, changeId, type, data: JSON.stringify(data), atMs };
}

/** Reads the events after `seq`, in order. */
export async function eventsAfter(
  { db, tables: { ledgerEvents } }: Session,
  auctionId: number,
  seq: number,
  limit: number,
): Promise<readonly StoredAuctionEvent[]> {
  const rows = await db
    .select()
    .from(ledgerEvents)
    .where(and(eq(ledgerEvents.auctionId, auctionId), gt(ledgerEvents.seq, seq)))
    .orderBy(asc(ledgerEvents.seq))
    .limit(limit);
  return rows.map(eventOf);
}

/** Reads the newest bids that have a request id. Read in the order of the index, which is nearly that of the ledger. */
export async function bidsWithRequestIds(
  session: Session,
  auctionId: number,
  sinceMs: number,
  limit: number,
): Promise<readonly StoredAuctionEvent[]> {
  const newest = 'bids.request_id IS NOT NULL ORDER BY bids.placed_at DESC LIMIT ?';
  return bidsSince(session, newest, [auctionId, sinceMs, limit]);
}

/** Reads the bids with these request ids. */
export async function bidsByRequestIds(
  session: Session,
  auctionId: number,
  sinceMs: number,
  requestIds: readonly string[],
): Promise<readonly StoredAuctionEvent[]> {
  if (requestIds.length === 0) return [];
  const isAsked = `bids.request_id IN (${requestIds.map(() => '?').join(', ')})`;
  return bidsSince(session, isAsked, [auctionId, sinceMs, ...requestIds]);
}

/** Raw SQL: a busy auction has thousands of these rows, and drizzle decodes each column of each. */
async function bidsSince(
  session: Session,
  condition: string,
  values: readonly (string | number)[],
): Promise<readonly StoredAuctionEvent[]> {
  const rows = await session.rows(
    `SELECT event.seq, event.data, event.at
     FROM bids JOIN ledger_events AS event ON event.auction_id = bids.auction_id AND event.seq = bids.seq
     WHERE bids.auction_id = ? AND bids.placed_at >= ? AND ${condition}`,
    [...values],
  );
  return rows
    .map(([seq, data, at]) =>
      eventOf({ seq: Number(seq), type: 'bid_placed', data: String(data), atMs: Number(at) }),
    )
    .sort((one, other) => one.seq - other.seq);
}

/**
 * Reads which change wrote the event `seq`. A commit whose connection broke may still be on its way; it holds the
 * auction's row until it is carried out, so that row is asked for first.
 */
export async function changeIdAt(
  { db, tables: { auctions, ledgerEvents }, dialect }: Session,
  auctionId: number,
  seq: number,
): Promise<string | null> {
  const isEvent = and(eq(ledgerEvents.auctionId, auctions.id), eq(ledgerEvents.seq, seq));
  const [row] = await dialect.forUpdate(
    db
      .select({ changeId: ledgerEvents.changeId })
      .from(auctions)
      .leftJoin(ledgerEvents, isEvent)
      .where(eq(auctions.id, auctionId)),
  );
  return row?.changeId ?? null;
}

interface LedgerRow {
  readonly seq: number;
  readonly type: AuctionEvent['type'];
  readonly data: string;
  readonly atMs: number;
}

function eventOf({ seq, type, data, atMs }: LedgerRow): StoredAuctionEvent {
  return { seq, event: { type, atMs, ...(JSON.parse(data) as object) } as AuctionEvent };
}
