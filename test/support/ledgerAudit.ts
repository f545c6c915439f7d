import type { AnsweredBid, ToldBid } from './bids.ts';
import type { Row, Rows } from './rows.ts';

/** What an audit looked at, and every breach it found. */
export interface Audit {
  readonly bids: number;
  readonly outbids: number;
  readonly faults: readonly string[];
}

interface Bid {
  readonly auctionId: number;
  readonly seq: number;
  /** Of a live sale; 1 in a timed auction. */
  readonly round: number;
  readonly bidderId: number;
  readonly bidder: string;
  readonly amount: number;
  readonly isWinning: boolean;
  readonly requestId: string | null;
}

const BIDS = `SELECT b.auction_id, b.seq, b.round, b.bidder_id, u.username, b.amount, b.is_winning, b.request_id
  FROM bids b JOIN users u ON u.id = b.bidder_id ORDER BY b.auction_id, b.seq`;
const AUCTIONS = `SELECT a.*, s.round, s.min_bid_price, s.has_outbid_letters
  FROM auctions a LEFT JOIN live_sales s ON s.auction_id = a.id`;

/**
 * Checks everything that must hold in a database between two commits, against its rows alone: ledgers without
 * holes; in each round (a timed auction is one) rising prices, one winning bid, one notice and, where letters
 * are on, one letter for each change of the leader to somebody else; no message carried out twice. `told` are
 * bids that somebody was told of.
 */
export async function auditLedgers(rows: Rows, told: readonly ToldBid[] = []): Promise<Audit> {
  const bids = (await rows.read(BIDS)).map(bidOf);
  const auctions = await rows.read(AUCTIONS);
  const rounds = grouped(bids);
  const outbids = [...rounds.values()].flatMap(outbidsOf);
  const silent = new Set(auctions.filter((row) => row['has_outbid_letters'] === 0).map(({ id }) => id));
  const withLetter = outbids.filter(({ auctionId }) => !silent.has(auctionId));
  const faults = [
    ...faultsOfEvents(await rows.read('SELECT * FROM ledger_events ORDER BY auction_id, seq'), bids),
    ...auctions.flatMap((auction) => faultsOfAuction(auction, rounds)),
    ...[...rounds.values()].flatMap((round) => [...faultsOfPrices(round), ...faultsOfWinning(round)]),
    ...repeated(bids.flatMap((bid) => (bid.requestId === null ? [] : [requestOf(bid)]))).map(
      (request) => `carried out more than once: ${request}`,
    ),
    ...differences('notice', outbids.map(outbidText), await noticesIn(rows)),
    ...differences('letter', withLetter.map(outbidText), await lettersIn(rows)),
    ...faultsOfTold(told, bids),
  ];
  return { bids: bids.length, outbids: outbids.length, faults };
}

/** Checks that what was accepted is stored under the number that was told, and that what was refused is not. */
export async function auditAnswers(rows: Rows, answered: readonly AnsweredBid[]): Promise<readonly string[]> {
  const stored = await requestsIn(rows);
  return answered.flatMap(({ bid: { id }, answer }) => {
    const seq = stored.get(id);
    const isTrue = 'seq' in answer ? seq === answer.seq : seq === undefined;
    return fault(isTrue, `bid ${id} was answered ${JSON.stringify(answer)} and is stored as ${seq}`);
  });
}

/** The numbers of the stored bids by the ids that their senders gave them. */
export async function requestsIn(rows: Rows): Promise<ReadonlyMap<string, number>> {
  const bids = await rows.read('SELECT request_id, seq FROM bids WHERE request_id IS NOT NULL');
  return new Map(bids.map(({ request_id, seq }) => [JSON.parse(String(request_id)) as string, Number(seq)]));
}

/**
 * Checks that every letter has left under its own Message-ID, once nothing is under way any more, except those
 * that a newer letter to the same reader, the reader's own higher bid or the end of the auction has overtaken.
 */
