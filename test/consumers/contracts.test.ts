import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticatedMessage, tokenExpiringMessage } from '../../server/channels/authenticate.ts';
import { errors } from '../../server/channels/errors.ts';
import { plainDialect } from '../../server/channels/dialect.ts';
import type { WireMessage } from '../../server/channels/message.ts';
import { acknowledge } from '../../server/channels/requests.ts';
import {
  auctionEventMessage,
  AuctionStatusFrames,
  bidAcceptedMessage,
} from '../../server/consumers/auction/messages.ts';
import {
  callerMessage,
  callsDialect,
  presenceMessage,
  telecallerMessage,
} from '../../server/consumers/calls/messages.ts';
import { gatewayDialect } from '../../server/consumers/gateway/errors.ts';
import * as gateway from '../../server/consumers/gateway/messages.ts';
import { notificationMessage } from '../../server/consumers/notices.ts';
import * as ring from '../../server/consumers/ring/messages.ts';
import type { AuctionEvent, StoredAuctionEvent } from '../../server/domain/auction/rules/events.ts';
import { AuctionSnapshot, project } from '../../server/domain/auction/view/snapshot.ts';
import type { Call, CallStatus } from '../../server/domain/call/call.ts';
import { callRefusals } from '../../server/domain/call/callRefusals.ts';
import type { CallUpdate } from '../../server/domain/call/connections.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { serverMessage as auctionContract } from '../../shared/contracts/auctionSocket.ts';
import { telecallerServerMessage, userServerMessage } from '../../shared/contracts/callSocket.ts';
import { serverMessage as gatewayContract } from '../../shared/contracts/gatewaySocket.ts';
import { serverMessage as ringContract } from '../../shared/contracts/ringSocket.ts';
import { person } from '../support/auctions.ts';
import { breaches, type ServerContract } from '../support/contracts.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const SALE = 7;
const NOW_MS = Date.UTC(2026, 0, 1, 12);
const ALICE = person(11, 'alice');
const BID = {
  type: 'bid_placed',
  bidder: { id: 11, username: 'alice' },
  amount: 150_050,
  requestId: null,
  previousLeader: null,
  sale: { round: 1, bidder: ALICE },
  atMs: NOW_MS,
} as const;
const AWARD = { type: 'product_awarded', round: 1, product: 'Ring', weight: '4 g', atMs: NOW_MS } as const;
const PRICES = { minBidPrice: 80_000, bidPrice: 100_000, actualPrice: 140_000 };

/** One event of each type, and of each shape that a type has. */
const EVENTS: readonly AuctionEvent[] = [
  { type: 'auction_created', atMs: NOW_MS },
  { type: 'auction_started', atMs: NOW_MS },
  { type: 'ring_opened', atMs: NOW_MS },
  { type: 'product_changed', atMs: NOW_MS, round: 1, product: 'Ring', prices: PRICES },
  BID,
  { type: 'comment_posted', atMs: NOW_MS, round: 1, author: ALICE, text: 'Lovely' },
  { type: 'user_muted', atMs: NOW_MS, userId: 11, isMuted: true },
  { type: 'sale_paused', atMs: NOW_MS, reason: 'host' },
  { type: 'sale_resumed', atMs: NOW_MS },
  { ...AWARD, winningBid: { seq: 5, amount: 150_050, bidder: ALICE, atMs: NOW_MS } },
  { ...AWARD, round: 2, weight: null, winningBid: null },
  { type: 'sale_paused', atMs: NOW_MS, reason: 'auctioneer_disconnected' },
  { type: 'ring_closed', atMs: NOW_MS, cause: 'auctioneer_disconnected' },
  { type: 'ring_closed', atMs: NOW_MS, cause: 'stopped' },
  { type: 'ring_closed', atMs: NOW_MS, cause: 'cancelled' },
  { type: 'auction_ended', atMs: NOW_MS, cause: 'seller', winner: ALICE, finalPrice: 150_050 },
  { type: 'auction_ended', atMs: NOW_MS, cause: 'time', winner: null, finalPrice: 100 },
  { type: 'auction_cancelled', atMs: NOW_MS },
];

const NOTICE = notificationMessage({
  id: 1,
  userId: 11,
  type: 'bid_outbid',
  title: 'You have been outbid',
  message: 'Someone placed a higher bid',
  auctionId: SALE,
  createdAtMs: NOW_MS,
  isRead: false,
});

/** What any connection may be sent. */
const OF_EVERY_PROTOCOL: readonly WireMessage[] = [
  NOTICE,
  authenticatedMessage(NOW_MS, 'a'),
  authenticatedMessage(null, undefined),
  tokenExpiringMessage(NOW_MS),
];

const CALL: Call = {
  id: 1,
  callId: 'c1',
  caller: { id: 1, name: 'Ayesha Khan', profile: 'avatar-1' },
  telecaller: { id: 15, name: 'Jane Smith', profile: null },
  type: 'AUDIO',
  status: 'RINGING',
  coinsPerMinute: 10,
  createdAtMs: NOW_MS,
  acceptedAtMs: null,
  endedAtMs: null,
  isRoomUsed: true,
  durationSeconds: 60,
  coins: 10,
};
const ENTRY = { token: 'T', url: 'wss://media.example', roomName: 'c1' };

let store: TestStore;
let sale: AuctionSnapshot;
let timed: AuctionSnapshot;

beforeAll(async () => {
  store = await openTestStore('sqlite', demoSeed(NOW_MS));
  const [live, other] = [await store.store.views.snapshot(SALE), await store.store.views.snapshot(1)];
  if (live === null || other === null) throw new Error('the demo lacks an auction');
  [sale, timed] = [live, other];
});
afterAll(() => store.close());

