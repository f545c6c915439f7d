/** What is sent: the voice only, or the picture too. */
export type CallType = 'AUDIO' | 'VIDEO';

/** Where a call is in its life. The last four are final. */
export type CallStatus = 'RINGING' | 'ACCEPTED' | 'REJECTED' | 'CANCELLED' | 'MISSED' | 'COMPLETED';

/** What one side of a call sees of the other. */
export interface Party {
  readonly id: number;
  /** The display name. */
  readonly name: string;
  /** The name of a picture; `null`: none. */
  readonly profile: string | null;
}

/** A user's call to a telecaller. */
export interface Call {
  /** The number of its row: what its deadlines are about. Clients never see it. */
  readonly id: number;
  /** Unguessable; names the room too, as the document has it. */
  readonly callId: string;
  readonly caller: Party;
  readonly telecaller: Party;
  readonly type: CallType;
  readonly status: CallStatus;
  /** What each started minute costs, as it was when the call began. */
  readonly coinsPerMinute: number;
  readonly createdAtMs: number;
  readonly acceptedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** True once the media server has told of someone in its room; it may have missed them. */
  readonly isRoomUsed: boolean;
  /** Whole seconds between acceptance and end; 0 unless completed. */
  readonly durationSeconds: number;
  /** What the caller was charged; 0 unless completed, and where no one was in the room. */
  readonly coins: number;
}

/** A call that has not begun: its row has no number yet. */
export type NewCall = Omit<
  Call,
  'id' | 'status' | 'acceptedAtMs' | 'endedAtMs' | 'isRoomUsed' | 'durationSeconds' | 'coins'
>;

/**
 * What can be done to a call. `unanswered`: it has rung long enough. `disconnected`: the last socket of one side
 * is gone. `left_room`: one side has left the media room, or never came to it.
 */
export type CallAction = 'accept' | 'reject' | 'cancel' | 'end' | 'unanswered' | 'disconnected' | 'left_room';

const RINGING: Readonly<Record<CallAction, CallStatus | null>> = {
  accept: 'ACCEPTED',
  reject: 'REJECTED',
  cancel: 'CANCELLED',
  end: null,
  unanswered: 'MISSED',
  disconnected: 'MISSED',
  left_room: null,
};

const ACCEPTED: Readonly<Record<CallAction, CallStatus | null>> = {
  accept: null,
  reject: null,
  cancel: null,
  end: 'COMPLETED',
  unanswered: null,
  disconnected: 'COMPLETED',
  left_room: 'COMPLETED',
};

/** The call as the action leaves it; `null` when a call in that state takes no such action. */
export function decideCall(call: Call, action: CallAction, nowMs: number): Call | null {
  const status = nextStatus(call.status, action);
  switch (status) {
    case null:
    case 'RINGING':
      return null;
    case 'ACCEPTED':
      return { ...call, status, acceptedAtMs: nowMs };
    case 'REJECTED':
    case 'CANCELLED':
    case 'MISSED':
      return { ...call, status, endedAtMs: nowMs };
    case 'COMPLETED': {
      const talkedMs = Math.max(0, nowMs - (call.acceptedAtMs ?? nowMs));
      const durationSeconds = Math.floor(talkedMs / 1000);
      return {
        ...call,
        status,
        endedAtMs: nowMs,
        durationSeconds,
        coins: coinsFor(talkedMs, call.coinsPerMinute),
      };
    }
  }
}

/** What a conversation costs: every minute that has started, the first one as soon as the call is accepted. */
export function coinsFor(talkedMs: number, coinsPerMinute: number): number {
  return Math.max(1, Math.ceil(talkedMs / 60_000)) * coinsPerMinute;
}

/** True while neither side can begin another call. */
export function isUnderWay({ status }: Pick<Call, 'status'>): boolean {
  return status === 'RINGING' || status === 'ACCEPTED';
}

function nextStatus(status: CallStatus, action: CallAction): CallStatus | null {
  switch (status) {
    case 'RINGING':
      return RINGING[action];
    case 'ACCEPTED':
      return ACCEPTED[action];
    case 'REJECTED':
    case 'CANCELLED':
    case 'MISSED':
    case 'COMPLETED':
      return null;
  }
}