export async function auditLetters(rows: Rows, messageIds: ReadonlySet<string>): Promise<Audit> {
  const letters = (await rows.read('SELECT * FROM outbox ORDER BY id')).toReversed();
  const bids = (await rows.read(BIDS)).map(bidOf);
  const overIds = new Set(
    (await rows.read(`SELECT id FROM auctions WHERE status <> 'active'`)).map(({ id }) => id),
  );
  const newerKeys = new Set<unknown>();
  const faults = letters.flatMap((letter) => {
    const { id, status, user_id, auction_id, gather_key } = letter;
    const hasNewer = newerKeys.has(gather_key);
    newerKeys.add(gather_key);
    const name = `letter ${String(id)}`;
    switch (status) {
      case 'sent': {
        const isThere = messageIds.has(`<outbox-${String(id)}@localhost>`);
        return fault(isThere, `${name} is marked as sent and never came`);
      }
      case 'superseded': {
        const { amount } = JSON.parse(String(letter['data'])) as { amount: number };
        const hasBidAgain = bids.some(
          (bid) => bid.auctionId === auction_id && bid.bidderId === user_id && bid.amount > amount,
        );
        const isOver = overIds.has(auction_id);
        return fault(hasNewer || hasBidAgain || isOver, `${name} is superseded by nothing`);
      }
      default:
        return [`${name} is ${String(status)}`];
    }
  });
  return { bids: bids.length, outbids: letters.length, faults };
}

function bidOf(row: Row): Bid {
  return {
    auctionId: Number(row['auction_id']),
    seq: Number(row['seq']),
    round: Number(row['round']),
    bidderId: Number(row['bidder_id']),
    bidder: String(row['username']),
    amount: Number(row['amount']),
    isWinning: row['is_winning'] === 1,
    requestId: row['request_id'] as string | null,
  };
}

function faultsOfEvents(events: readonly Row[], bids: readonly Bid[]): string[] {
  const faults: string[] = [];
  const expectedSeqs = new Map<number, number>();
  const placed = new Set<string>();
  for (const { auction_id, seq: number, type, data } of events) {
    const [auctionId, seq] = [Number(auction_id), Number(number)];
    const expected = (expectedSeqs.get(auctionId) ?? 0) + 1;
    if (seq !== expected) faults.push(`ledger ${auctionId} has ${seq} where ${expected} should be`);
    expectedSeqs.set(auctionId, seq);
    if (type !== 'bid_placed') continue;
    const { bidder, amount } = JSON.parse(String(data)) as { bidder: { id: number }; amount: number };
    placed.add(`${auctionId}/${seq} ${bidder.id} ${amount}`);
  }
  const stored = bids.map(
    ({ auctionId, seq, bidderId, amount }) => `${auctionId}/${seq} ${bidderId} ${amount}`,
  );
  for (const bid of stored) if (!placed.delete(bid)) faults.push(`bid ${bid} is not in the ledger`);
  for (const bid of placed) faults.push(`ledger entry ${bid} has no bid`);
  return faults;
}

/** An auction's row stands for the round that is open: its leader, its price, its number of bids. */
function faultsOfAuction(auction: Row, rounds: ReadonlyMap<string, readonly Bid[]>): string[] {
  const auctionId = Number(auction['id']);
  const bids = rounds.get(roundKey({ auctionId, round: Number(auction['round'] ?? 1) })) ?? [];
  const highest = bids.at(-1);
  const firstPrice = auction['min_bid_price'] ?? auction['starting_price'];
  return [
    fault(auction['leader_bid_seq'] === (highest?.seq ?? null), 'the leading bid is not the highest'),
    fault(auction['leader_id'] === (highest?.bidderId ?? null), 'the leader did not bid highest'),
    fault(auction['current_price'] === (highest?.amount ?? firstPrice), 'the price is wrong'),
    fault(auction['total_bids'] === bids.length, 'the number of bids is wrong'),
  ]
    .flat()
    .map((text) => `auction ${auctionId}: ${text}`);
}

function faultsOfWinning(bids: readonly Bid[]): string[] {
  const winning = bids.filter(({ isWinning }) => isWinning).map(({ seq }) => seq);
  const [highest] = bids.toSorted((one, other) => other.amount - one.amount);
  return highest === undefined
    ? []
    : fault(
        winning.join() === String(highest.seq),
        `round ${roundKey(highest)}: winning bids ${winning.join()}`,
      );
}

