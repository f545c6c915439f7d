import type { Call, CallType } from '../../server/domain/call/call.ts';
import type { CallAnswer } from '../../server/domain/call/calls.ts';
import { demoSeed } from '../../server/seeding/demo.ts';
import { type CallConnection, CallHarness } from './callHarness.ts';
import { ManualClock } from './manualClock.ts';
import { openTestStore, type StoreKind, type TestStore } from './store.ts';

/** Two of the demo's buyers, and its telecallers: the last is not approved. */
export const AYESHA = 1;
export const BILAL = 2;
export const JANE = 15;
export const SANA = 16;
export const NEWCOMER = 17;

/** A harness in which Ayesha may call Jane, each on one connection. */
export class CallScene {
  readonly clock: ManualClock;
  readonly database: TestStore;
  harness: CallHarness;
  readonly user: CallConnection;
  readonly jane: CallConnection;

  private constructor(clock: ManualClock, database: TestStore, harness: CallHarness) {
    this.clock = clock;
    this.database = database;
    this.harness = harness;
    this.user = harness.connect('caller', AYESHA);
    this.jane = harness.connect('telecaller', JANE);
  }

  static async open(kind: StoreKind = 'sqlite'): Promise<CallScene> {
    const clock = new ManualClock();
    const database = await openTestStore(kind, demoSeed(clock.nowMs()));
    const scene = new CallScene(clock, database, await CallHarness.open(database.store, clock));
    await scene.harness.quiet();
    return scene;
  }

  async close(): Promise<void> {
    await this.harness.kill();
    await this.database.close();
  }

  /** Ends as kill -9 ends it, and starts again. */
  async restart(): Promise<void> {
    await this.harness.kill();
    this.harness = await CallHarness.open(await this.database.reopen(), this.clock);
  }

  /** Begins a call. */
  async ring(telecaller = this.jane, type: CallType = 'AUDIO', user = this.user): Promise<Call> {
    return callOf(await this.harness.calls.initiate(user, telecaller.userId, type));
  }

  /** Begins a call and answers it. */
  async accepted(telecaller = this.jane, type: CallType = 'AUDIO'): Promise<Call> {
    const { callId } = await this.ring(telecaller, type);
    const call = callOf(await this.harness.calls.accept(telecaller, callId));
    await this.harness.quiet();
    return call;
  }

  /** Begins a call, answers it, and its caller enters the room, of which the media server tells. */
  async entered(telecaller = this.jane, type: CallType = 'AUDIO'): Promise<Call> {
    const call = await this.accepted(telecaller, type);
    const { callId, caller } = call;
    this.harness.rooms.enter(callId, caller.id);
    await this.harness.calls.mediaChanged({ kind: 'joined', roomName: callId, userId: caller.id });
    return call;
  }

  /** The call as it is stored now. */
  async stored({ id }: Call): Promise<Call | null> {
    return this.database.store.calls.byId(id);
  }

  /** Its state now. */
  async statusOf(call: Call): Promise<Call['status'] | undefined> {
    return (await this.stored(call))?.status;
  }
}

/** The refusal's code, or that it was done. */
export function codeOf(answer: CallAnswer): string {
  return answer.kind === 'refused' ? answer.refusal.code : 'done';
}

function callOf(answer: CallAnswer): Call {
  if (answer.kind === 'refused') throw new Error(answer.refusal.message);
  return answer.call;
}
