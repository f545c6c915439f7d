import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPrice } from '../../../server/domain/auction/rules/state.ts';
import { type Call, isUnderWay } from '../../../server/domain/call/call.ts';
import type { StartCallResult } from '../../../server/domain/call/store.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import { rawRows, type TestStore } from '../../support/store.ts';
import { begun, DETAILS, moved, moveOf, newCall } from './callScripts.ts';
import { bid, changeBy, crowd, loaded, NOW_MS, type OpenStore, user } from './scripts.ts';

const ROUNDS = 20;
const COINS = 500;
/** Who calls, and who is called. */
type Pair = readonly [callerId: number, telecallerId: number];

/** Calls through two stores over one database, as two processes would have. */
export function callRaceContract(open: OpenStore): void {
  describe('calls of two processes', () => {
    let test: TestStore;
    let stores: readonly [Store, Store];
    beforeAll(async () => {
      test = await open(crowd(40, 4));
      stores = [test.store, await test.reopen()];
    });
    afterAll(() => test.close());

    /** Begins all of these at once, in turn through either store. */
    const beginAll = (pairs: readonly Pair[]): Promise<readonly StartCallResult[]> =>
      Promise.all(
        pairs.map(([from, to], index) =>
          stores[index % 2 === 0 ? 0 : 1].calls.begin(newCall(from, to), NOW_MS),
        ),
      );
    const callsOf = (results: readonly StartCallResult[]): readonly Call[] =>
      results.flatMap((result) => (result.kind === 'begun' ? [result.call] : []));
    const kindsOf = (results: readonly StartCallResult[]) => results.map(({ kind }) => kind).toSorted();
    const cancel = (call: Call) => moved(test.store, call, 'cancel');

    it.each<[string, readonly [Pair, Pair], RegExp]>([
      [
        'two callers of one telecaller',
        [
          [1, 2],
          [3, 2],
        ],
        /^telecaller_busy$/,
      ],
      [
        'one caller of two telecallers',
        [
          [4, 5],
          [4, 6],
        ],
        /^caller_busy$/,
      ],
      [
        'two who call each other',
        [
          [7, 8],
          [8, 7],
        ],
        /^telecaller_busy$/,
      ],
      [
        'a telecaller who calls somebody else',
        [
          [9, 10],
          [10, 11],
        ],
        /^(telecaller|caller)_busy$/,
      ],
      [
        'the same two, twice',
        [
          [12, 13],
          [12, 13],
        ],
        /^telecaller_busy$/,
      ],
    ])('[CA8] that begin at once with somebody in common: one rings (%s)', async (_who, pairs, refusal) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const results = await beginAll(round % 2 === 0 ? pairs : pairs.toReversed());
        const [call, ...more] = callsOf(results);
        expect(more).toEqual([]);
        expect(kindsOf(results)).toEqual(['begun', expect.stringMatching(refusal)]);
        if (call !== undefined) await cancel(call);
      }
    });

    it('[CA8] of a crowd leave nobody in two, and nobody who is free turned away', async () => {
      const people = Array.from({ length: 6 }, (_, index) => index + 14);
      const pairs = people.flatMap((from) =>
        people.filter((to) => to !== from).map((to): Pair => [from, to]),
      );
      for (let round = 0; round < 3; round += 1) {
        const order = pairs.toSorted(
          ([a, b], [c, d]) => ((a * 7 + b * (round + 3)) % 11) - ((c * 7 + d * (round + 3)) % 11),
        );
        const results = await beginAll(order);
        const calls = callsOf(results);
        const sides = calls.flatMap(({ caller, telecaller }) => [caller.id, telecaller.id]);
        expect(new Set(sides).size).toBe(sides.length);
        // Of any two who are still free one would have called the other.
        expect(sides.length).toBe(people.length);
        expect(await test.store.calls.underWay()).toHaveLength(calls.length);
        const active = await rawRows(test.databaseUrl, 'SELECT COUNT(*) FROM active_calls');
        expect(active).toEqual([[sides.length]]);
        await Promise.all(calls.map(cancel));
      }
    });

    it('[CA9] are taken from a state by one of many who want to', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const ringing = await begun(test.store, 22, 23);
        const actions = ['accept', 'reject', 'cancel', 'unanswered', 'disconnected', 'accept'] as const;
        const steps = actions.map((action, index) => moveOf(ringing, action, NOW_MS + index));
        const took = await Promise.all(
          steps.map((step, index) => stores[index % 2 === 0 ? 0 : 1].calls.move(step)),
        );
        expect(took.filter((isTaken) => isTaken)).toHaveLength(1);
        const current = await test.store.calls.byId(ringing.id);
        expect(current).toEqual(steps[took.indexOf(true)]?.to);
        if (current !== null && isUnderWay(current))
          await moved(test.store, current, 'end', current.acceptedAtMs ?? 0);
        expect(await test.store.calls.underWayOf(22)).toBe(null);
      }
    });

    it('[CA10] are paid once, however many end them at once', async () => {
      const before = await test.store.calls.coinBalance(24);
      let cost = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const accepted = await moved(test.store, await begun(test.store, 24, 25), 'accept');
        const steps = [0, 1, 2, 3].map((minutes) =>
          moveOf(accepted, minutes % 2 === 0 ? 'end' : 'disconnected', NOW_MS + minutes * 60_000, {
            closesRoom: true,
          }),
        );
        const took = await Promise.all(
          steps.map((step, index) => stores[index % 2 === 0 ? 0 : 1].calls.move(step)),
        );
        expect(took.filter((isTaken) => isTaken)).toHaveLength(1);
        cost += steps[took.indexOf(true)]?.to.coins ?? 0;
      }
      expect(before - (await test.store.calls.coinBalance(24))).toBe(cost);
      const rooms = await rawRows(
        test.databaseUrl,
        `SELECT COUNT(*) FROM outbox WHERE kind = 'close_room' AND user_id = 24`,
      );
      expect(rooms).toEqual([[ROUNDS]]);
    });

    it('[CA9] begin and end beside each other, and beside the bids of the same people', async () => {
      const pairs: readonly Pair[] = [
        [26, 31],
        [27, 32],
        [28, 33],
        [29, 34],
      ];
      for (const [, telecallerId] of pairs) {
        await test.store.calls.saveTelecaller(telecallerId, DETAILS);
        await test.store.calls.setPresence(telecallerId, 'ONLINE');
      }
      const talk = async ([callerId, telecallerId]: Pair, store: Store) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const accepted = await moved(
            store,
            await begun(store, callerId, telecallerId, {}, NOW_MS),
            'accept',
          );
          await moved(store, accepted, 'end', NOW_MS + 1_000, { closesRoom: true });
        }
      };
      const outbidEachOther = async (store: Store, auctionIds: readonly number[]) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const states = await Promise.all(auctionIds.map((id) => loaded(store, id)));
          const bidders = round % 2 === 0 ? [26, 31, 27, 32] : [32, 27, 31, 26];
          const changes = states.map((state) =>
            changeBy(state, ...bidders.map((id, index) => bid(user(id), currentPrice(state) + index + 1))),
          );
          await store.ledger.commit(changes);
        }
      };
      await Promise.all([
        ...pairs.map((pair, index) => talk(pair, stores[index % 2 === 0 ? 0 : 1])),
        outbidEachOther(stores[0], [1, 2]),
        outbidEachOther(stores[1], [3, 4]),
      ]);
      for (const [callerId, telecallerId] of pairs) {
        expect(await test.store.calls.coinBalance(callerId)).toBe(COINS - 10 * ROUNDS);
        expect(await test.store.calls.telecaller(telecallerId)).toMatchObject({
          presence: 'ONLINE',
          isBusy: false,
        });
        const { rows } = await test.store.calls.list(callerId, { pageSize: ROUNDS + 1 });
        expect(rows).toHaveLength(ROUNDS);
      }
    });
  });
}
