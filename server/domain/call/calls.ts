import type { CallStore } from './store.ts';
import type { DeadlineStore } from '../deadlineStore.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Media, MediaEvent } from '../../ports/media.ts';
import type { Account } from '../account/account.ts';
import type { CallDeadlineKind, Deadline, DeadlineVerdict } from '../deadline.ts';
import { retryUntilStored } from '../retryUntilStored.ts';
import { KeyedQueue } from '../keyedQueue.ts';
import { Absences } from './absences.ts';
import { type Call, type CallAction, type CallType, decideCall, type NewCall } from './call.ts';
import { type CallRefusal, callRefusals } from './callRefusals.ts';
import { CallSteps, type CallStepServices } from './callSteps.ts';
import type { CallListener, CallConnections, CallPeer, CallSide } from './connections.ts';
import type { CallRates } from './telecaller.ts';
import type { Telecallers } from './telecallers.ts';

/** As long as the document's ids: 96 bits that nobody can guess. */
const CALL_ID_CHARACTERS = 24;

/** The deadlines that a call may have. */
const CALL_DEADLINES = {
  call_unanswered: 'unanswered',
  call_caller_absent: 'left_room',
  call_telecaller_absent: 'left_room',
} as const satisfies Record<CallDeadlineKind, CallAction>;

/** What became of a message about a call. */
export type CallAnswer =
  | { readonly kind: 'done'; readonly call: Call }
  | { readonly kind: 'refused'; readonly refusal: CallRefusal };

/** What the service works with. */
export interface CallsServices extends CallStepServices {
  readonly store: CallStore;
  readonly deadlines: Pick<DeadlineStore, 'set' | 'clear'>;
  /** The account as it is stored now. */
  readonly account: (userId: number) => Promise<Account | null>;
  readonly media: Media;
  readonly connections: CallConnections;
  readonly telecallers: Telecallers;
  readonly log: Log;
  /** What a started minute costs where a telecaller has no rates of their own. */
  readonly rates: CallRates;
}

/** Calls from users to telecallers: who may do what, and what comes of comings, goings and deadlines. */
export class Calls {
  readonly #services: CallsServices;
  readonly #steps: CallSteps;
  readonly #absences: Absences;
  /** Comings, goings and beginnings of one user. */
  readonly #queue = new KeyedQueue<number>();

  constructor(services: CallsServices) {
    this.#services = services;
    this.#steps = new CallSteps(services);
    this.#absences = new Absences({ ...services, steps: this.#steps });
  }

  /** A user or telecaller takes part from now on, on one more connection. */
  joined(side: CallSide, peer: CallPeer, listener: CallListener): void {
    const { connections, telecallers } = this.#services;
    if (connections.join(side, peer, listener) && side === 'telecaller')
      void telecallers.refresh(peer.userId);
  }

