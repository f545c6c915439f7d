import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeOf } from '../../server/domain/auction/ledger/change.ts';
import type { AuctionCommand, PlaceBid } from '../../server/domain/auction/rules/commands.ts';
import type { Profile } from '../../server/domain/account/account.ts';
import { decide } from '../../server/domain/auction/rules/decide.ts';
import type { AuctionEvent, Person } from '../../server/domain/auction/rules/events.ts';
import { evolve } from '../../server/domain/auction/rules/evolve.ts';
import { type AuctionState, currentPrice } from '../../server/domain/auction/rules/state.ts';
import { ALICE, activeAuction, BOB, ENDS_AT_MS, person, SELLER, STARTED_AT_MS } from '../support/auctions.ts';

const bid = (bidder: Profile, amount: number, receivedAtMs = STARTED_AT_MS + 1_000): PlaceBid => ({
  type: 'place_bid',
  bidder,
  bidderIsBlocked: false,
  amount,
  receivedAtMs,
  requestId: null,
});

/** The state after the command, and what came of it. */
function step(state: AuctionState, command: AuctionCommand) {
  const decision = decide(state, command);
  const events: readonly AuctionEvent[] = decision.kind === 'events' ? decision.events : [];
  return { decision, after: events.reduce(evolve, state) };
}

const refusal = (code: string) => ({
  kind: 'refused',
  refusal: expect.objectContaining({ code }) as unknown,
});

describe('the rules of a timed auction', () => {
  it('[BI1] takes a bid that is higher than the current price and makes its bidder the leader', () => {
    const { after } = step(activeAuction(), bid(ALICE, 2501));
    expect(after).toMatchObject({ round: { totalBids: 1 }, version: 3 });
    expect(after.round.highestBid).toEqual({
      seq: 3,
      amount: 2501,
      bidder: { id: ALICE.id, username: 'alice' },
      atMs: STARTED_AT_MS + 1_000,
    });
  });

  it('[BI1] refuses a first bid that equals the starting price', () => {
    expect(decide(activeAuction(), bid(ALICE, 2500))).toEqual({
      kind: 'refused',
      refusal: {
        code: 'bid_too_low',
        message: 'Bid must be higher than current price of 25.00',
        price: 2500,
      },
    });
  });

  it('[BI2] tells the first refusal of the documented order', () => {
    const worst = { ...bid(SELLER, 1), bidderIsBlocked: true };
    expect(decide(activeAuction({ status: 'ended' }), worst)).toEqual(refusal('auction_not_active'));
    expect(decide(activeAuction(), worst)).toEqual(refusal('account_blocked'));
    expect(decide(activeAuction(), { ...worst, bidderIsBlocked: false })).toEqual(refusal('own_auction'));
    expect(decide(activeAuction(), bid(ALICE, 1))).toEqual(refusal('bid_too_low'));
  });

  it('[BI3] takes a bid that arrived a millisecond before the end and refuses one that arrived at it', () => {
    expect(decide(activeAuction(), bid(ALICE, 3000, ENDS_AT_MS - 1)).kind).toBe('events');
    expect(decide(activeAuction(), bid(ALICE, 3000, ENDS_AT_MS))).toEqual(refusal('auction_not_active'));
  });

  it.each(['scheduled', 'ended', 'cancelled', 'completed'] as const)(
    '[BI4] refuses bids when %s',
    (status) => {
      expect(decide(activeAuction({ status }), bid(ALICE, 9000))).toEqual(refusal('auction_not_active'));
    },
  );

  it('[EN1] ends at its end time and not a millisecond sooner, with the leader as winner', () => {
    const led = step(activeAuction(), bid(ALICE, 3000)).after;
    const end = (nowMs: number): AuctionCommand => ({ type: 'end', nowMs, requestedBy: null });
    expect(decide(led, end(ENDS_AT_MS - 1))).toEqual(refusal('not_due'));
    const { after, decision } = step(led, end(ENDS_AT_MS));
    expect(decision).toMatchObject({
      events: [{ winner: { id: ALICE.id, username: 'alice' }, finalPrice: 3000, cause: 'time' }],
    });
    expect(after.status).toBe('ended');
    expect(decide(after, end(ENDS_AT_MS))).toEqual(refusal('not_due'));
  });

  it('[EN2] lets the seller, and nobody else, end it early', () => {
    const end = (requestedBy: Person): AuctionCommand => ({
      type: 'end',
      nowMs: STARTED_AT_MS + 5,
      requestedBy,
    });
    expect(decide(activeAuction(), end(ALICE))).toEqual(refusal('not_seller'));
    const { after } = step(activeAuction(), end(SELLER));
    expect(after.status).toBe('ended');
    expect(decide(after, end(SELLER))).toEqual(refusal('auction_not_active'));
  });

  it('[EN3] starts at its start time, once', () => {
    const scheduled = activeAuction({ status: 'scheduled', version: 1 });
    const start = (nowMs: number): AuctionCommand => ({ type: 'start', nowMs });
    expect(decide(scheduled, start(STARTED_AT_MS - 1))).toEqual(refusal('not_due'));
    const { after } = step(scheduled, start(STARTED_AT_MS));
    expect(after.status).toBe('active');
    expect(decide(after, start(STARTED_AT_MS))).toEqual(refusal('not_due'));
  });

  const people = [ALICE, BOB, SELLER, person(13, 'carol')];
  const command = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('place_bid' as const),
        bidder: fc.constantFrom(...people),
        bidderIsBlocked: fc.boolean(),
        amount: fc.integer({ min: 1, max: 6000 }),
        receivedAtMs: fc.integer({ min: STARTED_AT_MS - 5, max: ENDS_AT_MS + 5 }),
        requestId: fc.constant(null),
      }),
    },
    fc.record({ type: fc.constant('start' as const), nowMs: fc.integer({ min: 0, max: ENDS_AT_MS }) }),
    fc.record({
      type: fc.constant('end' as const),
      nowMs: fc.integer({ min: STARTED_AT_MS, max: ENDS_AT_MS + 5 }),
      requestedBy: fc.constantFrom(null, ...people),
    }),
  );

  it('[BI5] whatever is asked: prices only rise, refused commands change nothing, one bid leads', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        let state: AuctionState = activeAuction();
        for (const next of commands) {
          const before = structuredClone(state);
          const { decision, after } = step(state, next);
          expect(state).toEqual(before);
          if (decision.kind === 'refused') expect(after).toBe(state);
          expect(currentPrice(after)).toBeGreaterThanOrEqual(currentPrice(state));
          expect(after.version).toBe(state.version + (decision.kind === 'events' ? 1 : 0));
          if (after.round.totalBids > state.round.totalBids) {
            expect(currentPrice(after)).toBeGreaterThan(currentPrice(state));
            expect(after.round.highestBid?.seq).toBe(after.version);
            expect(after.round.highestBid?.bidder.id).not.toBe(SELLER.id);
          }
          state = after;
        }
      }),
    );
  });
});

