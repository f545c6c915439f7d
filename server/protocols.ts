import { auctionProtocol } from './consumers/auction/protocol.ts';
import { callsProtocol } from './consumers/calls/protocol.ts';
import { gatewayProtocol } from './consumers/gateway/protocol.ts';
import type { Protocol } from './consumers/protocol.ts';
import { ringProtocol } from './consumers/ring/protocol.ts';

/** Every protocol that is served. A path is served by the first one with a route that fits. */
export const PROTOCOLS: readonly Protocol[] = [auctionProtocol, ringProtocol, callsProtocol, gatewayProtocol];
