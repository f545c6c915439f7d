import { beforeAll, describe, expect, it } from 'vitest';
import { changeOf } from '../../server/domain/auction/ledger/change.ts';
import type { EarlierBidder } from '../../server/domain/auction/ledger/notices.ts';
import type { AuctionCommand } from '../../server/domain/auction/rules/commands.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import type { BackendCallKind } from '../../server/domain/notification/backendCall.ts';
import type { AuctionState } from '../../server/domain/auction/rules/state.ts';
import { ALICE, activeAuction, BOB, ENDS_AT_MS, person, SELLER } from '../support/auctions.ts';
import {
  after,
  award,
  bid,
  byHost,
  byTime,
  comment,
  eventsOf,
  NOW_MS,
  product,
  type SaleStates,
  saleStates,
} from '../support/decisions.ts';
import { AUCTIONEER as HOST, RING as SALE } from '../support/ringHarness.ts';

let scheduled: SaleStates['scheduled'];
let live: SaleStates['live'];
let inRing: SaleStates['inRing'];
beforeAll(async () => {
  ({ scheduled, live, inRing } = await saleStates());
});

/** The change that these commands make together, as one commit. */
function changeBy(
  before: AuctionState,
  commands: readonly AuctionCommand[],
  told?: ReadonlySet<BackendCallKind>,
  earlierBidders: readonly EarlierBidder[] = [],
) {
  let state = before;
  const events = commands.flatMap((command) =>
    eventsOf(state, command).map((event) => {
      state = evolve(state, event);
      return { seq: state.version, event };
    }),
  );
  return changeOf(before, events, state, 'change', told, earlierBidders);
}

