import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../server/domain/account/account.ts';
import { type AuctionChange, changeOf } from '../../server/domain/auction/ledger/change.ts';
import type { AuctionCommand, PlaceBid } from '../../server/domain/auction/rules/commands.ts';
import { decide } from '../../server/domain/auction/rules/decide.ts';
import { type AuctionEvent, NO_PRICES, type Person } from '../../server/domain/auction/rules/events.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import { type AuctionState, currentPrice, type SaleState } from '../../server/domain/auction/rules/state.ts';
import { ALICE, activeAuction, BOB, person, SELLER, STARTED_AT_MS } from '../support/auctions.ts';

const NOW_MS = STARTED_AT_MS + 1_000;
const PRICES = { minBidPrice: 800, bidPrice: 1000, actualPrice: 1400 };

/** A live sale in round 1, with a minimum of 8.00. */
function liveSale(changes: Partial<SaleState> = {}): SaleState {
  return {
    ...activeAuction(),
    round: { number: 1, product: 'Chain', prices: PRICES, highestBid: null, totalBids: 0 },
    sale: { mutedUserIds: [], ring: 'none', pause: null, hasOutbidLetters: false },
    ...changes,
  };
}

const bid = (bidder: Profile, amount: number): PlaceBid => ({
  type: 'place_bid',
  bidder,
  bidderIsBlocked: false,
  amount,
  receivedAtMs: NOW_MS,
  requestId: null,
});
const host = <Type extends string>(type: Type, requestedBy: Person = SELLER) => ({
  type,
  nowMs: NOW_MS,
  requestedBy,
});
const product = (name: string) => ({ ...host('change_product'), product: name, prices: PRICES });
const award = (requestedBy: Person = SELLER) => ({
  ...host('award_product', requestedBy),
  product: 'Gold Ring – 18K',
  weight: '5.2g',
});
const comment = (author: Profile) => ({
  type: 'post_comment' as const,
  author,
  authorIsBlocked: false,
  text: 'Great item!',
  receivedAtMs: NOW_MS,
});

/** The state after these commands; every one of them must be carried out. */
function after(state: AuctionState, ...commands: AuctionCommand[]): AuctionState {
  return commands.reduce((current, command) => eventsOf(current, command).reduce(evolve, current), state);
}

function eventsOf(state: AuctionState, command: AuctionCommand): readonly AuctionEvent[] {
  const decision = decide(state, command);
  if (decision.kind === 'refused') throw new Error(decision.refusal.code);
  return decision.events;
}

/** What is stored of these commands as one change; every one of them must be carried out. */
function changeBy(state: AuctionState, ...commands: AuctionCommand[]): AuctionChange {
  const events = commands.map((command, index) => {
    const before = after(state, ...commands.slice(0, index));
    const [event] = eventsOf(before, command);
    if (event === undefined) throw new Error('nothing happened');
    return { seq: before.version + 1, event };
  });
  return changeOf(state, events, after(state, ...commands), 'change');
}

const refusal = (code: string) => ({
  kind: 'refused',
  refusal: expect.objectContaining({ code }) as unknown,
});

