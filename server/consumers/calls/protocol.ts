import type { TelecallerServerMessage, UserServerMessage } from '../../../shared/contracts/callSocket.ts';
import type { Route } from '../../channels/routing.ts';
import type { Protocol } from '../protocol.ts';
import { callsConsumer } from './consumer.ts';
import {
  callerMessage,
  callsDialect,
  PRESENCE_TOPIC,
  presenceMessage,
  telecallerMessage,
} from './messages.ts';
import { handleTelecallerRequest, handleUserRequest } from './requests.ts';

/** The protocol of `/ws/user/` and `/ws/telecaller/`: the two sides of calls. Absent where there are no calls. */
export const callsProtocol: Protocol<UserServerMessage | TelecallerServerMessage> = (services) => {
  const { accounts, calls: callServices, groups, clock } = services;
  if (callServices === null) return { routes: [] };
  const { calls, connections, publisher, suspensions } = callServices;
  const consumerServices = { accounts, calls, suspensions, clock };
  const userRoute: Route<UserServerMessage> = {
    pattern: '/ws/user/',
    namespace: { name: '/user', refusesBy: 'connect_error' },
    audience: {
      identity: 'required',
      consumer: callsConsumer(consumerServices, {
        side: 'caller',
        isFor: (role) => role !== 'telecaller',
        topics: [PRESENCE_TOPIC],
        handle: handleUserRequest,
        messageOf: callerMessage,
      }),
    },
    dialect: callsDialect,
    connectionLimit: 'callConnectionsPerMinute',
    isConnectionLimitExact: true,
  };
  const telecallerRoute: Route<TelecallerServerMessage> = {
    pattern: '/ws/telecaller/',
    namespace: { name: '/telecaller', refusesBy: 'connect_error' },
    audience: {
      identity: 'required',
      consumer: callsConsumer(consumerServices, {
        side: 'telecaller',
        isFor: (role) => role === 'telecaller',
        topics: [],
        handle: handleTelecallerRequest,
        messageOf: telecallerMessage,
      }),
    },
    dialect: callsDialect,
    connectionLimit: 'callConnectionsPerMinute',
    isConnectionLimitExact: true,
  };
  return {
    routes: [userRoute, telecallerRoute],
    subscribe: async () => {
      await publisher.onCallChanged((update) => connections.tell(update));
      await publisher.onPresenceChanged((telecaller) =>
        groups.broadcast(PRESENCE_TOPIC, () => presenceMessage(telecaller)),
      );
    },
  };
};
