import { describe, expect, it } from 'vitest';
import {
  type Call,
  type CallAction,
  type CallStatus,
  coinsFor,
  decideCall,
  isUnderWay,
} from '../../server/domain/call/call.ts';

const CREATED_AT_MS = Date.UTC(2026, 0, 1, 10);
const NOW_MS = CREATED_AT_MS + 90_000;

function callOf(status: CallStatus, changes: Partial<Call> = {}): Call {
  return {
    id: 5,
    callId: 'c5',
    caller: { id: 1, name: 'Ayesha', profile: null },
    telecaller: { id: 15, name: 'Jane', profile: 'jane.png' },
    type: 'AUDIO',
    status,
    coinsPerMinute: 10,
    createdAtMs: CREATED_AT_MS,
    acceptedAtMs: null,
    endedAtMs: null,
    isRoomUsed: false,
    durationSeconds: 0,
    coins: 0,
    ...changes,
  };
}

const STATUSES: readonly CallStatus[] = [
  'RINGING',
  'ACCEPTED',
  'REJECTED',
  'CANCELLED',
  'MISSED',
  'COMPLETED',
];
const ACTIONS: readonly CallAction[] = [
  'accept',
  'reject',
  'cancel',
  'end',
  'unanswered',
  'disconnected',
  'left_room',
];

/** The states that follow; from and by anything else, none does. */
const FOLLOWS: Partial<Record<CallStatus, Partial<Record<CallAction, CallStatus>>>> = {
  RINGING: {
    accept: 'ACCEPTED',
    reject: 'REJECTED',
    cancel: 'CANCELLED',
    unanswered: 'MISSED',
    disconnected: 'MISSED',
  },
  ACCEPTED: { end: 'COMPLETED', disconnected: 'COMPLETED', left_room: 'COMPLETED' },
};

const cases = STATUSES.flatMap((status) =>
  ACTIONS.map((action) => [status, action, FOLLOWS[status]?.[action] ?? null] as const),
);

describe('the rules of a call', () => {
  it.each(cases)('[CA5] %s and %s: %s', (status, action, next) => {
    expect(decideCall(callOf(status), action, NOW_MS)?.status ?? null).toBe(next);
  });

  it('[CA5] keep the moment of acceptance, which is not the end', () => {
    const call = callOf('RINGING');
    expect(decideCall(call, 'accept', NOW_MS)).toEqual({ ...call, status: 'ACCEPTED', acceptedAtMs: NOW_MS });
  });

  it.each(['reject', 'cancel', 'unanswered'] as const)('[CA10] end it without cost by %s', (action) => {
    const call = callOf('RINGING');
    const status = FOLLOWS.RINGING?.[action];
    expect(decideCall(call, action, NOW_MS)).toEqual({ ...call, status, endedAtMs: NOW_MS });
  });

  it.each([
    [0, 0, 10],
    [999, 0, 10],
    [1_000, 1, 10],
    [60_000, 60, 10],
    [60_001, 60, 20],
    [61_999, 61, 20],
  ])('[CA10] count whole seconds and started minutes after %i ms', (talkedMs, durationSeconds, coins) => {
    const call = callOf('ACCEPTED', { acceptedAtMs: NOW_MS - talkedMs });
    expect(decideCall(call, 'end', NOW_MS)).toEqual({
      ...call,
      status: 'COMPLETED',
      endedAtMs: NOW_MS,
      durationSeconds,
      coins,
    });
  });

  it('[CA10] take a clock that was set back, or an acceptance without its moment, for no time at all', () => {
    for (const acceptedAtMs of [NOW_MS + 5_000, null]) {
      const ended = decideCall(callOf('ACCEPTED', { acceptedAtMs }), 'end', NOW_MS);
      expect(ended).toMatchObject({ durationSeconds: 0, coins: 10 });
    }
  });

  it('[CA10] price each started minute, the first one at once', () => {
    expect([0, 1, 60_000, 60_001, 600_000].map((talkedMs) => coinsFor(talkedMs, 7))).toEqual([
      7, 7, 7, 14, 70,
    ]);
  });

  it('keep both sides busy while it rings and while it is accepted', () => {
    const busy = STATUSES.filter((status) => isUnderWay({ status }));
    expect(busy).toEqual(['RINGING', 'ACCEPTED']);
  });
});