describe('what is stored with events', () => {
  it('[BI1] is each bid in its order, of which the last one leads and the earlier leader no more', () => {
    const before = after(activeAuction(), bid(ALICE, 2600));
    const change = changeBy(before, [bid(BOB, 2700, '"b"'), bid(ALICE, 2800)]);
    const row = { round: 1, atMs: NOW_MS };
    expect(change).toMatchObject({ auctionId: 1, expectedVersion: 3, changeId: 'change' });
    expect(change.bids).toEqual([
      { ...row, seq: 4, bidderId: BOB.id, amount: 2700, isWinning: false, requestId: '"b"' },
      { ...row, seq: 5, bidderId: ALICE.id, amount: 2800, isWinning: true, requestId: null },
    ]);
    expect(change.dethronedBidSeq).toBe(3);
    expect(changeBy(activeAuction(), [bid(BOB, 2700)]).dethronedBidSeq).toBeNull();
    expect(changeBy(before, [byHost('end', SELLER)]).dethronedBidSeq).toBeNull();
  });

  it('[GR3] is the leading bid of each round, and a leader of an earlier round keeps it', () => {
    const before = live(bid(ALICE, 900));
    const change = changeBy(before, [
      product('Ring'),
      bid(BOB, 850),
      bid(ALICE, 860),
      product('Pin'),
      bid(BOB, 800),
    ]);
    expect(change.bids.map(({ round, amount, isWinning }) => [round, amount, isWinning])).toEqual([
      [3, 850, false],
      [3, 860, true],
      [4, 800, true],
    ]);
    expect(change.dethronedBidSeq).toBeNull();
    expect(changeBy(before, [bid(BOB, 950), product('Ring')]).dethronedBidSeq).toBe(before.version);
  });

  it('[GR4] is a winning with its product and price where there was a bid, and none without one', () => {
    expect(changeBy(live(bid(BOB, 900)), [award]).winnings).toEqual([
      { userId: BOB.id, round: 2, product: 'Gold Ring', price: 900, weight: '5 g', atMs: NOW_MS },
    ]);
    expect(changeBy(live(), [award])).toMatchObject({ winnings: [], notifications: [], letters: [] });
  });

  it('[GR5] is a comment under its round', () => {
    const before = live();
    expect(changeBy(before, [comment]).comments).toEqual([
      { seq: before.version + 1, round: 2, userId: ALICE.id, text: 'Mine!', atMs: NOW_MS },
    ]);
  });

  it('[EN4] clears the deadline that an event has met', () => {
    const cleared = (before: AuctionState, ...commands: AuctionCommand[]) =>
      changeBy(before, commands).deadlinesCleared;
    const of = (...kinds: string[]) => kinds.map((kind) => ({ kind, subjectId: SALE }));
    expect(cleared(scheduled, byHost('start_sale'))).toEqual(of('auction_start'));
    expect(cleared(live(), byHost('end_sale'))).toEqual(of('auction_end'));
    expect(cleared(inRing(), byTime('pause_sale'))).toEqual(of('ring_pause'));
    expect(cleared(inRing(), byHost('close_ring'))).toEqual(of('ring_pause', 'ring_close', 'auction_end'));
    expect(cleared(live(), product('Ring'), byHost('cancel_sale'))).toEqual([]);
  });

  it('[RG5] is a call to the main backend for a ring that is closed, where there is a backend', () => {
    const call = {
      auctionId: SALE,
      userId: HOST.id,
      call: { kind: 'ring_closed', ringId: SALE, closedAtMs: NOW_MS, cause: 'stopped' },
      createdAtMs: NOW_MS,
    };
    expect(changeBy(inRing(), [byHost('close_ring')], new Set(['ring_closed'])).backendCalls).toEqual([call]);
    expect(changeBy(inRing(), [byHost('close_ring')]).backendCalls).toEqual([]);
  });

  it('[RG11] is a call to the main backend for each change of a ring, under the number of its event', () => {
    const called = (before: AuctionState, ...commands: readonly AuctionCommand[]) =>
      changeBy(before, commands, new Set(['ring_event'])).backendCalls;
    const callOf = (event: string, seq: number, status = 'active', cause: string | null = null) => ({
      auctionId: SALE,
      userId: HOST.id,
      call: { kind: 'ring_event', event, ringId: SALE, seq, atMs: NOW_MS, status, cause },
      createdAtMs: NOW_MS,
    });
    const { version } = inRing();
    expect(called(scheduled, byHost('enter_ring'))).toEqual([callOf('ring.live', scheduled.version + 2)]);
    expect(
      called(
        inRing(),
        byHost('pause_sale'),
        byHost('resume_sale'),
        byTime('pause_sale'),
        byTime('close_ring'),
      ),
    ).toEqual([
      callOf('ring.paused', version + 1, 'active', 'host'),
      callOf('ring.resumed', version + 2),
      callOf('ring.paused', version + 3, 'active', 'auctioneer_disconnected'),
      callOf('ring.closed', version + 4, 'ended', 'auctioneer_disconnected'),
    ]);
    expect(called(inRing(), byHost('cancel_sale'))).toEqual([
      callOf('ring.closed', version + 1, 'cancelled', 'cancelled'),
    ]);
    expect(called(inRing(), product('Ring'), bid(ALICE, 900))).toEqual([]);
    const both = changeBy(inRing(), [byHost('close_ring')], new Set(['ring_closed', 'ring_event']));
    expect(both.backendCalls.map(({ call }) => call.kind)).toEqual(['ring_closed', 'ring_event']);
  });
});

