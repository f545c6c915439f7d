import type {
  CallErrorMessage,
  TelecallerServerMessage,
  UserServerMessage,
} from '../../../shared/contracts/callSocket.ts';
import { type Dialect, plainDialect } from '../../channels/dialect.ts';
import { errors } from '../../channels/errors.ts';
import { topicOf } from '../../channels/groups.ts';
import type { Call, Party } from '../../domain/call/call.ts';
import { isCallRefusalCode } from '../../domain/call/callRefusals.ts';
import type { CallUpdate, CallSide } from '../../domain/call/connections.ts';
import type { Telecaller } from '../../domain/call/telecaller.ts';

/** The topic of everyone who hears of telecallers' presence. */
export const PRESENCE_TOPIC = topicOf<UserServerMessage>('telecallers');

const INVALID_TOKEN = 'Invalid or expired token';

/** How calls say what every protocol has to say: in the document's words, and in `data` as well. */
export const callsDialect: Dialect<CallErrorMessage> = {
  errorMessage: (error, id) => ({
    ...plainDialect.errorMessage(error, id),
    type: isCallRefusalCode(error.code) ? 'call:error' : 'error',
    data: { message: error.message, code: error.code },
  }),
  tokenMissing: { ...errors.tokenMissing, message: 'Authentication token required' },
  tokenInvalid: { ...errors.tokenInvalid, message: INVALID_TOKEN },
  tokenExpired: { ...errors.tokenExpired, message: INVALID_TOKEN },
  tooManyConnections: {
    ...errors.tooManyConnections,
    message: 'Too many connection attempts. Please wait.',
  },
};

/** Why somebody whose token is good is turned away all the same. */
export const callsAdmission = {
  accessDenied: { code: 'access_denied', message: 'Access denied' },
  suspended: { code: 'account_suspended', message: 'Account suspended. Please contact support.' },
} as const;

/** To every user: a telecaller can be called, or no longer. Details come with ONLINE only. */
export function presenceMessage({ presence, language, about, ...telecaller }: Telecaller): UserServerMessage {
  return {
    type: 'telecaller:presence-changed',
    data: {
      telecallerId: String(telecaller.id),
      presence,
      telecaller: presence === 'ONLINE' ? { ...partyOf(telecaller), language, about } : null,
    },
  };
}

/**
 * What a call's new state is to a connection of its caller; `null` for one that need not be told what it has done. The one
 * that began the call is let into the room, and the others leave it to that one.
 */
export function callerMessage(
  { call, causedBy, begunBy, credentials }: CallUpdate,
  connectionId: string,
): UserServerMessage | null {
  const { callId, status } = call;
  const isCause = causedBy === connectionId;
  switch (status) {
    case 'RINGING':
      return { type: 'call:ringing', data: { callId, telecaller: partyOf(call.telecaller) } };
    case 'ACCEPTED':
      return begunBy === null || begunBy === connectionId
        ? { type: 'call:accepted', data: { callId, ...livekitOf(credentials, 'caller') } }
        : { type: 'call:answered-elsewhere', data: { callId } };
    case 'REJECTED':
      return { type: 'call:rejected', data: { callId } };
    case 'CANCELLED':
      return isCause ? null : { type: 'call:cancelled', data: { callId } };
    case 'MISSED':
      return { type: 'call:missed', data: { callId } };
    case 'COMPLETED':
      return isCause ? null : { type: 'call:ended', data: { callId, ...costOf(call) } };
  }
}

/** What a call's new state is to its telecaller; what one of their connections has answered, the others leave. */
export function telecallerMessage(
  { call, causedBy, credentials }: CallUpdate,
  connectionId: string,
): TelecallerServerMessage | null {
  const { callId, status } = call;
  const isCause = causedBy === connectionId;
  switch (status) {
    case 'RINGING':
      return { type: 'call:incoming', data: introductionOf(call) };
    case 'ACCEPTED':
      return isCause
        ? {
            type: 'call:accepted',
            data: { ...introductionOf(call), ...livekitOf(credentials, 'telecaller') },
          }
        : { type: 'call:answered-elsewhere', data: { callId } };
    case 'REJECTED':
      return isCause ? null : { type: 'call:answered-elsewhere', data: { callId } };
    case 'CANCELLED':
      return { type: 'call:cancelled', data: { callId } };
    case 'MISSED':
      return { type: 'call:missed', data: { callId } };
    case 'COMPLETED':
      return isCause ? null : { type: 'call:ended', data: { callId, ...costOf(call) } };
  }
}

/** How long a call that is over has lasted, in seconds, and what its caller was charged. */
export function costOf({ durationSeconds: duration, coins }: Call) {
  return { duration, coins };
}

function introductionOf({ callId, type: callType, caller }: Call) {
  return { callId, callType, caller: partyOf(caller) };
}

/** One side of a call, as everybody is told of it. */
export function partyOf({ id, name, profile }: Party) {
  return { _id: String(id), name, profile };
}

/** How that side enters the room. */
function livekitOf(credentials: CallUpdate['credentials'], side: CallSide) {
  if (credentials === null) return {};
  const { token, url, roomName } = credentials[side];
  return { livekit: { token, url, roomName } };
}