function faultsOfPrices(bids: readonly Bid[]): string[] {
  return bids.flatMap(({ auctionId, seq, amount }, index) => {
    const before = bids[index - 1]?.amount ?? 0;
    return amount > before ? [] : [`auction ${auctionId}: bid ${seq} of ${amount} follows ${before}`];
  });
}

/** Who lost the lead to which amount. */
interface Outbid {
  readonly auctionId: number;
  readonly userId: number;
  readonly amount: number;
}

/** One for each change of the leader to somebody else. */
function outbidsOf(bids: readonly Bid[]): Outbid[] {
  return bids.flatMap(({ auctionId, bidderId, amount }, index) => {
    const before = bids[index - 1];
    return before === undefined || before.bidderId === bidderId
      ? []
      : [{ auctionId, userId: before.bidderId, amount }];
  });
}

async function noticesIn(rows: Rows): Promise<string[]> {
  const notices = await rows.read(`SELECT * FROM notifications WHERE type = 'bid_outbid'`);
  return notices.map(({ auction_id, user_id, message }) => {
    const found = /Rs\. (\d+)\.(\d\d) on /.exec(String(message));
    const amount = Number(`${found?.[1] ?? ''}${found?.[2] ?? ''}`);
    return outbidText({ auctionId: Number(auction_id), userId: Number(user_id), amount });
  });
}

async function lettersIn(rows: Rows): Promise<string[]> {
  const letters = await rows.read(`SELECT * FROM outbox WHERE kind = 'outbid'`);
  return letters.map(({ auction_id, user_id, data }) => {
    const { amount } = JSON.parse(String(data)) as { amount: number };
    return outbidText({ auctionId: Number(auction_id), userId: Number(user_id), amount });
  });
}

function outbidText({ auctionId, userId, amount }: Outbid): string {
  return `user ${userId} outbid at ${amount} in auction ${auctionId}`;
}

/** The same may happen to somebody in several rounds: then it is expected, and found, as often. */
export function differences(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const [wanted, there] = [counted(expected), counted(found)];
  return [
    ...[...wanted].filter((text) => !there.has(text)).map((text) => `no ${what}: ${text}`),
    ...[...there].filter((text) => !wanted.has(text)).map((text) => `a ${what} without cause: ${text}`),
  ];
}

function counted(texts: readonly string[]): Set<string> {
  const times = new Map<string, number>();
  return new Set(
    texts.map((text) => {
      const time = (times.get(text) ?? 0) + 1;
      times.set(text, time);
      return time === 1 ? text : `${text}, time ${time}`;
    }),
  );
}

function faultsOfTold(told: readonly ToldBid[], bids: readonly Bid[]): string[] {
  const stored = new Map(bids.map((bid) => [`${bid.auctionId}/${bid.seq}`, bid]));
  return told.flatMap(({ auctionId, seq, bidder, amount }) => {
    const bid = stored.get(`${auctionId}/${seq}`);
    const isSame = bid?.bidder === bidder && bid.amount === Number(amount.replace('.', ''));
    return isSame
      ? []
      : [`told and not stored: bid ${seq} of ${amount} by ${bidder} in auction ${auctionId}`];
  });
}

function grouped(bids: readonly Bid[]): ReadonlyMap<string, readonly Bid[]> {
  const rounds = new Map<string, Bid[]>();
  for (const bid of bids) {
    const round = rounds.get(roundKey(bid));
    if (round === undefined) rounds.set(roundKey(bid), [bid]);
    else round.push(bid);
  }
  return rounds;
}

function roundKey({ auctionId, round }: { readonly auctionId: number; readonly round: number }): string {
  return `${auctionId}/${round}`;
}

function requestOf({ auctionId, bidderId, requestId }: Bid): string {
  return `request ${requestId} of user ${bidderId} in auction ${auctionId}`;
}

function repeated(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
}

function fault(holds: boolean, text: string): string[] {
  return holds ? [] : [text];
}
