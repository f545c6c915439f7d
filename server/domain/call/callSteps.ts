import type { StartCallResult, CallMove, CallStore } from './store.ts';
import { CommitInDoubt, StoreUnavailable } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Media, RoomEntry } from '../../ports/media.ts';
import { retryUntilStored } from '../retryUntilStored.ts';
import type { Limits } from '../../limits.ts';
import { KeyedQueue } from '../keyedQueue.ts';
import { type Call, type CallAction, decideCall, isUnderWay, type NewCall, type Party } from './call.ts';
import type { CallConnections, CallUpdate, CallPeer } from './connections.ts';
import type { Telecallers } from './telecallers.ts';

/** What the steps of calls are taken with. */
export interface CallStepServices {
  readonly store: Pick<CallStore, 'begin' | 'move' | 'byId' | 'byCallId'>;
  readonly media: Pick<Media, 'hasRooms' | 'credentials' | 'participants'>;
  readonly connections: Pick<CallConnections, 'isConnected'>;
  readonly telecallers: Pick<Telecallers, 'refresh'>;
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'callRingMs' | 'callAbsentMs'>;
  /** Tells both sides; called once for every state a call comes to. */
  readonly published: (update: CallUpdate) => void;
  /** Called when a deadline may stand earlier than any before, and when there is something to be delivered. */
  readonly deadlinesChanged: () => void;
  readonly outboxChanged: () => void;
}

/**
 * Stores a call's states and tells them, each once, in the order in which they are stored. The store is the
 * arbiter: a state is left by one compare-and-set. `causedBy` is the connection whose message it was.
 */
export class CallSteps {
  readonly #services: CallStepServices;
  readonly #queue = new KeyedQueue<string>();
  /** Where the calls that are under way were begun, by call id: what a restart forgets, it ends. */
  readonly #begunBy = new Map<string, CallPeer>();

  constructor(services: CallStepServices) {
    this.#services = services;
  }

  /** Rings, unless one of both has a call already. */
  begin(call: NewCall, peer: CallPeer): Promise<StartCallResult> {
    const { limits, deadlinesChanged } = this.#services;
    return this.#queue.run(call.callId, async () => {
      const unansweredAtMs = limits.callRingMs > 0 ? call.createdAtMs + limits.callRingMs : null;
      const started = await this.#storeStart(call, unansweredAtMs);
      if (started.kind !== 'begun') return started;
      this.#begunBy.set(call.callId, peer);
      await this.#tell(started.call, peer.connectionId);
      deadlinesChanged();
      return started;
    });
  }

  /** Takes the call one step further; `null` when its state takes no such action (any more). */
  move(call: Call, action: CallAction, nowMs: number, causedBy: string | null): Promise<Call | null> {
    return this.#queue.run(call.callId, async () => {
      for (let current: Call | null = call; current !== null;) {
        const decided = decideCall(current, action, nowMs);
        if (decided === null) {
          if (!isUnderWay(current)) this.#begunBy.delete(call.callId);
          return null;
        }
        const next = (await this.#isUnused(current, decided)) ? { ...decided, coins: 0 } : decided;
        if (await this.#store(this.#moveOf(current, next))) {
          await this.#tell(next, causedBy);
          return next;
        }
        // It has left that state meanwhile: the same action is decided on the newer one.
        current = await this.#services.store.byId(call.id);
      }
      return null;
    });
  }

  /**
   * True when the call comes to its end and no one has been in its room, as far as the media server says. Where it does
   * not answer, someone may have been.
   */
  async #isUnused(from: Call, to: Call): Promise<boolean> {
    const { media } = this.#services;
    if (to.status !== 'COMPLETED' || from.isRoomUsed || !media.hasRooms) return false;
    const there = await media.participants(from.callId);
    return (
      there !== null && !there.some((userId) => userId === from.caller.id || userId === from.telecaller.id)
    );
  }

  /** Resolves when every step so far is taken. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** An answer that was lost is found out by looking again. */
  async #storeStart(call: NewCall, unansweredAtMs: number | null): Promise<StartCallResult> {
    const { store, clock } = this.#services;
    try {
      return await store.begin(call, unansweredAtMs);
    } catch (error) {
      if (!(error instanceof CommitInDoubt)) throw error;
      const found = await retryUntilStored(clock, () => store.byCallId(call.callId));
      if (found === null) throw new StoreUnavailable('the beginning of a call was not stored');
      return { kind: 'begun', call: found };
    }
  }

  async #store(move: CallMove): Promise<boolean> {
    const { store, clock } = this.#services;
    try {
      return await store.move(move);
    } catch (error) {
      if (!(error instanceof CommitInDoubt)) throw error;
      const found = await retryUntilStored(clock, () => store.byId(move.to.id));
      return found !== null && isSameState(found, move.to);
    }
  }

  #moveOf(from: Call, to: Call): CallMove {
    const { media, limits } = this.#services;
    const { id: subjectId, acceptedAtMs } = to;
    const isExpected =
      to.status === 'ACCEPTED' && acceptedAtMs !== null && media.hasRooms && limits.callAbsentMs > 0;
    const kinds = ['call_caller_absent', 'call_telecaller_absent'] as const;
    return {
      from: from.status,
      to,
      deadlines: isExpected
        ? kinds.map((kind) => ({ kind, subjectId, dueAtMs: acceptedAtMs + limits.callAbsentMs }))
        : [],
      closesRoom: to.status === 'COMPLETED' && media.hasRooms,
    };
  }

  /** The connection that began the call, while it is there. */
  #begunByOf({ callId }: Call): string | null {
    const peer = this.#begunBy.get(callId);
    return peer !== undefined && this.#services.connections.isConnected('caller', peer)
      ? peer.connectionId
      : null;
  }

  async #tell(call: Call, causedBy: string | null): Promise<void> {
    const { media, published, telecallers, deadlinesChanged, outboxChanged } = this.#services;
    const { status, caller, telecaller } = call;
    const credentials =
      status === 'ACCEPTED'
        ? {
            caller: await media.credentials(entryOf(call, caller)),
            telecaller: await media.credentials(entryOf(call, telecaller)),
          }
        : null;
    published({ call, causedBy, begunBy: this.#begunByOf(call), credentials });
    if (!isUnderWay(call)) this.#begunBy.delete(call.callId);
    if (status === 'ACCEPTED') deadlinesChanged();
    if (status === 'COMPLETED') outboxChanged();
    // Waited for, so that users hear of the beginning before the call can end.
    if (status === 'ACCEPTED' || status === 'COMPLETED') await telecallers.refresh(telecaller.id);
  }
}

/** The room of a call has the call's id for its name. */
function entryOf({ callId, type }: Call, { id, name }: Party): RoomEntry {
  return { roomName: callId, userId: id, displayName: name, hasVideo: type === 'VIDEO' };
}

/** Moments and state are the same: it is this very step, or one that nobody can tell from it. */
function isSameState(found: Call, stored: Call): boolean {
  return (
    found.status === stored.status &&
    found.acceptedAtMs === stored.acceptedAtMs &&
    found.endedAtMs === stored.endedAtMs
  );
}
