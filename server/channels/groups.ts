import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Socket, Transport } from '../ports/transport.ts';
import { Outgoing, type WireMessage } from './message.ts';

/** The topic on which one user's private messages reach all their connections of this process. */
export function userTopic(userId: number): string {
  return `user.${userId}`;
}

/** Who gets what is broadcast. The loop over sockets runs inside the transport. */
export class Groups {
  readonly #transport: Pick<Transport, 'publish'>;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #sizes = new Map<string, number>();

  constructor(transport: Pick<Transport, 'publish'>, clock: Clock, metrics: Metrics) {
    this.#transport = transport;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  join(topic: string, socket: Socket): void {
    socket.subscribe(topic);
    this.#sizes.set(topic, (this.#sizes.get(topic) ?? 0) + 1);
  }

  leave(topic: string, socket: Socket): void {
    socket.unsubscribe(topic);
    const size = (this.#sizes.get(topic) ?? 0) - 1;
    if (size > 0) this.#sizes.set(topic, size);
    else this.#sizes.delete(topic);
  }

  /** Encodes once and hands over once; encodes nothing when nobody here would get it. */
  broadcast(topic: string, make: () => WireMessage | null): void {
    if (!this.#sizes.has(topic)) return;
    const startedAtMs = this.#clock.elapsedMs();
    const message = make();
    if (message === null) return;
    this.#transport.publish(topic, new Outgoing(message));
    this.#metrics.broadcast(this.#clock.elapsedMs() - startedAtMs);
  }
}