describe('the rules of a live sale', () => {
  it('[GR1] takes a first bid of at least the minimum, then only higher ones than the last', () => {
    expect(decide(liveSale(), bid(ALICE, 799))).toEqual(refusal('below_minimum'));
    const led = after(liveSale(), bid(ALICE, 800));
    expect(led.round.highestBid).toMatchObject({ amount: 800, bidder: ALICE });
    expect(decide(led, bid(BOB, 800))).toEqual(refusal('bid_too_low'));
    expect(after(led, bid(BOB, 801)).round.highestBid?.bidder.id).toBe(BOB.id);
  });

  it('[GR1] takes no bid on one’s own auction, of a blocked user, of nothing, or when it is not live', () => {
    expect(decide(liveSale(), bid(SELLER, 5000))).toEqual(refusal('own_auction'));
    expect(decide(liveSale(), { ...bid(ALICE, 5000), bidderIsBlocked: true })).toEqual(
      refusal('account_blocked'),
    );
    const free = after(liveSale(), { ...product('Ring'), prices: { ...PRICES, minBidPrice: 0 } });
    expect(decide(free, bid(ALICE, 0))).toEqual(refusal('below_minimum'));
    expect(decide(liveSale({ status: 'scheduled' }), bid(ALICE, 5000))).toEqual(refusal('not_started'));
    expect(decide(liveSale({ status: 'ended' }), bid(ALICE, 5000))).toEqual(refusal('already_ended'));
    expect(decide(liveSale({ status: 'cancelled' }), bid(ALICE, 5000))).toEqual(refusal('already_cancelled'));
  });

  it.each([
    ['start_sale', 'scheduled', 'active'],
    ['end_sale', 'active', 'ended'],
    ['cancel_sale', 'active', 'cancelled'],
  ] as const)('[GR2] %s leads from %s to %s, for its host alone', (type, before, then) => {
    const state = liveSale({ status: before });
    expect(decide(state, host(type, ALICE))).toEqual(refusal('not_seller'));
    expect(after(state, host(type)).status).toBe(then);
  });

  it.each([
    ['start_sale', 'active', 'already_live'],
    ['start_sale', 'ended', 'already_ended'],
    ['start_sale', 'cancelled', 'already_cancelled'],
    ['end_sale', 'scheduled', 'not_started'],
    ['end_sale', 'ended', 'already_ended'],
    ['end_sale', 'cancelled', 'already_cancelled'],
    ['cancel_sale', 'scheduled', 'not_started'],
    ['cancel_sale', 'ended', 'already_ended'],
    ['cancel_sale', 'cancelled', 'already_cancelled'],
  ] as const)('[GR2] %s is refused when %s: %s', (type, status, code) => {
    expect(decide(liveSale({ status }), host(type))).toEqual(refusal(code));
  });

  it.each(['scheduled', 'ended', 'cancelled'] as const)(
    '[GR2] no product, award or comment when %s',
    (status) => {
      const state = liveSale({ status });
      for (const command of [product('Ring'), award(), comment(ALICE)]) {
        expect(decide(state, command).kind).toBe('refused');
      }
    },
  );

  it('[GR3] a product opens a round with its own prices and no bids', () => {
    const state = after(liveSale(), bid(ALICE, 900), product('Silver Necklace'));
    expect(state.round).toEqual({
      number: 2,
      product: 'Silver Necklace',
      prices: PRICES,
      highestBid: null,
      totalBids: 0,
    });
    expect(currentPrice(state)).toBe(800);
    expect(state.status).toBe('active');
  });

  it('[GR9] takes no bid while nothing is on the block', () => {
    const state = liveSale();
    const unnamed = liveSale({ round: { ...state.round, product: null } });
    for (const nothingUp of [unnamed, after(state, bid(ALICE, 900), award())]) {
      expect(decide(nothingUp, bid(ALICE, 5000))).toEqual({
        kind: 'refused',
        refusal: { code: 'nothing_up', message: 'No product is up for auction right now.' },
      });
      expect(decide(nothingUp, { ...bid(ALICE, 5000), bidderIsBlocked: true })).toEqual(
        refusal('nothing_up'),
      );
      expect(decide(after(nothingUp, product('Ring')), bid(ALICE, 5000)).kind).toBe('events');
    }
    const paused = liveSale({ ...unnamed, sale: { ...state.sale, pause: 'host' } });
    expect(decide(paused, bid(ALICE, 5000))).toEqual(refusal('paused'));
  });

  it('[GR8] the same product again is a correction: prices change, bids stay and count', () => {
    const led = after(liveSale(), product('Ring'), bid(ALICE, 900));
    const corrected = after(led, { ...product('Ring'), prices: { ...PRICES, minBidPrice: 1200 } });
    expect(corrected.round).toEqual({ ...led.round, prices: { ...PRICES, minBidPrice: 1200 } });
    expect(currentPrice(corrected)).toBe(900);
    expect(decide(corrected, bid(BOB, 900))).toEqual(refusal('bid_too_low'));
    expect(decide(corrected, bid(BOB, 1199))).toEqual({
      kind: 'refused',
      refusal: {
        code: 'below_minimum',
        message: 'Bid must be at least the minimum bid price of 12.00',
        price: 1200,
      },
    });
    expect(after(corrected, bid(BOB, 1200)).round.highestBid?.bidder.id).toBe(BOB.id);
    const [event] = eventsOf(corrected, award());
    expect(event).toMatchObject({ round: 2, winningBid: { bidder: ALICE, amount: 900 } });
    const lowered = after(corrected, { ...product('Ring'), prices: { ...PRICES, minBidPrice: 1 } });
    expect(decide(lowered, bid(BOB, 900))).toEqual(refusal('bid_too_low'));
    expect(decide(lowered, bid(BOB, 901)).kind).toBe('events');
  });

  it('[GR4] an award names the highest bid of the round, opens the next one, and the sale stays live', () => {
    const led = after(liveSale(), product('Ring'), bid(ALICE, 900), bid(BOB, 950));
    const [event] = eventsOf(led, award());
    expect(event).toMatchObject({
      type: 'product_awarded',
      round: 2,
      product: 'Gold Ring – 18K',
      weight: '5.2g',
      winningBid: { bidder: BOB, amount: 950 },
    });
    const next = after(led, award());
    expect(next.status).toBe('active');
    expect(next.round).toEqual({
      number: 3,
      product: null,
      prices: NO_PRICES,
      highestBid: null,
      totalBids: 0,
    });
    expect(eventsOf(next, award())[0]).toMatchObject({ round: 3, winningBid: null });
    expect(decide(led, award(ALICE))).toEqual(refusal('not_seller'));
  });

  it('[GR5] a muted user may bid and not comment, until the host lets them', () => {
    const mute = { ...host('mute_user'), userId: ALICE.id, isMuted: true };
    const muted = after(liveSale(), mute);
    expect(decide(muted, comment(ALICE))).toEqual(refusal('muted'));
    expect(decide(muted, comment(BOB)).kind).toBe('events');
    expect(decide(muted, bid(ALICE, 900)).kind).toBe('events');
    expect(decide(after(muted, { ...mute, isMuted: false }), comment(ALICE)).kind).toBe('events');
    expect(decide(liveSale(), { ...mute, requestedBy: BOB })).toEqual(refusal('not_seller'));
  });

  it('[GR8] another product tells the leader of the round before, who won nothing', () => {
    const told = (state: AuctionState, ...commands: AuctionCommand[]) =>
      changeBy(state, ...commands)
        .notifications.filter(({ type }) => type === 'bid_lapsed')
        .map(({ userId, message }) => [userId, message]);
    const lapsed = (amount: string) =>
      `The host went on without awarding Ring: your bid of Rs. ${amount} no longer counts`;
    const led = after(liveSale(), product('Ring'), bid(BOB, 900));
    expect(told(led, product('Necklace'))).toEqual([[BOB.id, lapsed('9.00')]]);
    expect(told(led, product('Ring'), bid(ALICE, 950), product('Necklace'))).toEqual([
      [ALICE.id, lapsed('9.50')],
    ]);
    for (const commands of [[product('Ring')], [award(), product('Necklace')]]) {
      expect(told(led, ...commands)).toEqual([]);
    }
    expect(told(liveSale(), product('Necklace'))).toEqual([]);
    expect(told(led, product('Necklace'), product('Cup'))).toHaveLength(1);
  });

  it('[GR6] tells the outbid by notice, by letter only where the sale wants it, and the winner by both', () => {
    const told = changeBy;
    const quiet = told(liveSale(), product('Ring'), bid(ALICE, 900), bid(BOB, 950), award());
    expect(quiet.notifications.map(({ userId, type }) => [userId, type])).toEqual([
      [ALICE.id, 'bid_outbid'],
      [BOB.id, 'auction_won'],
    ]);
    expect(quiet.notifications[0]?.message).toBe('Someone placed a higher bid of Rs. 9.50 on Ring');
    expect(quiet.letters.map(({ letter }) => letter.kind)).toEqual(['auction_won']);
    expect(quiet.winnings).toMatchObject([
      { userId: BOB.id, product: 'Gold Ring – 18K', price: 950, weight: '5.2g' },
    ]);
    expect(quiet.bids.map(({ round, isWinning }) => [round, isWinning])).toEqual([
      [2, false],
      [2, true],
    ]);
    const { sale } = liveSale();
    const loud = told(
      liveSale({ sale: { ...sale, hasOutbidLetters: true } }),
      bid(ALICE, 900),
      bid(BOB, 950),
    );
    expect(loud.letters.map(({ userId, letter }) => [userId, letter.kind])).toEqual([[ALICE.id, 'outbid']]);
  });

  it('[GR7] whatever is asked: no bid is awarded in a round it was not placed in, prices rise within a round', () => {
    const people = [ALICE, BOB, SELLER, person(13, 'carol')];
    const asked = fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(fc.constantFrom(...people), fc.integer({ min: 1, max: 5000 }))
          .map(([who, amount]) => bid(who, amount)),
      },
      fc.constantFrom<AuctionCommand>(
        product('Ring'),
        product('Necklace'),
        award(),
        award(ALICE),
        host('start_sale'),
        comment(ALICE),
      ),
      {
        weight: 1,
        arbitrary: fc.constantFrom<AuctionCommand>(host('end_sale', BOB), host('cancel_sale', ALICE)),
      },
    );
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 50 }), (commands) => {
        let state: AuctionState = liveSale();
        let bidsOfRound: { seq: number; amount: number }[] = [];
        for (const command of commands) {
          const decision = decide(state, command);
          if (decision.kind === 'refused') continue;
          for (const event of decision.events) {
            const { number: roundBefore } = state.round;
            state = evolve(state, event);
            if (event.type === 'bid_placed') {
              expect(event.sale?.round).toBe(state.round.number);
              expect(event.amount).toBeGreaterThan(bidsOfRound.at(-1)?.amount ?? 0);
              bidsOfRound.push({ seq: state.version, amount: event.amount });
            }
            if (event.type === 'product_awarded') {
              expect(event.winningBid?.seq).toBe(bidsOfRound.at(-1)?.seq);
            }
            if (state.round.number !== roundBefore) bidsOfRound = [];
          }
        }
      }),
    );
  });
});
