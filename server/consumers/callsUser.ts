import { userCallPayloads } from '../../shared/contracts/callSocket.ts';
import type { ConsumerFactory } from '../channels/consumer.ts';
import { KeyedRate, perMinute } from '../channels/keyedRate.ts';
import { isCallType } from '../domain/call/call.ts';
import { callRefusals } from '../domain/call/callRefusals.ts';
import { type CallRequest, callsConsumer, type CallsConsumerServices, requestOnCall } from './calls.ts';
import { callerMessage, PRESENCE_TOPIC } from './callsDialect.ts';

/** The protocol of `/ws/user/`: who calls, and hears which telecallers can be called. */
export function userCallsConsumer(services: CallsConsumerServices): ConsumerFactory {
  const { calls, limits, clock } = services;
  const initiate: CallRequest = {
    rate: new KeyedRate(perMinute(limits.callInitiatesPerMinute), clock),
    read: (payload) => {
      const { data } = userCallPayloads['call:initiate'].safeParse(payload);
      if (data === undefined) return callRefusals.invalidRequest;
      const { telecallerId, callType } = data;
      if (!isCallType(callType)) return callRefusals.invalidType;
      return (peer) => calls.initiate(peer, telecallerId, callType);
    },
  };
  const cancel = requestOnCall(
    userCallPayloads['call:cancel'],
    (peer, callId) => calls.cancel(peer, callId),
    new KeyedRate(perMinute(limits.callCancelsPerMinute), clock),
  );
  const end = requestOnCall(
    userCallPayloads['call:end'],
    (peer, callId) => calls.end(peer, callId),
    new KeyedRate(perMinute(limits.callEndsPerMinute), clock),
  );
  return callsConsumer(services, {
    side: 'caller',
    isFor: (role) => role !== 'telecaller',
    topics: [PRESENCE_TOPIC],
    requests: new Map([
      ['call:initiate', initiate],
      ['call:cancel', cancel],
      ['call:end', end],
    ]),
    messageOf: callerMessage,
  });
}
