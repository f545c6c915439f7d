import type { WebSocket, WebSocketBehavior } from 'uWebSockets.js';
import uWS from 'uWebSockets.js';

/** Native bounds are 32-bit numbers. */
export const NATIVE_MAX = 2 ** 31 - 1;

/** Nothing is ever published here: see {@link unsubscribe}. */
const ALL_SOCKETS = '\u0000all';

/**
 * How every native socket behaves: cut when more than that waits to be sent (0: never), its heartbeat left to
 * those who use it.
 */
export function nativeSocketOptions(maxBufferedBytes: number): WebSocketBehavior<unknown> {
  return {
    maxBackpressure: Math.min(maxBufferedBytes, NATIVE_MAX),
    // A boolean by its meaning, a number by its type.
    closeOnBackpressureLimit: 1,
    idleTimeout: 0,
    sendPingsAutomatically: false,
    compression: uWS.DISABLED,
  };
}

/**
 * Leaves a topic. A native socket that leaves its last one drops what was published to it a moment before, so from
 * now on there is one that it never leaves.
 */
export function unsubscribe(
  native: Pick<WebSocket<unknown>, 'subscribe' | 'unsubscribe'>,
  topic: string,
): void {
  native.subscribe(ALL_SOCKETS);
  native.unsubscribe(topic);
}
