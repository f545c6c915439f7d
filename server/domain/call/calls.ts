import type { Beginning, CallMove, CallStore } from '../../ports/callStore.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Media, MediaNews } from '../../ports/media.ts';
import { CommitInDoubt, type DeadlineStore, StoreUnavailable } from '../../ports/store.ts';
import type { Account } from '../account/account.ts';
import type { CallDeadlineKind, Deadline, DeadlineVerdict } from '../deadline.ts';
import { insist } from '../insist.ts';
import type { Limits } from '../limits.ts';
import { Turns } from '../turns.ts';
import { type Call, type CallAction, type CallType, decideCall, type NewCall } from './call.ts';
import { type CallRefusal, callRefusals } from './callRefusals.ts';
import type { CallListener, CallNews, CallParties } from './parties.ts';
import type { CallRates } from './telecaller.ts';
import type { Telecallers } from './telecallers.ts';

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

/** Who asks, and on which connection. */
export interface CallPeer {
  readonly userId: number;
  readonly connectionId: string;
}

/** What the service works with. */
export interface CallServices {
  readonly store: CallStore;
  readonly deadlines: Pick<DeadlineStore, 'set' | 'clear'>;
  /** The account as of a few seconds ago. */
  readonly account: (userId: number) => Account | null | Promise<Account | null>;
  readonly media: Media;
  readonly parties: CallParties;
  readonly telecallers: Telecallers;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Pick<Limits, 'callRingMs' | 'callAbsentMs'>;
  /** What a started minute costs where a telecaller has no rates of their own. */
  readonly rates: CallRates;
  /** Tells both sides; called once for every state a call comes to. */
  readonly published: (news: CallNews) => void;
  /** Called when a deadline may stand earlier than any before, and when there is something to be delivered. */
  readonly deadlinesChanged: () => void;
  readonly outboxChanged: () => void;
}

/**
 * Calls from users to telecallers. The store is the arbiter: a state is left by one compare-and-set, so of two
 * messages that race one is carried out and both sides hear of it once.
 */
export class Calls {
  readonly #services: CallServices;
  /** Comings, goings and beginnings of one user. */
  readonly #turns = new Turns<number>();
  /** Steps of one call: they are told in the order in which they are stored. */
  readonly #steps = new Turns<string>();

  constructor(services: CallServices) {
    this.#services = services;
  }

  /** A user or telecaller takes part from now on, on one more connection. */
  joined(userId: number, listener: CallListener, isTelecaller: boolean): void {
    const { parties, telecallers } = this.#services;
    if (parties.join(userId, listener) && isTelecaller) telecallers.refresh(userId);
  }

  /** One connection less; with the last one whatever call they had is over. */
  left(userId: number, listener: CallListener, isTelecaller: boolean): void {
    const { parties, telecallers, clock, log } = this.#services;
    if (!parties.leave(userId, listener)) return;
    if (isTelecaller) telecallers.refresh(userId);
    const goneAtMs = clock.nowMs();
    this.#turns
      .take(userId, () => this.#disconnected(userId, goneAtMs))
      .catch((error: unknown) => log.error('a call could not be ended', { userId, error }));
  }

  /** Rings at the telecaller's. The refusals come in the order of the document's table. */
  initiate(peer: CallPeer, telecallerId: number, type: CallType, nowMs: number): Promise<CallAnswer> {
    return this.#turns.take(peer.userId, () =>
      this.#guarded(() => this.#initiate(peer, telecallerId, type, nowMs)),
    );
  }

  /** Only the telecaller may, and only while it rings. Their other connections hear that it is answered. */
  accept(peer: CallPeer, callId: string, nowMs: number): Promise<CallAnswer> {
    return this.#guarded(async () => {
      const call = await this.#callOf(callId, ({ telecaller }) => telecaller.id === peer.userId);
      if (call === null) return refused(callRefusals.notFound);
      if (decideCall(call, 'accept', nowMs) === null) return refused(callRefusals.notRinging);
      if (!(await this.#services.media.openRoom(callId))) return refused(callRefusals.roomUnavailable);
      return this.#asAnswer(await this.#move(call, 'accept', nowMs, peer), callRefusals.notRinging);
    });
  }

  /** Only the telecaller may, and only while it rings. */
  reject(peer: CallPeer, callId: string, nowMs: number): Promise<CallAnswer> {
    return this.#act(peer, callId, 'reject', nowMs, ({ telecaller }) => telecaller.id === peer.userId);
  }

