import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuctionEvent } from '../../server/domain/auction/rules/events.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import { LedgerFault } from '../../server/domain/auction/rules/ledgerFault.ts';
import { auctionChannel, Room } from '../../server/domain/auction/view/room.ts';
import { project } from '../../server/domain/auction/view/snapshot.ts';
import type { AuctionState, SaleState } from '../../server/domain/auction/rules/state.ts';
import { createInProcessLayer } from '../../server/engines/layer/inProcess.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { ALICE, activeAuction, BOB, person, STARTED_AT_MS } from '../support/auctions.ts';
import { openLanes } from '../support/lanes.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore, rawWrite, type TestStore } from '../support/store.ts';

const atMs = STARTED_AT_MS + 1_000;
const PRICES = { minBidPrice: 800, bidPrice: 1_000, actualPrice: 1_400 };

const bid = (amount: number, round?: number): AuctionEvent => ({
  type: 'bid_placed',
  atMs,
  bidder: { id: ALICE.id, username: ALICE.username },
  amount,
  requestId: null,
  previousLeader: null,
  ...(round === undefined ? {} : { sale: { round, bidder: ALICE } }),
});
const ended = (winner: typeof BOB | null): AuctionEvent => ({
  type: 'auction_ended',
  atMs,
  cause: 'time',
  winner,
  finalPrice: 3_000,
});
const product = (round: number): AuctionEvent => ({
  type: 'product_changed',
  atMs,
  round,
  product: 'Ring',
  prices: PRICES,
});
const award = (round: number, seq: number | null): AuctionEvent => ({
  type: 'product_awarded',
  atMs,
  round,
  product: 'Ring',
  weight: null,
  winningBid: seq === null ? null : { seq, amount: 900, bidder: ALICE, atMs },
});
const comment = (round: number): AuctionEvent => ({
  type: 'comment_posted',
  atMs,
  round,
  author: ALICE,
  text: 'x',
});
const paused = (reason: 'host' | 'auctioneer_disconnected'): AuctionEvent => ({
  type: 'sale_paused',
  atMs,
  reason,
});
const plain = (
  type: 'auction_created' | 'auction_started' | 'auction_cancelled' | 'ring_opened' | 'sale_resumed',
): AuctionEvent => ({ type, atMs });
const ringClosed: AuctionEvent = { type: 'ring_closed', atMs, cause: 'stopped' };
const muted: AuctionEvent = { type: 'user_muted', atMs, userId: 11, isMuted: true };

const led = evolve(activeAuction(), bid(3_000));

/** A live sale in round 1. */
function sale(changes: Partial<SaleState> = {}, terms: Partial<SaleState['sale']> = {}): SaleState {
  return {
    ...activeAuction(),
    round: { number: 1, product: null, prices: PRICES, highestBid: null, totalBids: 0 },
    ...changes,
    sale: { mutedUserIds: [], ring: 'none', pause: null, hasOutbidLetters: false, ...terms },
  };
}
const ledSale = evolve(sale(), bid(900, 1));

describe('an event that cannot have happened', () => {
  const impossible: readonly (readonly [string, AuctionState, AuctionEvent])[] = [
    ['made twice', activeAuction(), plain('auction_created')],
    ['started twice', activeAuction(), plain('auction_started')],
    ['a bid before the start', activeAuction({ status: 'scheduled' }), bid(3_000)],
    ['a bid after the end', activeAuction({ status: 'ended' }), bid(3_000)],
    ['a first bid below the price', activeAuction(), bid(2_499)],
    ['a bid of the same price', led, bid(3_000)],
    ['a bid of a round in a timed auction', activeAuction(), bid(3_000, 1)],
    ['an end before the start', activeAuction({ status: 'scheduled' }), ended(null)],
    ['an end with another winner', led, ended(BOB)],
    ['an end without the winner', led, ended(null)],
    ['a winner without a bid', activeAuction(), ended(BOB)],
    ['a winner of a whole live sale', ledSale, ended(ALICE)],
    ['a product in a timed auction', activeAuction(), product(2)],
    ['a mute in a timed auction', activeAuction(), muted],
    ['a cancellation of a timed auction', activeAuction(), plain('auction_cancelled')],
    ['a bid of no round in a live sale', sale(), bid(900)],
    ['a bid of another round', sale(), bid(900, 2)],
    ['a bid below the minimum', sale(), bid(799, 1)],
    ['a bid of the same price in a live sale', ledSale, bid(900, 1)],
    ['a bid in a pause', sale({}, { pause: 'host' }), bid(900, 1)],
    ['an award before the start', sale({ status: 'scheduled' }), award(1, null)],
    ['a cancellation after the end', sale({ status: 'ended' }), plain('auction_cancelled')],
    ['a product of the open round', sale(), product(1)],
    ['an award of another round', sale(), award(2, null)],
    ['an award without the highest bid', ledSale, award(1, null)],
    ['an award to a bid that is not there', sale(), award(1, 3)],
    ['a comment in another round', sale(), comment(2)],
    ['a comment before the start', sale({ status: 'scheduled' }), comment(1)],
    ['a ring opened twice', sale({}, { ring: 'open' }), plain('ring_opened')],
    ['a ring opened after it was closed', sale({}, { ring: 'closed' }), plain('ring_opened')],
    ['a ring closed that was never open', sale(), ringClosed],
    ['a pause of its host in a pause', sale({}, { pause: 'host' }), paused('host')],
    [
      'a second pause without the auctioneer',
      sale({}, { pause: 'auctioneer_disconnected' }),
      paused('auctioneer_disconnected'),
    ],
    [
      'a pause of the host while the auctioneer is gone',
      sale({}, { pause: 'auctioneer_disconnected' }),
      paused('host'),
    ],
    ['a resume that was not paused', sale(), plain('sale_resumed')],
  ];

  it.each(impossible)('%s', (_name, state, event) => {
    expect(() => evolve(state, event)).toThrow(LedgerFault);
  });

  it('is named with its number, its auction and the state it met', () => {
    expect(() => evolve(activeAuction({ status: 'ended' }), bid(3_000))).toThrow(
      'event 3 (bid_placed) of auction 1 is impossible: it is not active (version 2, ended, round 1 with no bid)',
    );
    expect(() => evolve(ledSale, plain('sale_resumed'))).toThrow(
      'event 4 (sale_resumed) of auction 1 is impossible: the sale is not paused ' +
        '(version 3, active, round 1 with a bid of 900, ring none, pause none)',
    );
  });

  const possible: readonly (readonly [string, AuctionState, AuctionEvent])[] = [
    ['the first event', activeAuction({ status: 'scheduled', version: 0 }), plain('auction_created')],
    ['a first bid of the minimum', sale(), bid(800, 1)],
    [
      'a pause of a sale whose host had paused it',
      sale({}, { pause: 'host' }),
      paused('auctioneer_disconnected'),
    ],
    ['an end of an open round with bids', ledSale, ended(null)],
    ['a round without a bid', sale(), award(1, null)],
  ];

  it.each(possible)('is not %s', (_name, state, event) => {
    expect(evolve(state, event).version).toBe(state.version + 1);
  });
});

