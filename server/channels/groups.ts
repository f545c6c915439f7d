import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Socket, Transport } from '../ports/transport.ts';
import { Outgoing, type WireMessage } from './message.ts';

declare const CARRIES: unique symbol;

/** The name of a topic. Its type says which messages are broadcast to it: only channels that send them may join. */
export type Topic<Message extends WireMessage = WireMessage> = string & { readonly [CARRIES]?: Message };

/** The topic of that name. */
export function topicOf<Message extends WireMessage>(name: string): Topic<Message> {
  return name;
}

/** Everyone here who gets what is broadcast to one topic: at least one. */
export interface Group {
  readonly topic: string;
  size: number;
}

/** Who gets what is broadcast. The loop over sockets runs inside the transport. */
export class Groups {
  readonly #transport: Pick<Transport, 'publish'>;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #handedOut: (bytes: number) => void;
  readonly #groups = new Map<string, Group>();

  /** `handedOut` hears how many bytes each broadcast hands to sockets. */
  constructor(
    transport: Pick<Transport, 'publish'>,
    clock: Clock,
    metrics: Metrics,
    handedOut: (bytes: number) => void,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#handedOut = handedOut;
  }

  /** The group, to be left once. */
  join(topic: string, socket: Socket): Group {
    let group = this.#groups.get(topic);
    if (group === undefined) {
      group = { topic, size: 0 };
      this.#groups.set(topic, group);
    }
    group.size += 1;
    socket.subscribe(topic);
    return group;
  }

  leave(group: Group, socket: Socket): void {
    socket.unsubscribe(group.topic);
    group.size -= 1;
    if (group.size === 0) this.#groups.delete(group.topic);
  }

  /** Whether anyone here gets what is broadcast to the topic. */
  has(topic: string): boolean {
    return this.#groups.has(topic);
  }

  /** Encodes the message once for all receivers; not at all where there is none here. */
  broadcast<Message extends WireMessage>(topic: Topic<Message>, make: () => NoInfer<Message> | null): void {
    if (!this.has(topic)) return;
    const startedAtMs = this.#clock.elapsedMs();
    const message = make();
    if (message === null) return;
    this.#handedOut(this.#transport.publish(topic, new Outgoing(message)));
    this.#metrics.broadcast(this.#clock.elapsedMs() - startedAtMs);
  }
}
