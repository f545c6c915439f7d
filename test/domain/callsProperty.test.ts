import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, coinsFor } from '../../server/domain/call/call.ts';
import type { CallAnswer } from '../../server/domain/call/calls.ts';
import type { CallUpdate, CallSide } from '../../server/domain/call/connections.ts';
import type { CallStore } from '../../server/domain/call/store.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { type CallConnection, CallHarness, statesTold } from '../support/callHarness.ts';
import { JANE, SANA } from '../support/callScene.ts';
import { ManualClock } from '../support/manualClock.ts';
import { openTestStore, type TestStore } from '../support/store.ts';

const USERS = [1, 2, 3];
const TELECALLERS = [JANE, SANA];
const BALANCE = 500;
const LIVES = ['RINGING REJECTED', 'RINGING CANCELLED', 'RINGING MISSED', 'RINGING ACCEPTED COMPLETED'];

/** What may happen: people are named by their place in the lists, calls by how recently they began. */
type Happening =
  | { readonly kind: 'connect' | 'drop'; readonly side: CallSide; readonly person: number }
  | { readonly kind: 'initiate'; readonly person: number; readonly telecaller: number }
  | { readonly kind: 'accept' | 'reject' | 'cancel' | 'end'; readonly ago: number; readonly side: CallSide }
  | { readonly kind: 'joined' | 'left' | 'finished'; readonly ago: number; readonly side: CallSide }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'quiet' | 'away' | 'back' }
  | { readonly kind: 'answer lost'; readonly of: 'begin' | 'move'; readonly isStored: boolean };

const person = fc.nat({ max: 2 });
const ago = fc.constantFrom(0, 0, 0, 1, 2);
const side = fc.constantFrom<CallSide>('caller', 'telecaller');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('initiate'), person, telecaller: person }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('accept', 'accept', 'accept', 'reject', 'cancel', 'end', 'end'),
      ago,
      side,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('connect', 'connect', 'drop'), side, person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('joined', 'left', 'finished'), ago, side }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('time'),
      ms: fc.constantFrom(1, 999, 999, 29_999, 30_000, 60_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('quiet', 'quiet', 'quiet', 'away', 'back') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('answer lost'),
      of: fc.constantFrom('begin', 'move'),
      isStored: fc.boolean(),
    }),
  },
);

/** Who usually asks for it; both sides end calls. */
const ASKED_BY: Partial<Record<Happening['kind'], CallSide>> = {
  accept: 'telecaller',
  reject: 'telecaller',
  cancel: 'caller',
};

/** One run: what happened, and what everybody was told of it. */
class Run {
  readonly #harness: CallHarness;
  readonly #store: CallStore;
  readonly #clock: ManualClock;
  readonly #firstUpdate: number;
  readonly #there: CallConnection[] = [];
  readonly #heard: { readonly connection: CallConnection; readonly from: number; until: number }[] = [];
  readonly #answers: { readonly kind: string; readonly answer: Promise<CallAnswer> }[] = [];
  readonly #reports: Promise<void>[] = [];

  constructor(harness: CallHarness, store: CallStore, clock: ManualClock) {
    this.#harness = harness;
    this.#store = store;
    this.#clock = clock;
    this.#firstUpdate = harness.updates.length;
    for (const userId of USERS) this.#connect('caller', userId);
    for (const userId of TELECALLERS) this.#connect('telecaller', userId);
  }

  get updates(): readonly CallUpdate[] {
    return this.#harness.updates.slice(this.#firstUpdate);
  }

  async happens(what: Happening): Promise<void> {
    const { faults } = this.#harness;
    switch (what.kind) {
      case 'connect':
        return this.#connect(what.side, idOf(what.side, what.person));
      case 'drop':
        return this.#drop(this.#connectionOf(what.side, idOf(what.side, what.person)));
      case 'time':
        return this.#clock.advance(what.ms);
      case 'quiet':
        return this.#quiet();
      case 'away':
      case 'back':
        faults.isAway = what.kind === 'away';
        return;
      case 'answer lost':
        faults.losesAnswerOf = what.of;
        faults.isStored = what.isStored;
        return;
      case 'initiate': {
        const caller = this.#connectionOf('caller', idOf('caller', what.person));
        const telecallerId = idOf('telecaller', what.telecaller);
        if (caller !== undefined)
          this.#ask(what.kind, this.#harness.calls.initiate(caller, telecallerId, 'AUDIO'));
        return;
      }
      default:
        return this.#toCall(what);
    }
  }

