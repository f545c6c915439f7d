import { formatMinor } from '../../shared/money.ts';
import { differences } from './ledgerAudit.ts';
import type { Row, Rows } from './rows.ts';
import { awardLine, bidLine, commentLine, productLine, type ToldLine } from './saleSocket.ts';

interface Bid {
  readonly seq: number;
  readonly userId: number;
  readonly amount: number;
}

/** What the ledger says of an event, as far as rounds go. */
interface EventData {
  readonly round?: number;
  readonly product?: string;
  readonly prices?: { readonly minBidPrice: number };
  readonly weight?: string | null;
  readonly winningBid?: {
    readonly seq: number;
    readonly amount: number;
    readonly bidder: { readonly id: number };
  } | null;
  readonly bidder?: { readonly id: number };
  readonly amount?: number;
  readonly sale?: { readonly round: number };
  readonly author?: { readonly id: number };
  readonly text?: string;
}

const LIVE = `auction_id IN (SELECT id FROM auctions WHERE kind = 'live')`;

/**
 * Checks what must hold of live sales between two commits, by going through their ledgers once more: bids and
 * comments stand under the round in which they came; each award takes the highest bid of its own round, and
 * has one winning and one notice with that price. `told` is what anybody was told.
 */
export async function auditSales(rows: Rows, told: readonly ToldLine[]): Promise<readonly string[]> {
  const replay = new Replay();
  for (const row of await rows.read(`SELECT * FROM ledger_events WHERE ${LIVE} ORDER BY auction_id, seq`)) {
    replay.add(row);
  }
  return [
    ...replay.faults,
    ...differences('bid of its round', replay.bids, await bidsIn(rows)),
    ...differences('comment', replay.comments, await commentsIn(rows)),
    ...differences('winning', replay.winnings, await winningsIn(rows)),
    ...differences('notice of an award', replay.notices, await noticesIn(rows)),
    ...told.flatMap(({ auctionId, seq, text }) => {
      const stored = replay.lines.get(`${auctionId}/${seq}`);
      return stored?.startsWith(text) === true
        ? []
        : [`told in sale ${auctionId} as ${seq}: ${text}; stored: ${stored}`];
    }),
  ];
}

/** Ledgers of live sales gone through in order: what every row should be. */
class Replay {
  readonly faults: string[] = [];
  readonly lines = new Map<string, string>();
  readonly bids: string[] = [];
  readonly comments: string[] = [];
  readonly winnings: string[] = [];
  readonly notices: string[] = [];
  #auctionId = 0;
  #round = 1;
  #highest: Bid | null = null;

  add(row: Row): void {
    const [auctionId, seq] = [Number(row['auction_id']), Number(row['seq'])];
    if (auctionId !== this.#auctionId) {
      this.#auctionId = auctionId;
      this.#openRound(1);
    }
    const line = this.#lineOf(seq, String(row['type']), JSON.parse(String(row['data'])) as EventData);
    this.lines.set(`${auctionId}/${seq}`, line);
  }

  #lineOf(seq: number, type: string, data: EventData): string {
    const auctionId = this.#auctionId;
    const round = this.#round;
    switch (type) {
      case 'bid_placed': {
        const bid = { seq, userId: data.bidder?.id ?? 0, amount: data.amount ?? 0 };
        if (data.sale?.round !== round) this.#fault(seq, `a bid of round ${data.sale?.round} in ${round}`);
        if (bid.amount > (this.#highest?.amount ?? 0)) this.#highest = bid;
        else this.#fault(seq, `${bid.amount} after ${this.#highest?.amount}`);
        this.bids.push(`${auctionId}/${seq} in ${round}`);
        return bidLine(bid.userId, bid.amount);
      }
      case 'comment_posted': {
        const line = commentLine(data.author?.id ?? 0, data.text ?? '');
        this.comments.push(`${auctionId}/${seq} in ${round}, ${line}`);
        return line;
      }
      case 'product_changed':
        if (data.round !== round + 1) this.#fault(seq, `round ${data.round} after ${round}`);
        this.#openRound(round + 1);
        return productLine(data.product ?? '', data.prices?.minBidPrice ?? 0);
      case 'product_awarded':
        return this.#award(seq, data);
      default:
        return type;
    }
  }

  #award(seq: number, { round, product, weight, winningBid }: EventData): string {
    const { bidder, amount } = winningBid ?? {};
    const named = winningBid ? { seq: winningBid.seq, userId: bidder?.id ?? 0, amount: amount ?? 0 } : null;
    const line = awardLine(named);
    if (round !== this.#round) this.#fault(seq, `an award of round ${round} in ${this.#round}`);
    if (line !== awardLine(this.#highest)) this.#fault(seq, `${line} instead of ${awardLine(this.#highest)}`);
    if (named !== null) {
      const { userId } = named;
      const price = formatMinor(named.amount);
      this.winnings.push(`${this.#auctionId}/${round}: ${product} ${weight} to ${userId} for ${price}`);
      this.notices.push(`${this.#auctionId}: user ${userId}: You won ${product} for Rs. ${price}`);
    }
    this.#openRound(this.#round + 1);
    return line;
  }

  #openRound(round: number): void {
    this.#round = round;
    this.#highest = null;
  }

  #fault(seq: number, text: string): void {
    this.faults.push(`sale ${this.#auctionId}, event ${seq}: ${text}`);
  }
}

async function bidsIn(rows: Rows): Promise<string[]> {
  const bids = await rows.read(`SELECT auction_id, seq, round FROM bids WHERE ${LIVE}`);
  return bids.map(({ auction_id, seq, round }) => `${String(auction_id)}/${String(seq)} in ${String(round)}`);
}

async function commentsIn(rows: Rows): Promise<string[]> {
  const comments = await rows.read('SELECT * FROM comments');
  return comments.map(
    ({ auction_id, seq, round, user_id, text }) =>
      `${String(auction_id)}/${String(seq)} in ${String(round)}, ${commentLine(Number(user_id), String(text))}`,
  );
}

async function winningsIn(rows: Rows): Promise<string[]> {
  const winnings = await rows.read('SELECT * FROM winnings');
  return winnings.map(({ auction_id, round, product, weight, user_id, price }) => {
    const to = `to ${String(user_id)} for ${formatMinor(Number(price))}`;
    return `${String(auction_id)}/${String(round)}: ${String(product)} ${String(weight)} ${to}`;
  });
}

async function noticesIn(rows: Rows): Promise<string[]> {
  const notices = await rows.read(`SELECT * FROM notifications WHERE type = 'auction_won' AND ${LIVE}`);
  return notices.map(
    ({ auction_id, user_id, message }) =>
      `${String(auction_id)}: user ${String(user_id)}: ${String(message)}`,
  );
}
