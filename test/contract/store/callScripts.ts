import { randomBytes } from 'node:crypto';
import { type Call, type CallAction, decideCall, type NewCall } from '../../../server/domain/call/call.ts';
import type { Deadline } from '../../../server/domain/deadline.ts';
import type { CallMove, TelecallerDetails } from '../../../server/domain/call/store.ts';
import type { Store } from '../../../server/engines/store/store.ts';
import { NOW_MS } from './scripts.ts';

/** What a telecaller is set up with where a test does not care. */
export const DETAILS: TelecallerDetails = {
  language: 'hindi',
  about: '',
  isApproved: true,
  audioCoinsPerMinute: null,
  videoCoinsPerMinute: null,
};

/** A voice call that begins now, between users of a crowd. */
export function newCall(callerId: number, telecallerId: number, more: Partial<NewCall> = {}): NewCall {
  const party = (id: number) => ({ id, name: `user${id}`, profile: null });
  return {
    callId: randomBytes(12).toString('hex'),
    caller: party(callerId),
    telecaller: party(telecallerId),
    type: 'AUDIO',
    coinsPerMinute: 10,
    createdAtMs: NOW_MS,
    ...more,
  };
}

/** Begins a call, which must succeed. */
export async function begun(
  store: Store,
  callerId: number,
  telecallerId: number,
  more: Partial<NewCall> = {},
  unansweredAtMs: number | null = null,
): Promise<Call> {
  const started = await store.calls.begin(newCall(callerId, telecallerId, more), unansweredAtMs);
  if (started.kind !== 'begun') throw new Error(`the call was not begun: ${started.kind}`);
  return started.call;
}

/** The step that the rules make of that action; it must be allowed. */
export function moveOf(
  call: Call,
  action: CallAction,
  atMs = NOW_MS,
  more: { readonly deadlines?: readonly Deadline[]; readonly closesRoom?: boolean } = {},
): CallMove {
  const to = decideCall(call, action, atMs);
  if (to === null) throw new Error(`${action} is not for a call that is ${call.status}`);
  return { from: call.status, to, deadlines: more.deadlines ?? [], closesRoom: more.closesRoom ?? false };
}

/** Takes the call a step further, which must succeed. */
export async function moved(store: Store, ...step: Parameters<typeof moveOf>): Promise<Call> {
  const move = moveOf(...step);
  if (!(await store.calls.move(move))) throw new Error('the call had left its state');
  return move.to;
}

/** All deadlines of calls with that number. */
export async function deadlinesOf(store: Store, subjectId: number): Promise<readonly Deadline[]> {
  const kinds = ['call_caller_absent', 'call_telecaller_absent', 'call_unanswered'] as const;
  const all = await store.deadlines.of(kinds);
  return all
    .filter((deadline) => deadline.subjectId === subjectId)
    .toSorted((left, right) => left.kind.localeCompare(right.kind));
}
