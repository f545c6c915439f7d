import { telecallerCallPayloads } from '../../shared/contracts/callSocket.ts';
import type { ConsumerFactory } from '../channels/consumer.ts';
import { KeyedRate, perMinute } from '../channels/keyedRate.ts';
import { callsConsumer, type CallsConsumerServices, requestOnCall } from './calls.ts';
import { telecallerMessage } from './callsDialect.ts';

/** The protocol of `/ws/telecaller/`: who is called. */
export function telecallerCallsConsumer(services: CallsConsumerServices): ConsumerFactory {
  const { calls, limits, clock } = services;
  const accept = requestOnCall(telecallerCallPayloads['call:accept'], (peer, callId) =>
    calls.accept(peer, callId),
  );
  const reject = requestOnCall(telecallerCallPayloads['call:reject'], (peer, callId) =>
    calls.reject(peer, callId),
  );
  const end = requestOnCall(
    telecallerCallPayloads['call:end'],
    (peer, callId) => calls.end(peer, callId),
    new KeyedRate(perMinute(limits.callEndsPerMinute), clock),
  );
  return callsConsumer(services, {
    side: 'telecaller',
    isFor: (role) => role === 'telecaller',
    topics: [],
    requests: new Map([
      ['call:accept', accept],
      ['call:reject', reject],
      ['call:end', end],
    ]),
    messageOf: telecallerMessage,
  });
}
