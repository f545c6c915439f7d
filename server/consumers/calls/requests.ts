import {
  type CallAckMessage,
  type TelecallerServerMessage,
  telecallerCallPayloads,
  userCallPayloads,
  type UserServerMessage,
} from '../../../shared/contracts/callSocket.ts';
import { acknowledge, type Answers, plainAnswers, requestHandler } from '../../channels/requests.ts';
import { type CallRefusal, callRefusals } from '../../domain/call/callRefusals.ts';
import type { CallAnswer, Calls } from '../../domain/call/calls.ts';
import type { CallPeer } from '../../domain/call/connections.ts';
import { costOf } from './messages.ts';

/** The connection that a request came on. */
export interface CallsConnection {
  readonly calls: Calls;
  readonly peer: CallPeer;
}

type Accepted = Exclude<CallAnswer, { readonly kind: 'refused' }>;

const callAnswers: Answers<CallAckMessage, Accepted, CallRefusal> = {
  ...plainAnswers,
  // Who ends a call is told by this answer what the others are told by an event.
  accepted: (channel, message, { call }) =>
    acknowledge(channel, message, call.status === 'COMPLETED' ? costOf(call) : {}),
  refused: (_name, refusal) => refusal,
  // A type of call that there is not is the only value of which something is to be said.
  invalid: ({ issues }) =>
    issues.every(({ code }) => code === 'invalid_value')
      ? callRefusals.invalidType
      : callRefusals.invalidRequest,
  tooMany: callRefusals.tooManyAttempts,
};

/** What a user may ask. */
export const handleUserRequest = requestHandler<
  typeof userCallPayloads,
  CallsConnection,
  UserServerMessage,
  Accepted,
  CallRefusal
>(
  userCallPayloads,
  {
    'call:initiate': {
      counts: 'callInitiate',
      handle: ({ calls, peer }, { telecallerId, callType }) => calls.initiate(peer, telecallerId, callType),
    },
    'call:cancel': {
      counts: 'callCancel',
      handle: ({ calls, peer }, { callId }) => calls.cancel(peer, callId),
    },
    'call:end': {
      counts: 'callEnd',
      handle: ({ calls, peer }, { callId }) => calls.end(peer, callId),
    },
  },
  callAnswers,
);

/** What a telecaller may ask. */
export const handleTelecallerRequest = requestHandler<
  typeof telecallerCallPayloads,
  CallsConnection,
  TelecallerServerMessage,
  Accepted,
  CallRefusal
>(
  telecallerCallPayloads,
  {
    'call:accept': { handle: ({ calls, peer }, { callId }) => calls.accept(peer, callId) },
    'call:reject': { handle: ({ calls, peer }, { callId }) => calls.reject(peer, callId) },
    'call:end': {
      counts: 'callEnd',
      handle: ({ calls, peer }, { callId }) => calls.end(peer, callId),
    },
  },
  callAnswers,
);