  /** Only the caller may, and only while it rings. */
  cancel(peer: CallPeer, callId: string, nowMs: number): Promise<CallAnswer> {
    return this.#act(peer, callId, 'cancel', nowMs, ({ caller }) => caller.id === peer.userId);
  }

  /** Both sides may, once it is accepted. */
  end(peer: CallPeer, callId: string, nowMs: number): Promise<CallAnswer> {
    const isSide = ({ caller, telecaller }: Call) =>
      caller.id === peer.userId || telecaller.id === peer.userId;
    return this.#act(peer, callId, 'end', nowMs, isSide);
  }

  /** Does what has fallen due. Who is absent is asked of the media server once more: its news may be old or lost. */
  async meetDeadline({ kind, subjectId }: Deadline<CallDeadlineKind>): Promise<DeadlineVerdict> {
    const { store, media } = this.#services;
    const call = await store.byId(subjectId);
    if (call === null) return 'overtaken';
    if (kind !== 'call_unanswered') {
      const there = await media.participants(call.callId);
      if (there === null) return 'postponed';
      if (there.includes(kind === 'call_caller_absent' ? call.caller.id : call.telecaller.id))
        return 'overtaken';
    }
    const moved = await this.#move(call, CALL_DEADLINES[kind], this.#services.clock.nowMs(), null);
    return moved === null ? 'overtaken' : 'met';
  }

  /** What the media server tells: whoever is gone from the room has a while to come back. */
  async mediaChanged(news: MediaNews): Promise<void> {
    const { store, clock, deadlines, limits, deadlinesChanged } = this.#services;
    if (news.kind === 'other') return;
    const call = await store.byCallId(news.callId);
    if (call?.status !== 'ACCEPTED') return;
    const nowMs = clock.nowMs();
    if (news.kind === 'finished') {
      await this.#move(call, 'left_room', nowMs, null);
      return;
    }
    const kind = absenceOf(call, news.userId);
    if (kind === null) return;
    if (news.kind === 'joined') await deadlines.clear([kind], call.id);
    else if (limits.callAbsentMs > 0) {
      await deadlines.set([{ kind, subjectId: call.id, dueAtMs: nowMs + limits.callAbsentMs }]);
      deadlinesChanged();
    }
  }

  /** At the start nobody is connected: a restart is the disconnection of all. */
  async recover(): Promise<void> {
    const { store, telecallers, clock } = this.#services;
    await telecallers.recover();
    for (const call of await store.underWay()) await this.#move(call, 'disconnected', clock.nowMs(), null);
  }

  /** Resolves when every coming and going so far is dealt with. */
  async settled(): Promise<void> {
    await this.#turns.settled();
    await this.#steps.settled();
    await this.#services.telecallers.settled();
  }