describe('a ledger with an impossible event', () => {
  const BUYER = person(1, 'buyer1');
  const HIGH = 90_000_000;
  let clock: ManualClock;
  let database: TestStore;
  beforeEach(async () => {
    clock = new ManualClock();
    database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
  });
  afterEach(() => database.close());

  /** Writes into the ledger of auction 1 what no server would. */
  const forge = async (seq: number, { type, atMs: at, ...data }: AuctionEvent) => {
    await rawWrite(
      database.databaseUrl,
      `INSERT INTO ledger_events (auction_id, seq, change_id, type, data, at)
       VALUES (1, ${seq}, 'forged-${seq}', '${type}', '${JSON.stringify(data)}', ${at});
       UPDATE auctions SET version = ${seq} WHERE id = 1`,
    );
  };

  it('answers the commands of its lane with the error, and the next ones from the stored auction', async () => {
    const process = openLanes(database.store.ledger, clock);
    expect(await process.bid(BUYER, HIGH)).toMatchObject({ kind: 'accepted' });
    await forge(4, bid(1));
    await expect(process.bid(BUYER, HIGH + 1)).rejects.toThrow(
      'event 4 (bid_placed) of auction 1 is impossible: a bid of 1 is not higher than 90000000',
    );
    expect(await process.bid(BUYER, HIGH + 1)).toMatchObject({ kind: 'accepted', stored: { seq: 5 } });
  });

  it('leaves its room as it was, with one line in the log, however much follows', async () => {
    const log = new RecordedLog();
    const layer = createInProcessLayer(log);
    const told: number[] = [];
    const room = await Room.open(
      1,
      { views: database.store.views, ledger: database.store.ledger, layer, clock, log },
      ({ seq }) => told.push(seq),
    );
    if (room === null) throw new Error('there is no auction 1');
    const [legal, forged, later] = [bid(HIGH), bid(1), bid(HIGH + 1)];
    layer.publish(auctionChannel(1), [
      { seq: 3, event: legal },
      { seq: 4, event: forged },
      { seq: 5, event: later },
    ]);
    layer.publish(auctionChannel(1), [{ seq: 6, event: bid(HIGH + 2) }]);
    room.heal();
    expect(told).toEqual([3]);
    expect(room.snapshot).toMatchObject({ seq: 3, currentPrice: HIGH });
    expect(log.lines).toEqual([
      {
        level: 'error',
        message: 'a room stays behind an impossible event',
        fields: { auctionId: 1, seq: 4, error: expect.any(LedgerFault) as unknown },
      },
    ]);
    room.close();
  });

  it('is not projected out of its order', async () => {
    const snapshot = await database.store.views.snapshot(1);
    if (snapshot === null) throw new Error('there is no auction 1');
    expect(() => project(snapshot, { seq: 4, event: bid(HIGH) })).toThrow(
      'event 4 of auction 1 does not follow event 2',
    );
    expect(project(snapshot, { seq: 3, event: bid(HIGH) }).latestBids).toHaveLength(1);
  });
});