  /** Lets everything come to its end; gives how each telecaller stands before all have gone. */
  async end(): Promise<ReadonlyMap<number, 'ONLINE' | 'OFFLINE'>> {
    await this.#quiet();
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await this.#harness.tick(30_000);
      await this.#harness.tick(30_000);
    }
    for (const { call } of this.updates) {
      await this.#harness.calls.mediaChanged({ kind: 'finished', roomName: call.callId });
    }
    await this.#quiet();
    const standing = TELECALLERS.map(
      (id) => [id, this.#connectionOf('telecaller', id) === undefined ? 'OFFLINE' : 'ONLINE'] as const,
    );
    return new Map(standing);
  }

  async dropAll(): Promise<void> {
    for (const connection of [...this.#there]) this.#drop(connection);
    await this.#harness.quiet();
  }

  /** Every connection was told of exactly what happened to its calls while it was there, in that order. */
  expectAllHeard(): void {
    for (const { connection, from, until } of this.#heard) {
      const own = this.#harness.updates
        .slice(from, until)
        .filter(({ call }) => call[connection.side].id === connection.userId);
      expect(connection.told).toEqual(own);
      expect(statesTold(connection)).toHaveLength(own.length);
    }
  }

  /** How often each kind of message was carried out; fails where one has no outcome. */
  async done(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { kind, answer } of this.#answers) {
      if ((await answer).kind === 'done') counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    await Promise.all(this.#reports);
    return counts;
  }

  async #toCall(what: Extract<Happening, { ago: number }>): Promise<void> {
    const { calls, rooms } = this.#harness;
    const begun = this.updates.filter(({ call }) => call.status === 'RINGING');
    const call = begun.at(-1 - what.ago)?.call;
    if (call === undefined) return;
    const { callId } = call;
    const side = ASKED_BY[what.kind] ?? what.side;
    const userId = call[side].id;
    const peer = this.#connectionOf(side, userId);
    switch (what.kind) {
      case 'joined':
      case 'left':
        if (what.kind === 'left') rooms.leave(callId, userId);
        else if (rooms.has(callId)) rooms.enter(callId, userId);
        this.#reports.push(
          calls.mediaChanged({ kind: what.kind, roomName: callId, userId }).catch(() => undefined),
        );
        return;
      case 'finished':
        this.#reports.push(calls.mediaChanged({ kind: what.kind, roomName: callId }).catch(() => undefined));
        return;
      default:
        if (peer !== undefined) this.#ask(what.kind, calls[what.kind](peer, callId));
    }
  }

  #ask(kind: string, answer: Promise<CallAnswer>): void {
    this.#answers.push({ kind, answer });
  }

  #connect(side: CallSide, userId: number): void {
    const connection = this.#harness.connect(side, userId);
    this.#there.push(connection);
    this.#heard.push({ connection, from: this.#harness.updates.length, until: Infinity });
  }

  #drop(connection: CallConnection | undefined): void {
    if (connection === undefined) return;
    this.#there.splice(this.#there.indexOf(connection), 1);
    for (const each of this.#heard)
      if (each.connection === connection) each.until = this.#harness.updates.length;
    connection.drop();
  }

  #connectionOf(side: CallSide, userId: number): CallConnection | undefined {
    return this.#there.find((each) => each.side === side && each.userId === userId);
  }

  /** Everything so far is done: no call goes on without both its sides. */
  async #quiet(): Promise<void> {
    this.#harness.faults.isAway = false;
    await this.#harness.recovered();
    for (const call of await this.#store.underWay()) {
      for (const side of ['caller', 'telecaller'] as const) {
        expect(this.#connectionOf(side, call[side].id)).toBeDefined();
      }
    }
  }
}

function idOf(side: CallSide, place: number): number {
  const people = side === 'caller' ? USERS : TELECALLERS;
  return people[place % people.length] ?? 0;
}

