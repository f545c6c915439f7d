import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Groups } from '../../server/channels/groups.ts';
import { gatewayLists, gatewayTopic } from '../../server/consumers/gateway/messages.ts';
import { GatewayRoom } from '../../server/consumers/gateway/room.ts';
import type { AuctionEvent } from '../../server/domain/auction/rules/events.ts';
import { type AuctionSnapshot, project } from '../../server/domain/auction/view/snapshot.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import type { Frame } from '../../server/ports/transport.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedSocket } from '../support/recordedSocket.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

/** A live sale without a minimum bid. */
const SALE = 8;
const AUTHOR = { id: 1, username: 'buyer1', name: 'Ayesha Khan', type: 'Normal', number: '' } as const;

interface Told {
  readonly type: string;
  readonly seq: number;
  readonly firstSeq?: number;
  readonly data: {
    readonly newComment?: { readonly id: number };
    readonly comments?: readonly { readonly id: number; readonly comment: string }[];
    readonly auctionBids?: readonly { readonly bid: number }[];
  };
}

let store: TestStore;
let beginning: AuctionSnapshot;

beforeAll(async () => {
  store = await openTestStore('sqlite', demoSeed(0));
  const snapshot = await store.store.views.snapshot(SALE);
  if (snapshot === null) throw new Error('the demo has no sale');
  beginning = project(snapshot, { seq: snapshot.seq + 1, event: { type: 'auction_started', atMs: 0 } });
});
afterAll(() => store.close());

/** A sale with one viewer, who keeps what is told with the moment of it. */
class RoomHarness {
  readonly clock = new ManualClock();
  readonly told: { readonly atMs: number; readonly message: Told; readonly bytes: number }[] = [];
  readonly lists;
  readonly #room: GatewayRoom;
  #snapshot = beginning;

  constructor(maxListBytes = 32 * 1024) {
    const publish = (_topic: string, frame: Frame) => {
      const message = JSON.parse(frame.text) as Told;
      this.told.push({ atMs: this.clock.elapsedMs(), message, bytes: Buffer.byteLength(frame.text) });
      return 0;
    };
    const groups = new Groups({ publish }, this.clock, createPrometheusMetrics(), () => undefined);
    groups.join(gatewayTopic(SALE), new RecordedSocket());
    this.lists = gatewayLists(maxListBytes);
    this.#room = new GatewayRoom(SALE, { groups, lists: this.lists, clock: this.clock });
  }

  get snapshot(): AuctionSnapshot {
    return this.#snapshot;
  }

