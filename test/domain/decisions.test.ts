import { beforeAll, describe, expect, it } from 'vitest';
import type { AuctionCommand } from '../../server/domain/auction/rules/commands.ts';
import { ALICE, activeAuction, BOB, ENDS_AT_MS, SELLER } from '../support/auctions.ts';
import {
  after,
  award,
  bid,
  byHost,
  byTime,
  comment,
  eventsOf,
  NOW_MS,
  PRICES,
  product,
  refusalOf,
  type SaleStates,
  saleStates,
} from '../support/decisions.ts';

let scheduled: SaleStates['scheduled'];
let live: SaleStates['live'];
let inRing: SaleStates['inRing'];
beforeAll(async () => {
  ({ scheduled, live, inRing } = await saleStates());
});

describe('what happens in a timed auction', () => {
  it('[BI1] a bid is an event with its bidder, its id and whom it outbids', () => {
    const first = bid(ALICE, 2501, '"a"');
    const placed = {
      type: 'bid_placed',
      atMs: NOW_MS,
      bidder: { id: ALICE.id, username: 'alice' },
      amount: 2501,
      requestId: '"a"',
      previousLeader: null,
    };
    expect(eventsOf(activeAuction(), first)).toEqual([placed]);
    expect(eventsOf(after(activeAuction(), first), bid(BOB, 2502))).toEqual([
      {
        ...placed,
        bidder: { id: BOB.id, username: 'bob' },
        amount: 2502,
        requestId: null,
        previousLeader: { id: ALICE.id, username: 'alice' },
      },
    ]);
  });

  it('[EN3] a start is an event of its moment', () => {
    const state = { ...activeAuction(), status: 'scheduled' as const };
    expect(eventsOf(state, { type: 'start', nowMs: NOW_MS })).toEqual([
      { type: 'auction_started', atMs: NOW_MS },
    ]);
  });

  it('[EN1] an end by time names the winner and the price, or no winner and the starting price', () => {
    const end = { type: 'end' as const, nowMs: ENDS_AT_MS, requestedBy: null };
    const ended = { type: 'auction_ended', atMs: ENDS_AT_MS, cause: 'time', winner: null, finalPrice: 2500 };
    expect(eventsOf(activeAuction(), end)).toEqual([ended]);
    expect(eventsOf(after(activeAuction(), bid(ALICE, 3000)), end)).toEqual([
      { ...ended, winner: { id: ALICE.id, username: 'alice' }, finalPrice: 3000 },
    ]);
  });

  it('[EN2] an end by the seller says so', () => {
    expect(eventsOf(activeAuction(), byHost('end', SELLER))).toEqual([
      { type: 'auction_ended', atMs: NOW_MS, cause: 'seller', winner: null, finalPrice: 2500 },
    ]);
  });

  it.each([
    byHost('start_sale', SELLER),
    byHost('enter_ring', SELLER),
    byHost('end_sale', SELLER),
    { ...award, requestedBy: SELLER },
    comment,
  ])('[GR2] nothing that only a live sale knows: $type', (command) => {
    expect(refusalOf(activeAuction(), command)).toBe('auction_not_found');
  });
});