describe('calls, whatever happens', () => {
  let clock: ManualClock;
  let database: TestStore;
  let harness: CallHarness;
  beforeAll(async () => {
    clock = new ManualClock();
    database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    harness = await CallHarness.open(database.store, clock);
  });
  afterAll(async () => {
    await harness.kill();
    await database.close();
  });

  const allCalls = async (): Promise<readonly Call[]> => {
    const pages = await Promise.all(
      USERS.map((userId) => database.store.calls.list(userId, { pageSize: 100_000 })),
    );
    return pages.flatMap(({ rows }) => rows);
  };

  it('[CA9] [CA8] [CA10] [CA11] end each in one final state, told once to each side and charged once', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(happening, fc.nat({ max: 6 })), { minLength: 10, maxLength: 60 }),
      async (story) => {
        const run = new Run(harness, database.store.calls, clock);
        await harness.quiet();
        for (const [what, turns] of story) {
          await run.happens(what);
          for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        }
        const standing = await run.end();
        const done = await run.done();
        expect(await database.store.calls.underWay()).toEqual([]);
        for (const [telecallerId, presence] of standing) {
          expect((await database.store.calls.telecaller(telecallerId))?.presence).toBe(presence);
          const told = harness.presence.filter((text) => text.startsWith(`${telecallerId} `));
          expect(told.at(-1)).toBe(`${telecallerId} ${presence}`);
        }
        expectLives(run.updates, await allCalls());
        expectDone(run.updates, done);
        await run.dropAll();
        run.expectAllHeard();
        expect(harness.log.messages('error')).toEqual([]);
        await expectPaid();
      },
    );
    await fc.assert(property, { numRuns: 50 });
  }, 120_000);

  const expectPaid = async () => {
    const calls = await allCalls();
    for (const userId of USERS) {
      const paid = calls.filter(({ caller }) => caller.id === userId).map(({ coins }) => coins);
      const left = BALANCE - paid.reduce((sum, coins) => sum + coins, 0);
      expect(await database.store.calls.coinBalance(userId)).toBe(left);
    }
  };
});

/** Each call has one of the lives there are, told as it is stored; and nobody is in two at once. */
function expectLives(updates: readonly CallUpdate[], stored: readonly Call[]): void {
  const lives = new Map<number, string[]>();
  const busy = new Set<number>();
  for (const { call } of updates) {
    const { id, status, caller, telecaller } = call;
    lives.set(id, [...(lives.get(id) ?? []), status]);
    if (status === 'ACCEPTED') continue;
    for (const person of [caller.id, telecaller.id]) {
      expect(busy.has(person)).toBe(status !== 'RINGING');
      if (status === 'RINGING') busy.add(person);
      else busy.delete(person);
    }
  }
  for (const [id, states] of lives) {
    expect(LIVES).toContain(states.join(' '));
    const call = stored.find((each) => each.id === id);
    expect(call?.status).toBe(states.at(-1));
    const { acceptedAtMs, endedAtMs, coinsPerMinute, coins, isRoomUsed } = call ?? {};
    const talkedMs = acceptedAtMs && endedAtMs ? endedAtMs - acceptedAtMs : null;
    const price = talkedMs === null ? 0 : coinsFor(talkedMs, coinsPerMinute ?? 0);
    // Someone may have been found in the room at the end, of whom there was no news.
    expect(isRoomUsed === true ? [price] : [price, 0]).toContain(coins);
  }
}

/** What was carried out has happened, once each. */
function expectDone(updates: readonly CallUpdate[], done: ReadonlyMap<string, number>): void {
  const countOf = (status: Call['status']) => updates.filter(({ call }) => call.status === status).length;
  expect(done.get('initiate') ?? 0).toBe(countOf('RINGING'));
  expect(done.get('accept') ?? 0).toBe(countOf('ACCEPTED'));
  expect(done.get('reject') ?? 0).toBe(countOf('REJECTED'));
  expect(done.get('cancel') ?? 0).toBe(countOf('CANCELLED'));
  expect(done.get('end') ?? 0).toBeLessThanOrEqual(countOf('COMPLETED'));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