  happens(event: AuctionEvent): void {
    const stored = { seq: this.#snapshot.seq + 1, event };
    this.#snapshot = project(this.#snapshot, stored);
    this.#room.hear(stored, this.#snapshot);
  }

  comment(text = 'hello'): void {
    this.happens({ type: 'comment_posted', round: 1, author: AUTHOR, text, atMs: this.clock.nowMs() });
  }

  bid(amount: number): void {
    const sale = { bidder: AUTHOR, round: 1, hasLetters: false };
    const bidder = { id: AUTHOR.id, username: AUTHOR.username };
    const bid = { bidder, amount, requestId: null, previousLeader: null, sale };
    this.happens({ type: 'bid_placed', ...bid, atMs: this.clock.nowMs() });
  }
}

describe('the comments of a sale', () => {
  it('[SA8] are messages of their own while there are at most 20 a second', async () => {
    const harness = new RoomHarness();
    for (let count = 0; count < 60; count += 1) {
      harness.comment();
      await harness.clock.advance(50);
    }
    expect(harness.told).toHaveLength(60);
    expect(harness.told.filter(({ message }) => message.firstSeq !== undefined)).toEqual([]);
  });

  it('[SA8] are gathered into 5 messages a second where there are more, and none is missed', async () => {
    const harness = new RoomHarness();
    for (let count = 0; count < 1_000; count += 1) {
      harness.comment();
      await harness.clock.advance(5);
    }
    await harness.clock.advance(1_000);
    const gathered = harness.told.filter(({ message }) => message.firstSeq !== undefined);
    expect(harness.told.length - gathered.length).toBeLessThanOrEqual(21);
    expect(gathered.length).toBeLessThanOrEqual(26);
    expectAllTold(harness);
  });

  it('[SA8] are told one by one again once there are fewer', async () => {
    const harness = new RoomHarness();
    for (let count = 0; count < 100; count += 1) harness.comment();
    await harness.clock.advance(1_000);
    harness.comment('quiet again');
    expect(harness.told.at(-1)?.message).toMatchObject({ type: 'newComment' });
    expect(harness.told.at(-1)?.message).not.toHaveProperty('firstSeq');
    expectAllTold(harness);
  });

  it('[SA8] are told before whatever comes after them', async () => {
    const harness = new RoomHarness();
    for (let count = 0; count < 30; count += 1) harness.comment();
    harness.bid(1_000);
    const types = harness.told.map(({ message }) => message.type);
    expect(types.slice(-2)).toEqual(['newComment', 'newBid']);
    await harness.clock.advance(1_000);
    expectAllTold(harness);
  });

  it('[SA8] [GW11] keep the order of the ledger without a hole, however they and bids come and however long', async () => {
    const step = fc.record({
      isBid: fc.boolean(),
      times: fc.nat(60),
      length: fc.constantFrom(1, 50, 500),
      afterMs: fc.nat(300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const harness = new RoomHarness();
        let amount = 1_000;
        for (const { isBid, times, length, afterMs } of steps) {
          for (let count = 0; count < times; count += 1) {
            if (isBid) harness.bid((amount += 100));
            else harness.comment('€'.repeat(length));
          }
          await harness.clock.advance(afterMs);
        }
        await harness.clock.advance(1_000);
        expectAllTold(harness);
      }),
      { numRuns: 60 },
    );
  });

  /** Every number is told once, in order, and gathered ones stand in the list of their message. */
  function expectAllTold({ told, snapshot }: RoomHarness): void {
    let seq = beginning.seq;
    for (const { message } of told) {
      expect(message.firstSeq ?? message.seq).toBe(seq + 1);
      const ids = (message.data.comments ?? []).map(({ id }) => id % 2 ** 32);
      if (message.type === 'newComment')
        expect(message.data.newComment?.id).toBe(SALE * 2 ** 32 + message.seq);
      for (let number = seq + 1; message.firstSeq !== undefined && number <= message.seq; number += 1) {
        expect(ids).toContain(number);
      }
      seq = message.seq;
    }
    expect(seq).toBe(snapshot.seq);
  }
});

describe('the lists of a sale', () => {
  it('[SA7] hold the newest comments that fit 32 KiB', () => {
    const harness = new RoomHarness();
    const before = harness.told.length;
    for (let count = 0; count < 20; count += 1) harness.comment('€'.repeat(500));
    expect(harness.told.length - before).toBe(20);
    const last = harness.told.at(-1);
    expect(last?.bytes).toBeLessThan(32 * 1024 + 3_000);
    expect(last?.message.data.comments?.length).toBeGreaterThan(15);
    expect(harness.told.every(({ bytes }) => bytes < 35_000)).toBe(true);
  });

  it('[SA7] hold the newest line even where it does not fit, and 100 of the newest where all fit', () => {
    const tight = new RoomHarness(10);
    tight.comment('first');
    tight.comment('second');
    expect(tight.told.at(-1)?.message.data.comments?.map(({ comment }) => comment)).toEqual(['second']);
    const wide = new RoomHarness(0);
    for (let count = 0; count < 150; count += 1) wide.bid(1_000 + 100 * count);
    const bids = wide.told.at(-1)?.message.data.auctionBids ?? [];
    expect([bids.length, bids[0]?.bid]).toEqual([100, 159]);
  });
});