  /** One connection less; with the last one of that side whatever call they had is over. */
  left(side: CallSide, peer: CallPeer): void {
    const { connections, telecallers, clock, log } = this.#services;
    const { userId } = peer;
    if (!connections.leave(side, peer)) return;
    if (side === 'telecaller') void telecallers.refresh(userId);
    const goneAtMs = clock.nowMs();
    this.#queue
      .run(userId, () => this.#disconnected(side, userId, goneAtMs))
      .catch((error: unknown) => log.error('a call could not be ended', { userId, error }));
  }

  /** Rings at the telecaller's. The refusals come in the order of the document's table. */
  initiate(peer: CallPeer, telecallerId: number, type: CallType): Promise<CallAnswer> {
    return this.#queue.run(peer.userId, () => this.#guarded(() => this.#initiate(peer, telecallerId, type)));
  }

  /**
   * Only the telecaller may, and only while it rings. Their other connections hear that it is answered. Time is
   * charged from when the room is there.
   */
  accept(peer: CallPeer, callId: string): Promise<CallAnswer> {
    return this.#guarded(async () => {
      const { media, clock } = this.#services;
      const call = await this.#callOf(peer, callId, ['telecaller']);
      if (call === null) return refused(callRefusals.notFound);
      if (decideCall(call, 'accept', clock.nowMs()) === null) return refused(callRefusals.notRinging);
      if (!(await media.openRoom(call.callId))) return refused(callRefusals.roomUnavailable);
      return asAnswer(
        await this.#steps.move(call, 'accept', clock.nowMs(), peer.connectionId),
        callRefusals.notRinging,
      );
    });
  }

  /** Only the telecaller may, and only while it rings. */
  reject(peer: CallPeer, callId: string): Promise<CallAnswer> {
    return this.#act(peer, callId, 'reject', ['telecaller']);
  }

  /** Only the caller may, and only while it rings. */
  cancel(peer: CallPeer, callId: string): Promise<CallAnswer> {
    return this.#act(peer, callId, 'cancel', ['caller']);
  }

  /** Both sides may, once it is accepted. */
  end(peer: CallPeer, callId: string): Promise<CallAnswer> {
    return this.#act(peer, callId, 'end', ['caller', 'telecaller']);
  }

  /** Does what has fallen due. */
  async meetDeadline(deadline: Deadline<CallDeadlineKind>): Promise<DeadlineVerdict> {
    const { store, clock } = this.#services;
    const action = CALL_DEADLINES[deadline.kind];
    const call = await store.byId(deadline.subjectId);
    if (call === null || decideCall(call, action, clock.nowMs()) === null) return 'obsolete';
    if (deadline.kind !== 'call_unanswered') {
      await this.#absences.fellDue(call, deadline);
      return 'done';
    }
    const moved = await this.#steps.move(call, action, clock.nowMs(), null);
    return moved === null ? 'obsolete' : 'done';
  }

  /** Handles an event of the media server: a side that left the room has a while to come back. */
  mediaChanged(event: MediaEvent): Promise<void> {
    return this.#absences.mediaChanged(event);
  }

  /** Ends every call: at the start no user is connected. */
  async recover(): Promise<void> {
    const { store, telecallers, clock } = this.#services;
    await telecallers.recover();
    const nowMs = clock.nowMs();
    const calls = await store.underWay();
    // At once: each may wait for the media server.
    await Promise.all(calls.map((call) => this.#steps.move(call, 'disconnected', nowMs, null)));
  }

  /** Resolves when every coming and going so far is dealt with. */
  async settled(): Promise<void> {
    await this.#queue.settled();
    await this.#absences.settled();
    await this.#steps.settled();
    await this.#services.telecallers.settled();
  }

  async #initiate(peer: CallPeer, telecallerId: number, type: CallType): Promise<CallAnswer> {
    const { store, connections, clock, rates } = this.#services;
    const account = await this.#services.account(peer.userId);
    if (account === null || account.isBlocked) return refused(callRefusals.accountUnavailable);
    const isThemselves = telecallerId === peer.userId;
    const telecaller = isThemselves ? null : await store.telecaller(telecallerId);
    if (telecaller === null || !telecaller.isApproved || telecaller.isBlocked) {
      return refused(callRefusals.telecallerNotFound);
    }
    const { name, presence, isBusy } = telecaller;
    if (presence === 'OFFLINE') return refused(callRefusals.offline(name));
    if (isBusy) return refused(callRefusals.busy(name));
    if (!connections.isPresent('telecaller', telecallerId)) return refused(callRefusals.notConnected(name));
    const call: NewCall = {
      callId: clock.randomId().slice(-CALL_ID_CHARACTERS),
      caller: { id: account.id, name: account.name || account.username, profile: account.profile },
      telecaller: { id: telecaller.id, name, profile: telecaller.profile },
      type,
      coinsPerMinute: telecaller.coinsPerMinute[type] ?? rates[type],
      createdAtMs: clock.nowMs(),
    };
    const started = await this.#steps.begin(call, peer);
    if (started.kind === 'telecaller_busy') return refused(callRefusals.busy(name));
    if (started.kind === 'caller_busy') return refused(callRefusals.alreadyInCall);
    const isDeserted =
      !connections.isPresent('caller', peer.userId) || !connections.isPresent('telecaller', telecallerId);
    if (isDeserted) await this.#applyUntilStored(started.call, 'disconnected');
    return { kind: 'done', call: started.call };
  }

  #act(
    peer: CallPeer,
    callId: string,
    action: 'reject' | 'cancel' | 'end',
    sides: readonly CallSide[],
  ): Promise<CallAnswer> {
    const nowMs = this.#services.clock.nowMs();
    return this.#guarded(async () => {
      const call = await this.#callOf(peer, callId, sides);
      if (call === null) return refused(callRefusals.notFound);
      const otherwise = action === 'end' ? callRefusals.notActive : callRefusals.notRinging;
      return asAnswer(await this.#steps.move(call, action, nowMs, peer.connectionId), otherwise);
    });
  }

  /** The call, if this user is on one of these sides of it; else it does not exist for them. */
  async #callOf({ userId }: CallPeer, callId: string, sides: readonly CallSide[]): Promise<Call | null> {
    const call = await this.#services.store.byCallId(callId);
    return call !== null && sides.some((side) => call[side].id === userId) ? call : null;
  }

  async #disconnected(side: CallSide, userId: number, goneAtMs: number): Promise<void> {
    const { store, connections, clock } = this.#services;
    const call = await retryUntilStored(clock, () => store.underWayOf(userId));
    if (call?.[side].id !== userId) return;
    // One that began later is that of a connection that has come since.
    const isOfLater = connections.isPresent(side, userId) && call.createdAtMs > goneAtMs;
    if (!isOfLater) await this.#applyUntilStored(call, 'disconnected');
  }

  #applyUntilStored(call: Call, action: CallAction): Promise<Call | null> {
    const { clock } = this.#services;
    return retryUntilStored(clock, () => this.#steps.move(call, action, clock.nowMs(), null));
  }

  async #guarded(work: () => Promise<CallAnswer>): Promise<CallAnswer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreUnavailable) return refused(callRefusals.unavailable);
      throw error;
    }
  }
}

function asAnswer(moved: Call | null, otherwise: CallRefusal): CallAnswer {
  return moved === null ? refused(otherwise) : { kind: 'done', call: moved };
}

function refused(refusal: CallRefusal): CallAnswer {
  return { kind: 'refused', refusal };
}
