import { plainDialect } from './channels/dialect.ts';
import type { Route } from './channels/routing.ts';
import { auctionConsumer, type AuctionConsumerServices } from './consumers/auction.ts';
import { gatewayConsumer, type GatewayServices } from './consumers/gateway.ts';
import { ringConsumer, type RingConsumerServices } from './consumers/ring.ts';
import { gatewayDialect } from './consumers/gatewayDialect.ts';

/** Every path on which sockets are accepted, with the consumer that speaks its protocol. */
export function routes(services: AuctionConsumerServices & GatewayServices & RingConsumerServices): Route[] {
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
    {
      pattern: '/ws/',
      namespace: { name: '/', refusesBy: 'error' },
      audience: { identity: 'required', consumer: gatewayConsumer(services) },
      dialect: gatewayDialect,
      connectionLimit: 'connectionsPerMinute',
    },
  ];
}
