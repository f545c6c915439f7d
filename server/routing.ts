import { plainDialect } from './channels/dialect.ts';
import type { Route } from './channels/routing.ts';
import { auctionConsumer, type AuctionConsumerServices } from './consumers/auction.ts';
import type { CallsConsumerServices } from './consumers/calls.ts';
import { callsDialect } from './consumers/callsDialect.ts';
import { telecallerCallsConsumer } from './consumers/callsTelecaller.ts';
import { userCallsConsumer } from './consumers/callsUser.ts';
import { gatewayConsumer, type GatewayServices } from './consumers/gateway.ts';
import { ringConsumer, type RingConsumerServices } from './consumers/ring.ts';
import { gatewayDialect } from './consumers/gatewayDialect.ts';

type RoutedServices = AuctionConsumerServices &
  GatewayServices &
  RingConsumerServices &
  Omit<CallsConsumerServices, 'calls'> & {
    /** `null` where there are no calls. */
    readonly calls: CallsConsumerServices['calls'] | null;
  };

/** Every path on which sockets are accepted, with the consumer that speaks its protocol. */
export function routes(services: RoutedServices): Route[] {
  const { calls } = services;
  return [
    {
      pattern: '/ws/auction/:id/',
      audience: { identity: 'required', consumer: auctionConsumer(services) },
      dialect: plainDialect,
      connectionLimit: 'connectionsPerMinute',
    },
    {
      pattern: '/ws/ring/:id/',
      audience: { identity: 'optional', consumer: ringConsumer(services) },
      dialect: plainDialect,
      connectionLimit: 'connectionsPerMinute',
    },
    ...(calls === null ? [] : callRoutes({ ...services, calls })),
    {
      pattern: '/ws/',
      namespace: { name: '/', refusesBy: 'error' },
      audience: { identity: 'required', consumer: gatewayConsumer(services) },
      dialect: gatewayDialect,
      connectionLimit: 'connectionsPerMinute',
    },
  ];
}

function callRoutes(services: CallsConsumerServices): Route[] {
  return [
    {
      pattern: '/ws/user/',
      namespace: { name: '/user', refusesBy: 'connect_error' },
      audience: { identity: 'required', consumer: userCallsConsumer(services) },
      dialect: callsDialect,
      connectionLimit: 'callConnectionsPerMinute',
    },
    {
      pattern: '/ws/telecaller/',
      namespace: { name: '/telecaller', refusesBy: 'connect_error' },
      audience: { identity: 'required', consumer: telecallerCallsConsumer(services) },
      dialect: callsDialect,
      connectionLimit: 'callConnectionsPerMinute',
    },
  ];
}