describe('what happens in a live sale', () => {
  it('[GR1] a bid is an event with its round, and what viewers see of its bidder', () => {
    const placed = {
      type: 'bid_placed',
      atMs: NOW_MS,
      bidder: { id: ALICE.id, username: 'alice' },
      amount: 800,
      requestId: '1',
      previousLeader: null,
      sale: { round: 2, bidder: ALICE },
    };
    expect(eventsOf(live(), bid(ALICE, 800, '1'))).toEqual([placed]);
    const [second] = eventsOf(live(bid(ALICE, 800)), bid(BOB, 801));
    expect(second).toMatchObject({ previousLeader: { id: ALICE.id, username: 'alice' } });
  });

  it('[GR1] the first bid of each round is of its minimum at least, and outbids no one', () => {
    const awarded = live(bid(ALICE, 900), award, product('Ring'));
    expect(refusalOf(awarded, bid(BOB, 799))).toBe('below_minimum');
    expect(eventsOf(awarded, bid(BOB, 800))).toMatchObject([{ previousLeader: null, sale: { round: 4 } }]);
  });

  it('[GR1] a bid of nothing is refused where there is no minimum, and one of the least is taken', () => {
    const free = live({ ...product('Ring'), prices: { ...PRICES, minBidPrice: 0 } });
    expect(refusalOf(free, bid(ALICE, 0))).toBe('below_minimum');
    expect(refusalOf(free, bid(ALICE, 1))).toBeNull();
  });

  it('[GR2] it has its host’s start and end and no others', () => {
    expect(eventsOf(scheduled, byHost('start_sale'))).toEqual([{ type: 'auction_started', atMs: NOW_MS }]);
    const far = scheduled.facts.endTimeMs + 3_600_000;
    expect(refusalOf(scheduled, { type: 'start', nowMs: far })).toBe('not_due');
    expect(refusalOf(live(), { type: 'end', nowMs: far, requestedBy: null })).toBe('not_due');
  });

  it('[GR2] an end is an event without a winner, at the price of the round', () => {
    const ended = { type: 'auction_ended', atMs: NOW_MS, cause: 'seller', winner: null, finalPrice: 900 };
    for (const type of ['end', 'end_sale'] as const) {
      expect(eventsOf(live(bid(ALICE, 900)), byHost(type))).toEqual([ended]);
    }
    expect(eventsOf(live(), byHost('cancel_sale'))).toEqual([{ type: 'auction_cancelled', atMs: NOW_MS }]);
  });

  it('[GR3] a product is an event of the next round, with its prices', () => {
    expect(eventsOf(live(), product('Ring'))).toEqual([
      {
        type: 'product_changed',
        atMs: NOW_MS,
        round: 3,
        product: 'Ring',
        prices: PRICES,
        description: null,
      },
    ]);
  });

  it('[GR8] a correction is an event of the open round; what was said before stays unless it is said anew', () => {
    const corrected = {
      type: 'product_changed',
      atMs: NOW_MS,
      round: 2,
      product: 'Necklace',
      prices: PRICES,
    };
    expect(eventsOf(live(bid(ALICE, 800)), product('Necklace'))).toEqual([corrected]);
    expect(eventsOf(live(), { ...product('Necklace'), description: 'Of silver.' })).toEqual([
      { ...corrected, description: 'Of silver.' },
    ]);
    expect(eventsOf(live(award), product('Necklace'))).toEqual([{ ...corrected, round: 4 }]);
  });

  it('[GR4] an award is an event of the round that is over, with its highest bid or none', () => {
    const awarded = {
      type: 'product_awarded',
      atMs: NOW_MS,
      round: 2,
      product: 'Gold Ring',
      weight: '5 g',
      winningBid: null,
    };
    expect(eventsOf(live(), award)).toEqual([awarded]);
    const led = live(bid(ALICE, 800), bid(BOB, 950));
    expect(eventsOf(led, award)).toEqual([
      { ...awarded, winningBid: { seq: led.version, amount: 950, bidder: BOB, atMs: NOW_MS } },
    ]);
  });

  it('[GR5] a comment is an event of its round; blocked and muted users post none', () => {
    expect(eventsOf(live(), comment)).toEqual([
      { type: 'comment_posted', atMs: NOW_MS, round: 2, author: ALICE, text: 'Mine!' },
    ]);
    expect(refusalOf(live(), { ...comment, authorIsBlocked: true })).toBe('account_blocked');
    const mute = { ...byHost('mute_user'), userId: ALICE.id, isMuted: true };
    expect(eventsOf(live(), mute)).toEqual([
      { type: 'user_muted', atMs: NOW_MS, userId: ALICE.id, isMuted: true },
    ]);
    expect(refusalOf(live(mute), { ...comment, authorIsBlocked: true })).toBe('account_blocked');
    expect(refusalOf(live(mute), comment)).toBe('muted');
  });

  it.each([
    ['not_started', () => scheduled],
    ['already_ended', () => live(byHost('end_sale'))],
    ['already_ended', () => ({ ...live(), status: 'completed' as const })],
    ['already_cancelled', () => live(byHost('cancel_sale'))],
  ])('[GR2] nothing may be asked of one that is not live: %s', (code, stateOf) => {
    const commands: AuctionCommand[] = [
      bid(ALICE, 5_000),
      comment,
      award,
      product('Ring'),
      byHost('end_sale'),
      byHost('cancel_sale'),
      byHost('pause_sale'),
      byHost('resume_sale'),
      byHost('close_ring'),
      { ...byHost('mute_user'), userId: ALICE.id, isMuted: true },
    ];
    expect(commands.map((command) => refusalOf(stateOf(), command))).toEqual(commands.map(() => code));
  });

  it('[GR2] a stranger is told so before anything else', () => {
    const commands: AuctionCommand[] = [
      byHost('start_sale', ALICE),
      byHost('enter_ring', ALICE),
      byHost('pause_sale', ALICE),
      byHost('resume_sale', ALICE),
      byHost('close_ring', ALICE),
      byHost('end', ALICE),
      { ...award, requestedBy: ALICE },
    ];
    for (const state of [scheduled, live(), live(byHost('end_sale'))]) {
      expect(commands.map((command) => refusalOf(state, command))).toEqual(commands.map(() => 'not_seller'));
    }
  });
});

