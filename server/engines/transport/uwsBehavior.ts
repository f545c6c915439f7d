import type { WebSocketBehavior } from 'uWebSockets.js';
import uWS from 'uWebSockets.js';

/** Native bounds are 32-bit numbers. */
export const NATIVE_MAX = 2 ** 31 - 1;

/** Nothing is ever published here: see {@link keepSubscribed}. */
const EVERYBODY = '\u0000everybody';

/**
 * How every native socket behaves: cut when more than that waits to be sent (0: never), its heartbeat left to
 * those who use it.
 */
export function unwatched(maxBufferedBytes: number): WebSocketBehavior<unknown> {
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
 * A native socket that leaves its last topic drops what was published to it a moment before, so there is one
 * that is never left.
 */
export function keepSubscribed(native: { subscribe(topic: string): boolean }): void {
  native.subscribe(EVERYBODY);
}
