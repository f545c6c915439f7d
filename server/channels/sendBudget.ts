import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Socket } from '../ports/transport.ts';

/** A part of the budget this large may be handed out before the sockets are looked at again. */
const LOOK_AFTER_SHARE = 1 / 8;

/** A socket as far as the budget looks at it. */
export type BudgetedSocket = Pick<Socket, 'bufferedBytes' | 'terminate'>;

/**
 * Bounds what waits to be sent over all sockets together (SA14): beyond it the sockets with the most waiting are cut.
 * What waits cannot grow by more than was handed out, so the sockets are looked at once for each eighth of the budget.
 */
export class SendBudget {
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #metrics: Metrics;
  #sockets: () => Iterable<BudgetedSocket> = () => [];
  #handedOutBytes = 0;
  #isLookDue = false;

  /** `maxBytes` 0: no bound. */
  constructor(
    maxBytes: number,
    services: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
  ) {
    this.#maxBytes = maxBytes;
    this.#clock = services.clock;
    this.#log = services.log;
    this.#metrics = services.metrics;
    this.#metrics.gauge('buffered_bytes', () => this.bufferedBytes());
  }

  /** These are the sockets, from now on. */
  watch(sockets: () => Iterable<BudgetedSocket>): void {
    this.#sockets = sockets;
  }

  /** Counts bytes that were handed to sockets; may cut some in the next turn. */
  handedOut(bytes: number): void {
    if (this.#maxBytes === 0) return;
    this.#handedOutBytes += bytes;
    if (this.#isLookDue || this.#handedOutBytes < this.#maxBytes * LOOK_AFTER_SHARE) return;
    this.#isLookDue = true;
    this.#clock.soon(() => this.#look());
  }

  /** The sum of what waits. */
  bufferedBytes(): number {
    let sum = 0;
    for (const socket of this.#sockets()) sum += socket.bufferedBytes();
    return sum;
  }

  #look(): void {
    this.#isLookDue = false;
    this.#handedOutBytes = 0;
    let sum = this.bufferedBytes();
    if (sum <= this.#maxBytes) return;
    const slow = [...this.#sockets()]
      .map((socket) => ({ socket, bytes: socket.bufferedBytes() }))
      .filter(({ bytes }) => bytes > 0)
      .sort((one, other) => other.bytes - one.bytes);
    let cut = 0;
    for (const { socket, bytes } of slow) {
      if (sum <= this.#maxBytes) break;
      socket.terminate();
      this.#metrics.limited('totalBufferedBytes');
      sum -= bytes;
      cut += 1;
    }
    this.#log.warn('sockets that do not keep up were cut', { cut, stillBufferedBytes: sum });
  }
}