describe('whom events concern in person', () => {
  it('[EN4] tells winner and seller of an end, in the words of the document', () => {
    const before = after(activeAuction(), bid(ALICE, 3_000));
    const { notifications, letters } = changeBy(before, [
      { type: 'end', nowMs: ENDS_AT_MS, requestedBy: null },
    ]);
    const productName = 'Handwoven Pashmina Shawl';
    const row = { auctionId: 1, createdAtMs: ENDS_AT_MS };
    expect(notifications).toEqual([
      {
        ...row,
        userId: ALICE.id,
        type: 'auction_won',
        title: 'You have won the auction',
        message: `You won ${productName} for Rs. 30.00`,
      },
      {
        ...row,
        userId: SELLER.id,
        type: 'auction_sold',
        title: 'Your auction has ended',
        message: `alice won ${productName} for Rs. 30.00`,
      },
    ]);
    expect(letters).toEqual([
      {
        ...row,
        userId: ALICE.id,
        gatherKey: null,
        letter: { kind: 'auction_won', productName, finalPrice: 3_000 },
      },
      {
        ...row,
        userId: SELLER.id,
        gatherKey: null,
        letter: { kind: 'auction_sold', productName, finalPrice: 3_000, winner: 'alice' },
      },
    ]);
  });

  it('[EN4] tells the seller alone of an end without bids', () => {
    const before = activeAuction();
    const { notifications, letters } = changeBy(before, [byHost('end', SELLER)]);
    expect(notifications).toMatchObject([
      {
        userId: SELLER.id,
        title: 'Your auction has ended',
        message: 'Handwoven Pashmina Shawl received no bids',
      },
    ]);
    expect(letters).toMatchObject([
      { letter: { kind: 'auction_unsold', productName: 'Handwoven Pashmina Shawl' } },
    ]);
  });

  it('[EN5] tells everyone who bid and did not win, and by letter those who were outbid lately', () => {
    const before = after(activeAuction(), bid(ALICE, 2_600), bid(BOB, 2_700));
    const earlier = [
      { userId: ALICE.id, wantsLetter: true },
      { userId: BOB.id, wantsLetter: true },
      { userId: 77, wantsLetter: false },
    ];
    const { notifications, letters } = changeBy(before, [byHost('end', SELLER)], undefined, earlier);
    const row = { auctionId: 1, createdAtMs: NOW_MS };
    const lost = {
      ...row,
      type: 'auction_lost',
      title: 'The auction has ended',
      message: 'Handwoven Pashmina Shawl went to another bidder for Rs. 27.00',
    };
    expect(notifications.slice(2)).toEqual([
      { ...lost, userId: ALICE.id },
      { ...lost, userId: 77 },
    ]);
    const letter = { kind: 'auction_lost', productName: 'Handwoven Pashmina Shawl', finalPrice: 2_700 };
    expect(letters.slice(2)).toEqual([{ ...row, userId: ALICE.id, gatherKey: null, letter }]);
  });

  it('[EN5] tells those too who were outbid in the very commit of the end', () => {
    const before = after(activeAuction(), bid(ALICE, 2_600));
    const { notifications, letters } = changeBy(
      before,
      [bid(BOB, 2_700), bid(person(13, 'carol'), 2_800), byHost('end', SELLER)],
      undefined,
      [{ userId: ALICE.id, wantsLetter: false }],
    );
    const lost = [ALICE.id, BOB.id];
    const told = notifications.filter(({ type }) => type === 'auction_lost');
    expect(told.map(({ userId }) => userId)).toEqual(lost);
    const written = letters.filter(({ letter }) => letter.kind === 'auction_lost');
    expect(written.map(({ userId }) => userId)).toEqual(lost);
  });

  it('[OU1] gathers letters to the outbid by auction and user', () => {
    const before = after(activeAuction(), bid(ALICE, 2_600));
    const { letters } = changeBy(before, [bid(BOB, 2_700)]);
    expect(letters).toMatchObject([
      { gatherKey: 'outbid:1:11', letter: { productName: 'Handwoven Pashmina Shawl', amount: 2_700 } },
    ]);
  });

  it('[RG14] tells the leader of the round that the lot was not awarded, when the auctioneer is gone for good', () => {
    const noticesOf = (before: AuctionState, ...commands: readonly AuctionCommand[]) => {
      const { notifications, letters } = changeBy(before, commands);
      expect(letters).toEqual([]);
      return notifications;
    };
    const told = {
      userId: BOB.id,
      type: 'lot_not_awarded',
      title: 'The lot was not awarded',
      message: 'The auctioneer left and the sale has ended: your highest bid did not win Ring',
      auctionId: SALE,
      createdAtMs: NOW_MS,
    };
    const led = inRing(product('Ring'), bid(ALICE, 900), bid(BOB, 1_000));
    expect(noticesOf(led, byTime('close_ring'))).toEqual([told]);
    expect(noticesOf(inRing(product('Ring')), bid(BOB, 1_000), byTime('close_ring'))).toEqual([told]);
    expect(noticesOf(led, byHost('close_ring'))).toEqual([]);
    expect(noticesOf(led, byHost('cancel_sale'))).toEqual([]);
    expect(noticesOf(led, product('Chain'), byTime('close_ring'))).toMatchObject([{ type: 'bid_lapsed' }]);
    expect(noticesOf(inRing(product('Ring')), byTime('close_ring'))).toEqual([]);
    const awarded = changeBy(led, [award, byTime('close_ring')]).notifications;
    expect(awarded.map(({ type }) => type)).toEqual(['auction_won']);
  });
});