describe('what follows from events', () => {
  it('[OU1] tells the previous leader in the words of the document', () => {
    const before = step(activeAuction(), bid(ALICE, 2875)).after;
    const decision = decide(before, bid(BOB, 300_000));
    if (decision.kind === 'refused') throw new Error('refused');
    const [event] = decision.events;
    const change = changeOf(before, [{ seq: 4, event }], evolve(before, event), 'change');
    expect(change.notifications).toEqual([
      {
        userId: ALICE.id,
        type: 'bid_outbid',
        title: 'You have been outbid',
        message: 'Someone placed a higher bid of Rs. 3000.00 on Handwoven Pashmina Shawl',
        auctionId: 1,
        createdAtMs: STARTED_AT_MS + 1_000,
      },
    ]);
    expect(change.letters).toMatchObject([{ userId: ALICE.id, letter: { kind: 'outbid', amount: 300_000 } }]);
    expect(change.dethronedBidSeq).toBe(3);
  });

  it('[OU2] tells nobody when someone bids over themselves, and the older bid leads no more', () => {
    const before = step(activeAuction(), bid(ALICE, 2600)).after;
    const decision = decide(before, bid(ALICE, 2700));
    if (decision.kind === 'refused') throw new Error('refused');
    const [event] = decision.events;
    const change = changeOf(before, [{ seq: 4, event }], evolve(before, event), 'change');
    expect(change).toMatchObject({ notifications: [], letters: [], dethronedBidSeq: 3 });
  });

  it('[EN4] tells the winner and the seller of an end, and the seller alone when nobody bid', () => {
    const led = step(activeAuction(), bid(ALICE, 3000)).after;
    const told = (before: AuctionState) => {
      const { decision, after } = step(before, { type: 'end', nowMs: ENDS_AT_MS, requestedBy: null });
      if (decision.kind === 'refused') throw new Error('refused');
      return changeOf(before, [{ seq: after.version, event: decision.events[0] }], after, 'change');
    };
    expect(told(led).notifications.map(({ userId, type }) => [userId, type])).toEqual([
      [ALICE.id, 'auction_won'],
      [SELLER.id, 'auction_sold'],
    ]);
    expect(told(activeAuction()).letters.map(({ userId, letter }) => [userId, letter.kind])).toEqual([
      [SELLER.id, 'auction_unsold'],
    ]);
    expect(told(led).deadlinesCleared).toEqual([{ kind: 'auction_end', subjectId: 1 }]);
  });
});