/** Tells each event with a live sale that has the bids and comments so far. */
function tell(
  messageOf: (stored: StoredAuctionEvent, snapshot: AuctionSnapshot) => WireMessage | null,
): (WireMessage | null)[] {
  let snapshot = project(sale, { seq: sale.seq + 1, event: { type: 'auction_started', atMs: NOW_MS } });
  return EVENTS.map((event) => {
    const stored = { seq: snapshot.seq + 1, event };
    const { state, details, lists } = snapshot;
    const isListed = event.type === 'bid_placed' || event.type === 'comment_posted';
    // Not all of these events can follow each other in one sale.
    snapshot = isListed
      ? project(snapshot, stored)
      : new AuctionSnapshot({ ...state, version: stored.seq }, details, lists);
    return messageOf(stored, snapshot);
  });
}

/** Acknowledgements without more, and with what such a message may lead to. */
function acks(more: object = { seq: 7 }): WireMessage[] {
  const told: WireMessage[] = [];
  const channel = { push: (message: unknown) => void told.push(message as WireMessage) };
  acknowledge(channel, { id: 'a', acknowledge: null }, more);
  acknowledge(channel, { id: 1, acknowledge: null }, {});
  return told;
}

/** All messages are in the contract as clients read them, and the contract lists no other types. */
function expectExactly(
  contract: ServerContract & { readonly options: readonly { readonly shape: { readonly type: unknown } }[] },
  messages: readonly (WireMessage | null)[],
): void {
  const frames = messages
    .filter((message) => message !== null)
    .map((message) => JSON.parse(JSON.stringify(message)) as WireMessage);
  expect(breaches(contract, frames)).toEqual([]);
  const listed = contract.options.flatMap(({ shape: { type } }) => [
    // A literal or an enumeration of zod.
    ...((type as { readonly values?: ReadonlySet<string> }).values ??
      (type as { readonly options: readonly string[] }).options),
  ]);
  expect([...new Set(frames.map(({ type }) => type))].sort()).toEqual(listed.sort());
}

describe('the contracts list exactly the messages that are sent', () => {
  it('of the auction protocol', () => {
    const frames = new AuctionStatusFrames();
    expectExactly(auctionContract, [
      frames.frameOf(sale, NOW_MS).message,
      frames.frameOf(timed, NOW_MS).message,
      ...tell(auctionEventMessage),
      bidAcceptedMessage('a', { seq: 3, event: BID }),
      bidAcceptedMessage(1, { seq: 3, event: BID }),
      plainDialect.errorMessage(errors.rateLimited, 'a'),
      plainDialect.errorMessage(errors.rateLimited, undefined),
      ...OF_EVERY_PROTOCOL,
    ]);
  });

  it('of the gateway', () => {
    const lists = gateway.gatewayLists(0);
    expectExactly(gatewayContract, [
      gateway.auctionStateMessage(sale, lists, 3, NOW_MS),
      gateway.auctionStartedMessage(sale, NOW_MS),
      gateway.userCountMessage(SALE, 0),
      gateway.broadcasterLeftMessage(SALE),
      ...tell((stored, snapshot) => gateway.gatewayEventMessage(stored, snapshot, lists, NOW_MS)),
      ...tell((stored, snapshot) => gateway.newCommentMessage(stored.seq, snapshot, lists, 1)),
      gatewayDialect.errorMessage(errors.rateLimited, 'a'),
      gatewayDialect.errorMessage(errors.rateLimited, undefined),
      ...acks(),
      ...OF_EVERY_PROTOCOL,
    ]);
  });

  it('of the sale ring', () => {
    expectExactly(ringContract, [
      ring.ringStatusMessage(
        sale,
        ring.ringLists(0),
        { sessionId: 's', role: 'public', userCount: 3 },
        NOW_MS,
      ),
      ring.userCountMessage(SALE, 0),
      ...tell(ring.ringEventMessage),
      plainDialect.errorMessage(errors.rateLimited, 'a'),
      ...acks(),
      ...OF_EVERY_PROTOCOL,
    ]);
  });

  describe('of calls', () => {
    const statuses: readonly CallStatus[] = [
      'RINGING',
      'ACCEPTED',
      'REJECTED',
      'CANCELLED',
      'MISSED',
      'COMPLETED',
    ];
    const updates = statuses.flatMap((status): CallUpdate[] => [
      { call: { ...CALL, status }, causedBy: 'a', begunBy: 'a', credentials: null },
      {
        call: { ...CALL, status },
        causedBy: 'a',
        begunBy: 'a',
        credentials: { caller: ENTRY, telecaller: ENTRY },
      },
    ]);
    const common = () => [
      callsDialect.errorMessage(errors.rateLimited, 'a'),
      callsDialect.errorMessage(callRefusals.alreadyInCall, undefined),
      ...acks({ duration: 60, coins: 10 }),
      ...OF_EVERY_PROTOCOL,
    ];

    it('to a user', () => {
      const telecaller = { ...CALL.telecaller, username: 'jane', language: 'hindi', about: 'Hello' };
      expectExactly(userServerMessage, [
        presenceMessage({ ...telecaller, presence: 'ONLINE' }),
        presenceMessage({ ...telecaller, presence: 'ON_CALL' }),
        ...updates.flatMap((each) => [callerMessage(each, 'a'), callerMessage(each, 'b')]),
        ...common(),
      ]);
    });

    it('to a telecaller', () => {
      expectExactly(telecallerServerMessage, [
        ...updates.flatMap((each) => [telecallerMessage(each, 'a'), telecallerMessage(each, 'b')]),
        ...common(),
      ]);
    });
  });
});
