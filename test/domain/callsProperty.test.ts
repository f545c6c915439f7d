import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, coinsFor } from '../../server/domain/call/call.ts';
import type { CallAnswer } from '../../server/domain/call/calls.ts';
import type { CallNews, CallSide } from '../../server/domain/call/parties.ts';
import type { CallStore } from '../../server/ports/callStore.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { type CallConnection, CallHouse, statesTold } from '../support/callHouse.ts';
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
  readonly #house: CallHouse;
  readonly #store: CallStore;
  readonly #clock: ManualClock;
  readonly #firstNews: number;
  readonly #there: CallConnection[] = [];
  readonly #heard: { readonly connection: CallConnection; readonly from: number; until: number }[] = [];
  readonly #answers: { readonly kind: string; readonly answer: Promise<CallAnswer> }[] = [];
  readonly #reports: Promise<void>[] = [];

  constructor(house: CallHouse, store: CallStore, clock: ManualClock) {
    this.#house = house;
    this.#store = store;
    this.#clock = clock;
    this.#firstNews = house.news.length;
    for (const userId of USERS) this.#connect('caller', userId);
    for (const userId of TELECALLERS) this.#connect('telecaller', userId);
  }

  get news(): readonly CallNews[] {
    return this.#house.news.slice(this.#firstNews);
  }

  async happens(what: Happening): Promise<void> {
    const { faults } = this.#house;
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
          this.#ask(what.kind, this.#house.calls.initiate(caller, telecallerId, 'AUDIO'));
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
      await this.#house.tick(30_000);
      await this.#house.tick(30_000);
    }
    for (const { call } of this.news) {
      await this.#house.calls.mediaChanged({ kind: 'finished', callId: call.callId });
    }
    await this.#quiet();
    const standing = TELECALLERS.map(
      (id) => [id, this.#connectionOf('telecaller', id) === undefined ? 'OFFLINE' : 'ONLINE'] as const,
    );
    return new Map(standing);
  }

  async dropAll(): Promise<void> {
    for (const connection of [...this.#there]) this.#drop(connection);
    await this.#house.quiet();
  }

  /** Every connection was told of exactly what happened to its calls while it was there, in that order. */
  expectAllHeard(): void {
    for (const { connection, from, until } of this.#heard) {
      const own = this.#house.news
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
    const { calls, rooms } = this.#house;
    const begun = this.news.filter(({ call }) => call.status === 'RINGING');
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
        this.#reports.push(calls.mediaChanged({ kind: what.kind, callId, userId }).catch(() => undefined));
        return;
      case 'finished':
        this.#reports.push(calls.mediaChanged({ kind: what.kind, callId }).catch(() => undefined));
        return;
      default:
        if (peer !== undefined) this.#ask(what.kind, calls[what.kind](peer, callId));
    }
  }

  #ask(kind: string, answer: Promise<CallAnswer>): void {
    this.#answers.push({ kind, answer });
  }

  #connect(side: CallSide, userId: number): void {
    const connection = this.#house.connect(side, userId);
    this.#there.push(connection);
    this.#heard.push({ connection, from: this.#house.news.length, until: Infinity });
  }

  #drop(connection: CallConnection | undefined): void {
    if (connection === undefined) return;
    this.#there.splice(this.#there.indexOf(connection), 1);
    for (const each of this.#heard) if (each.connection === connection) each.until = this.#house.news.length;
    connection.drop();
  }

  #connectionOf(side: CallSide, userId: number): CallConnection | undefined {
    return this.#there.find((each) => each.side === side && each.userId === userId);
  }

  /** Everything so far is done: no call goes on without both its sides. */
  async #quiet(): Promise<void> {
    this.#house.faults.isAway = false;
    await this.#house.recovered();
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
  let house: CallHouse;
  beforeAll(async () => {
    clock = new ManualClock();
    database = await openTestStore('sqlite', demoSeed(clock.nowMs()));
    house = await CallHouse.open(database.store, clock);
  });
  afterAll(async () => {
    await house.kill();
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
        const run = new Run(house, database.store.calls, clock);
        await house.quiet();
        for (const [what, turns] of story) {
          await run.happens(what);
          for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        }
        const standing = await run.end();
        const done = await run.done();
        expect(await database.store.calls.underWay()).toEqual([]);
        for (const [telecallerId, presence] of standing) {
          expect((await database.store.calls.telecaller(telecallerId))?.presence).toBe(presence);
          const told = house.presence.filter((text) => text.startsWith(`${telecallerId} `));
          expect(told.at(-1)).toBe(`${telecallerId} ${presence}`);
        }
        expectLives(run.news, await allCalls());
        expectDone(run.news, done);
        await run.dropAll();
        run.expectAllHeard();
        expect(house.log.messages('error')).toEqual([]);
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
function expectLives(news: readonly CallNews[], stored: readonly Call[]): void {
  const lives = new Map<number, string[]>();
  const busy = new Set<number>();
  for (const { call } of news) {
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
function expectDone(news: readonly CallNews[], done: ReadonlyMap<string, number>): void {
  const countOf = (status: Call['status']) => news.filter(({ call }) => call.status === status).length;
  expect(done.get('initiate') ?? 0).toBe(countOf('RINGING'));
  expect(done.get('accept') ?? 0).toBe(countOf('ACCEPTED'));
  expect(done.get('reject') ?? 0).toBe(countOf('REJECTED'));
  expect(done.get('cancel') ?? 0).toBe(countOf('CANCELLED'));
  expect(done.get('end') ?? 0).toBeLessThanOrEqual(countOf('COMPLETED'));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
