import {
  type TelecallerServerMessage,
  telecallerCallPayloads,
  userCallPayloads,
  type UserServerMessage,
} from '../../../shared/contracts/callSocket.ts';
import { plainAnswers, requestHandler } from '../../channels/requests.ts';
import { type CallRefusal, callRefusals } from '../../domain/call/callRefusals.ts';
import type { CallAnswer, CallPeer, Calls } from '../../domain/call/calls.ts';

/** The connection that a request came on. */
export interface CallsConnection {
  readonly calls: Calls;
  readonly peer: CallPeer;
}

type Accepted = Exclude<CallAnswer, { readonly kind: 'refused' }>;

const callAnswers: typeof plainAnswers = {
  ...plainAnswers,
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