  async #initiate(peer: CallPeer, telecallerId: number, type: CallType, nowMs: number): Promise<CallAnswer> {
    const { store, parties, clock, rates } = this.#services;
    const account = await this.#services.account(peer.userId);
    if (account === null || account.isBlocked) return refused(callRefusals.accountUnavailable);
    const telecaller = await store.telecaller(telecallerId);
    if (telecaller === null || !telecaller.isApproved || telecaller.isBlocked) {
      return refused(callRefusals.telecallerNotFound);
    }
    const { name, presence, isBusy } = telecaller;
    if (presence === 'OFFLINE') return refused(callRefusals.offline(name));
    if (isBusy) return refused(callRefusals.busy(name));
    if (!parties.isPresent(telecallerId)) return refused(callRefusals.notConnected(name));
    const beginning = await this.#begin(peer, {
      callId: clock.randomId().slice(0, 24),
      caller: { id: account.id, name: account.name || account.username, profile: account.profile },
      telecaller: { id: telecaller.id, name, profile: telecaller.profile },
      type,
      coinsPerMinute: telecaller.coinsPerMinute[type] ?? rates[type],
      createdAtMs: nowMs,
    });
    if (beginning.kind === 'telecaller_busy') return refused(callRefusals.busy(name));
    if (beginning.kind === 'caller_busy') return refused(callRefusals.alreadyInCall);
    const isDeserted = !parties.isPresent(peer.userId) || !parties.isPresent(telecallerId);
    if (isDeserted) await this.#insistOn(beginning.call, 'disconnected');
    return { kind: 'done', call: beginning.call };
  }

  #begin(peer: CallPeer, call: NewCall): Promise<Beginning> {
    const { limits, deadlinesChanged } = this.#services;
    return this.#steps.take(call.callId, async () => {
      const unansweredAtMs = limits.callRingMs > 0 ? call.createdAtMs + limits.callRingMs : null;
      const beginning = await this.#storeBeginning(call, unansweredAtMs);
      if (beginning.kind !== 'begun') return beginning;
      await this.#announce(beginning.call, peer);
      deadlinesChanged();
      return beginning;
    });
  }

  async #storeBeginning(call: NewCall, unansweredAtMs: number | null): Promise<Beginning> {
    const { store, clock } = this.#services;
    try {
      return await store.begin(call, unansweredAtMs);
    } catch (error) {
      if (!(error instanceof CommitInDoubt)) throw error;
      const found = await insist(clock, () => store.byCallId(call.callId));
      if (found === null) throw new StoreUnavailable('the beginning of a call was not stored');
      return { kind: 'begun', call: found };
    }
  }

  #act(
    peer: CallPeer,
    callId: string,
    action: 'reject' | 'cancel' | 'end',
    nowMs: number,
    mayDo: (call: Call) => boolean,
  ): Promise<CallAnswer> {
    return this.#guarded(async () => {
      const call = await this.#callOf(callId, mayDo);
      if (call === null) return refused(callRefusals.notFound);
      const otherwise = action === 'end' ? callRefusals.notActive : callRefusals.notRinging;
      return this.#asAnswer(await this.#move(call, action, nowMs, peer), otherwise);
    });
  }

  /** A call that somebody has nothing to do with does not exist for them. */
  async #callOf(callId: string, mayDo: (call: Call) => boolean): Promise<Call | null> {
    const call = await this.#services.store.byCallId(callId);
    return call !== null && mayDo(call) ? call : null;
  }

  async #disconnected(userId: number, goneAtMs: number): Promise<void> {
    const { store, clock } = this.#services;
    const call = await insist(clock, () => store.underWayOf(userId));
    // A call that began later is that of a connection that has come since.
    if (call !== null && call.createdAtMs <= goneAtMs) await this.#insistOn(call, 'disconnected');
  }

  #insistOn(call: Call, action: CallAction): Promise<Call | null> {
    const { clock } = this.#services;
    return insist(clock, () => this.#move(call, action, clock.nowMs(), null));
  }

  /** Takes the call one step further and tells both sides; `null` when its state takes no such action. */
  #move(call: Call, action: CallAction, nowMs: number, peer: CallPeer | null): Promise<Call | null> {
    return this.#steps.take(call.callId, async () => {
      for (let current: Call | null = call; current !== null;) {
        const next = decideCall(current, action, nowMs);
        if (next === null) return null;
        if (await this.#store(this.#moveOf(current, next))) {
          await this.#announce(next, peer);
          return next;
        }
        // It has left that state meanwhile: the same action is decided on the newer one.
        current = await this.#services.store.byId(call.id);
      }
      return null;
    });
  }

  /** An answer that was lost is found out by looking again. */
  async #store(move: CallMove): Promise<boolean> {
    const { store, clock } = this.#services;
    try {
      return await store.move(move);
    } catch (error) {
      if (!(error instanceof CommitInDoubt)) throw error;
      const found = await insist(clock, () => store.byId(move.to.id));
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

  async #announce(call: Call, peer: CallPeer | null): Promise<void> {
    const { media, published, telecallers, deadlinesChanged, outboxChanged } = this.#services;
    const credentials =
      call.status === 'ACCEPTED'
        ? {
            caller: await media.credentials(call, call.caller),
            telecaller: await media.credentials(call, call.telecaller),
          }
        : null;
    published({ call, causedBy: peer?.connectionId ?? null, credentials });
    if (call.status === 'ACCEPTED') deadlinesChanged();
    if (call.status === 'COMPLETED') outboxChanged();
    if (call.status === 'ACCEPTED' || call.status === 'COMPLETED')
      telecallers.callChanged(call.telecaller.id);
  }

  #asAnswer(moved: Call | null, otherwise: CallRefusal): CallAnswer {
    return moved === null ? refused(otherwise) : { kind: 'done', call: moved };
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

function refused(refusal: CallRefusal): CallAnswer {
  return { kind: 'refused', refusal };
}

function absenceOf({ caller, telecaller }: Call, userId: number): CallDeadlineKind | null {
  if (userId === caller.id) return 'call_caller_absent';
  return userId === telecaller.id ? 'call_telecaller_absent' : null;
}

/** Moments and state are the same: it is this very step, or one that nobody can tell from it. */
function isSameState(found: Call, stored: Call): boolean {
  return (
    found.status === stored.status &&
    found.acceptedAtMs === stored.acceptedAtMs &&
    found.endedAtMs === stored.endedAtMs
  );
}
