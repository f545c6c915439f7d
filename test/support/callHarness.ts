import { expect } from 'vitest';
import { createCallServices } from '../../server/callServices.ts';
import { Suspensions } from '../../server/domain/account/suspensions.ts';
import type { Calls } from '../../server/domain/call/calls.ts';
import type { CallUpdate, CallPeer, CallSide } from '../../server/domain/call/connections.ts';
import { isCallDeadline, longestDurations } from '../../server/domain/deadline.ts';
import { createInProcessLayer } from '../../server/engines/layer/inProcess.ts';
import type { CallStore } from '../../server/domain/call/store.ts';
import type { Store } from '../../server/engines/store/store.ts';
import { CommitInDoubt, StoreUnavailable } from '../../server/ports/errors.ts';
import { DeadlineWorker } from '../../server/workers/deadlines.ts';
import { testLimits } from './limits.ts';
import type { ManualClock } from './manualClock.ts';
import { MemoryRooms } from './memoryRooms.ts';
import { until } from './processes.ts';
import { RecordedLog } from './recordedLog.ts';

/** One connection of a user or telecaller. */
export interface CallConnection extends CallPeer {
  readonly side: CallSide;
  /** What it was told, in order. */
  readonly told: CallUpdate[];
  drop(): void;
}

/** What goes wrong between the service and the store of calls. */
export interface CallFaults {
  isAway: boolean;
  /** The answer of the next such commit is lost: it is stored, or not, and nobody knows. */
  losesAnswerOf: 'begin' | 'move' | null;
  /** What has become of that commit. */
  isStored: boolean;
  /** Calls are begun after that; and whether one waits for it. */
  beginsAfter: Promise<void>;
  isBeginning: boolean;
}

/** What one process has of calls, over a real store, a manual clock and rooms in memory. */
export class CallHarness {
  readonly rooms = new MemoryRooms();
  readonly faults: CallFaults = {
    isAway: false,
    losesAnswerOf: null,
    isStored: true,
    beginsAfter: Promise.resolve(),
    isBeginning: false,
  };
  /** What users were told of telecallers: id and presence. */
  readonly presence: string[] = [];
  /** What was told of all calls, in order. */
  readonly updates: CallUpdate[] = [];
  readonly log = new RecordedLog();
  readonly calls: Calls;
  readonly #clock: ManualClock;
  readonly #worker: DeadlineWorker;
  #connections = 0;

  private constructor(store: Store, clock: ManualClock) {
    this.#clock = clock;
    const { log } = this;
    const faulty = withFaults(store.calls, this.faults);
    const { calls, connections, publisher } = createCallServices(
      {
        store: { accounts: store.accounts, calls: faulty, deadlines: store.deadlines },
        media: this.rooms,
        layer: createInProcessLayer(log),
        clock,
        log,
      },
      {
        suspensions: new Suspensions(),
        limits: testLimits(),
        rates: { AUDIO: 10, VIDEO: 20 },
        deadlinesChanged: () => this.#worker.nudge(),
        outboxChanged: () => undefined,
      },
    );
    this.calls = calls;
    void publisher.onCallChanged((update) => {
      this.updates.push(update);
      connections.tell(update);
    });
    void publisher.onPresenceChanged(({ id, presence }) => this.presence.push(`${id} ${presence}`));
    this.#worker = new DeadlineWorker({
      store: store.deadlines,
      meet: async (deadline) => (isCallDeadline(deadline) ? this.calls.meetDeadline(deadline) : 'obsolete'),
      durations: longestDurations(testLimits()),
      clock,
      log,
    });
  }

  /** Starts as a server does: nobody is connected. */
  static async open(store: Store, clock: ManualClock): Promise<CallHarness> {
    const harness = new CallHarness(store, clock);
    await harness.calls.recover();
    harness.#worker.start();
    await harness.quiet();
    return harness;
  }

  /** Ends as kill -9 ends it: nothing is said to anybody. */
  async kill(): Promise<void> {
    await this.#worker.stop();
  }

  connect(side: CallSide, userId: number): CallConnection {
    this.#connections += 1;
    const told: CallUpdate[] = [];
    const listener = (update: CallUpdate) => void told.push(update);
    const peer = { userId, connectionId: String(this.#connections) };
    this.calls.joined(side, peer, listener);
    return { side, ...peer, told, drop: () => this.calls.left(side, peer) };
  }

  /** Time passes, and what falls due is done. */
  async tick(durationMs: number): Promise<void> {
    await this.#clock.advance(durationMs);
    await this.quiet();
  }

  /** Everything under way is done, and the worker sleeps until the next deadline. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await this.calls.settled();
      await this.asleep();
    }
  }

  /** The worker sleeps until the next deadline, and nobody waits for the store. */
  async asleep(): Promise<void> {
    await until(async () => {
      await this.#clock.advance(0);
      expect(this.#clock.pendingTimers).toBe(1);
    });
  }

  /** What waited for the store has been done, now that it is back. */
  async recovered(): Promise<void> {
    await until(async () => {
      await this.#clock.advance(500);
      expect(this.#clock.pendingTimers).toBe(1);
    });
    await this.quiet();
  }
}

/** The states that a connection was told of, in order. */
export function statesTold({ told }: CallConnection): string[] {
  return told.map(({ call }) => call.status);
}

/** The store, as far as the faults let it through. */
function withFaults(store: CallStore, faults: CallFaults): CallStore {
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (faults.isAway) throw new StoreUnavailable('the store is away');
    return work();
  };
  const commit = async <Result>(name: 'begin' | 'move', work: () => Promise<Result>): Promise<Result> =>
    attempt(async () => {
      if (faults.losesAnswerOf !== name) return work();
      faults.losesAnswerOf = null;
      if (faults.isStored) await work();
      throw new CommitInDoubt('the answer was lost');
    });
  return {
    telecaller: (userId) => attempt(() => store.telecaller(userId)),
    telecallers: (page) => attempt(() => store.telecallers(page)),
    saveTelecaller: (userId, details) => attempt(() => store.saveTelecaller(userId, details)),
    setPresence: (telecallerId, presence) => attempt(() => store.setPresence(telecallerId, presence)),
    resetPresence: () => attempt(() => store.resetPresence()),
    begin: async (call, unansweredAtMs) => {
      faults.isBeginning = true;
      await faults.beginsAfter;
      faults.isBeginning = false;
      return commit('begin', () => store.begin(call, unansweredAtMs));
    },
    byCallId: (callId) => attempt(() => store.byCallId(callId)),
    byId: (id) => attempt(() => store.byId(id)),
    underWayOf: (userId) => attempt(() => store.underWayOf(userId)),
    underWay: () => attempt(() => store.underWay()),
    move: (move) => commit('move', () => store.move(move)),
    markRoomUsed: (id) => attempt(() => store.markRoomUsed(id)),
    list: (userId, page) => attempt(() => store.list(userId, page)),
    coinBalance: (userId) => attempt(() => store.coinBalance(userId)),
  };
}
