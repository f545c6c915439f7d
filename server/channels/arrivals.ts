import type { ReceivedEvent } from '../ports/transport.ts';
import { parseEvent, type ParsedMessage, parseMessage } from './message.ts';

/** What has arrived, not yet looked at. */
export interface Arrival {
  /** By the wall clock: what a bid counts from. */
  readonly receivedAtMs: number;
  readonly sizeBytes: () => number;
  readonly parse: () => ParsedMessage;
}

/** Wraps a message of a raw socket; `null` is a binary one. */
export function arrivalOfText(text: string | null, receivedAtMs: number): Arrival {
  return {
    receivedAtMs,
    sizeBytes: () => Buffer.byteLength(text ?? ''),
    parse: () => parseMessage(text, receivedAtMs),
  };
}

/** Wraps an event of Socket.IO. */
export function arrivalOfEvent(event: ReceivedEvent, receivedAtMs: number): Arrival {
  return {
    receivedAtMs,
    sizeBytes: () => event.sizeBytes,
    parse: () => parseEvent(event, receivedAtMs),
  };
}

/** Keeps what arrives before its connection is ready, in order. */
export class EarlyArrivals {
  readonly kept: Arrival[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  /** `maxBytes` 0: no bound. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps one more; false where that is too much. */
  keep(arrival: Arrival): boolean {
    this.#bytes += arrival.sizeBytes() + 1;
    if (this.#maxBytes > 0 && this.#bytes > this.#maxBytes) return false;
    this.kept.push(arrival);
    return true;
  }
}
