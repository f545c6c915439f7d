import type { CodedError } from '../../ports/errors.ts';

/** Why something was not done to a call: a stable code, and the document's text. */
export interface CallRefusal extends CodedError {
  readonly code: CallRefusalCode;
}

const CODES = [
  'invalid_call_request',
  'invalid_call_type',
  'too_many_call_attempts',
  'account_unavailable',
  'telecaller_not_found',
  'telecaller_offline',
  'telecaller_busy',
  'telecaller_unavailable',
  'already_in_call',
  'call_not_found',
  'call_not_ringing',
  'call_not_active',
  'room_unavailable',
  'calls_unavailable',
] as const;

/** Every refusal of calls. Codes never change; of those of a call's start the first that applies is told. */
export type CallRefusalCode = (typeof CODES)[number];

/** True for the code of a refusal of calls. */
export function isCallRefusalCode(code: string): code is CallRefusalCode {
  return CODES.some((known) => known === code);
}

/** The catalogue, in the order of precedence. The texts down to `alreadyInCall` are the document's. */
export const callRefusals = {
  invalidRequest: refusal('invalid_call_request', 'Invalid call request'),
  invalidType: refusal('invalid_call_type', 'Invalid call type'),
  tooManyAttempts: refusal('too_many_call_attempts', 'Too many call attempts. Please wait a moment.'),
  accountUnavailable: refusal(
    'account_unavailable',
    'Your account is not available. Please contact support.',
  ),
  telecallerNotFound: refusal('telecaller_not_found', 'This person is no longer available for calls.'),
  offline: (name: string) =>
    refusal('telecaller_offline', `${name} is currently offline. Please try again later.`),
  busy: (name: string) =>
    refusal('telecaller_busy', `${name} is busy on another call. Please try again later.`),
  /** Said to be online, and without a socket here. */
  notConnected: (name: string) =>
    refusal('telecaller_unavailable', `${name} is currently unavailable. Please try again later.`),
  alreadyInCall: refusal('already_in_call', 'You already have an active call.'),
  /** There is none, or it is somebody else's. */
  notFound: refusal('call_not_found', 'Call not found.'),
  notRinging: refusal('call_not_ringing', 'This call is no longer ringing.'),
  notActive: refusal('call_not_active', 'This call is not active.'),
  roomUnavailable: refusal('room_unavailable', 'The call could not be connected. Please try again.'),
  /** The store is away; nothing has changed. */
  unavailable: refusal('calls_unavailable', 'Calls are not available right now. Please try again.'),
} as const;

function refusal(code: CallRefusalCode, message: string): CallRefusal {
  return Object.freeze({ code, message });
}