describe('what happens in the ring of a live sale', () => {
  const opened = { type: 'ring_opened', atMs: NOW_MS };

  it('[RG1] the auctioneer’s coming starts the sale and opens the ring, once', () => {
    expect(eventsOf(scheduled, byHost('enter_ring'))).toEqual([
      { type: 'auction_started', atMs: NOW_MS },
      opened,
    ]);
    expect(eventsOf(live(), byHost('enter_ring'))).toEqual([opened]);
    expect(refusalOf(inRing(), byHost('enter_ring'))).toBe('not_due');
    expect(refusalOf(inRing(byHost('end_sale')), byHost('enter_ring'))).toBe('already_ended');
    expect(refusalOf(inRing(byHost('cancel_sale')), byHost('enter_ring'))).toBe('already_cancelled');
  });

  it('[RG1] a host who pauses says so; bids are refused, and a second pause is', () => {
    const paused = inRing(byHost('pause_sale'));
    expect(eventsOf(inRing(), byHost('pause_sale'))).toEqual([
      { type: 'sale_paused', atMs: NOW_MS, reason: 'host' },
    ]);
    expect(refusalOf(paused, byHost('pause_sale'))).toBe('paused');
    expect(refusalOf(paused, { ...bid(ALICE, 5_000), bidderIsBlocked: true })).toBe('paused');
    expect(refusalOf(paused, byHost('enter_ring'))).toBe('not_due');
    expect(eventsOf(paused, byHost('resume_sale'))).toEqual([{ type: 'sale_resumed', atMs: NOW_MS }]);
    expect(refusalOf(inRing(), byHost('resume_sale'))).toBe('not_paused');
  });

  it('[RG3] the auctioneer’s absence pauses an open ring, once, also over a pause of the host’s', () => {
    const paused = { type: 'sale_paused', atMs: NOW_MS, reason: 'auctioneer_disconnected' };
    expect(eventsOf(inRing(), byTime('pause_sale'))).toEqual([paused]);
    expect(eventsOf(inRing(byHost('pause_sale')), byTime('pause_sale'))).toEqual([paused]);
    const absent = inRing(byTime('pause_sale'));
    expect(refusalOf(absent, byTime('pause_sale'))).toBe('not_due');
    expect(eventsOf(absent, byHost('enter_ring'))).toEqual([{ type: 'sale_resumed', atMs: NOW_MS }]);
    for (const state of [scheduled, live(), inRing(byHost('end_sale'))]) {
      expect(refusalOf(state, byTime('pause_sale'))).toBe('not_due');
    }
  });

  it('[RG4] closing a ring ends its sale, and says why', () => {
    const ended = { type: 'auction_ended', atMs: NOW_MS, cause: 'seller', winner: null, finalPrice: 900 };
    const led = inRing(bid(ALICE, 900));
    expect(eventsOf(led, byHost('close_ring'))).toEqual([
      { type: 'ring_closed', atMs: NOW_MS, cause: 'stopped' },
      ended,
    ]);
    expect(eventsOf(led, byTime('close_ring'))).toEqual([
      { type: 'ring_closed', atMs: NOW_MS, cause: 'auctioneer_disconnected' },
      ended,
    ]);
    expect(refusalOf(live(), byHost('close_ring'))).toBe('not_due');
    for (const state of [scheduled, live(), inRing(byHost('end_sale'))]) {
      expect(refusalOf(state, byTime('close_ring'))).toBe('not_due');
    }
  });

  it('[RG1] the end of a sale closes its ring first', () => {
    expect(eventsOf(inRing(), byHost('end_sale'))).toMatchObject([
      { type: 'ring_closed', atMs: NOW_MS, cause: 'stopped' },
      { type: 'auction_ended' },
    ]);
  });

  it('[RG10] the cancellation of a sale closes its ring first, as cancelled', () => {
    expect(eventsOf(inRing(), byHost('cancel_sale'))).toEqual([
      { type: 'ring_closed', atMs: NOW_MS, cause: 'cancelled' },
      { type: 'auction_cancelled', atMs: NOW_MS },
    ]);
  });
});
