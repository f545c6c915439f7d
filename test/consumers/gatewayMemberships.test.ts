import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Channel } from '../../server/channels/consumer.ts';
import { Presence } from '../../server/channels/presence.ts';
import { gatewayLists } from '../../server/consumers/gateway/messages.ts';
import { Memberships } from '../../server/consumers/gateway/memberships.ts';
import { AuctionLookups } from '../../server/domain/auction/ledger/auctionLookups.ts';
import { AuctionSnapshot } from '../../server/domain/auction/view/snapshot.ts';
import { Rooms } from '../../server/domain/auction/view/rooms.ts';
import { KeyedQueue } from '../../server/domain/keyedQueue.ts';
import { createInProcessLayer } from '../../server/engines/layer/inProcess.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { ManualClock } from '../support/manualClock.ts';
import { RecordedLog } from '../support/recordedLog.ts';
import { openTestStore } from '../support/store.ts';

const SALES = [7, 8];
const silent: Channel = {
  push: () => undefined,
  error: () => undefined,
  take: () => true,
  join: () => undefined,
  leave: () => undefined,
  close: () => undefined,
  setIdleLimit: () => undefined,
};

describe('who has joined a live sale', () => {
  it('[GW6] any interleaving of joins, leaves and drops ends at the true count', async () => {
    const clock = new ManualClock();
    const database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    const { views } = database.store;
    const log = new RecordedLog();
    const lists = gatewayLists(0);
    const lookups = new AuctionLookups(
      { lookupsPerUser: 0 },
      { clock, metrics: createPrometheusMetrics(), committer: { isBusy: false } },
    );
    const slow = {
      ...views,
      snapshot: async (auctionId: number) => {
        await new Promise((resolve) => setImmediate(resolve));
        const snapshot = await views.snapshot(auctionId);
        if (snapshot === null) return null;
        const active = { ...snapshot.state, status: 'active' as const };
        return new AuctionSnapshot(active, snapshot.details, snapshot.lists);
      },
    };
    const step = fc.record({
      who: fc.nat(4),
      auctionId: fc.constantFrom(...SALES, 999),
      does: fc.constantFrom('join', 'join', 'leave', 'drop'),
      waits: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const told = new Map<number, number>();
        const presence = new Presence<number>(clock, (auctionId, count) => told.set(auctionId, count));
        const rooms = new Rooms(
          {
            views: slow,
            ledger: database.store.ledger,
            lookups,
            layer: createInProcessLayer(log),
            clock,
            log,
          },
          () => () => undefined,
        );
        const queue = new KeyedQueue<Memberships>();
        const connections = Array.from(
          { length: 5 },
          () => new Memberships({ rooms, presence, lists, queue, clock }, silent, 1),
        );
        const truth = connections.map(() => new Set<number>());
        const dropped = new Set<number>();
        const underWay: Promise<unknown>[] = [];
        for (const { who, auctionId, does, waits } of steps) {
          const connection = connections[who];
          if (connection === undefined || dropped.has(who)) continue;
          if (does === 'drop') {
            connection.leaveAll();
            dropped.add(who);
            truth[who]?.clear();
          } else if (does === 'join') {
            underWay.push(connection.join(auctionId));
            if (SALES.includes(auctionId)) truth[who]?.add(auctionId);
          } else {
            underWay.push(connection.leave(auctionId));
            truth[who]?.delete(auctionId);
          }
          if (waits) await underWay.at(-1);
        }
        await Promise.all(underWay);
        for (const auctionId of SALES) {
          const expected = truth.filter((joined) => joined.has(auctionId)).length;
          expect(presence.countOf(auctionId)).toBe(expected);
        }
        await clock.advance(250);
        for (const auctionId of SALES) {
          const expected = truth.filter((joined) => joined.has(auctionId)).length;
          expect(told.get(auctionId) ?? 0).toBe(expected);
        }
        rooms.close();
      }),
      { numRuns: 60 },
    );
    await database.close();
  });
});
