import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Channel } from './consumer.ts';
import { Outgoing, type WireMessage } from './message.ts';

/** A connection as far as private messages go. */
export type Inbox = Pick<Channel, 'push'>;

/** Who gets what is meant for one user: their connections of this process, most often one, which needs no set. */
export class Inboxes {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #inboxes = new Map<number, Inbox | Set<Inbox>>();

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock;
    this.#metrics = metrics;
  }

  join(userId: number, inbox: Inbox): void {
    const others = this.#inboxes.get(userId);
    if (others === undefined) this.#inboxes.set(userId, inbox);
    else if (others instanceof Set) others.add(inbox);
    else this.#inboxes.set(userId, new Set([others, inbox]));
  }

  /** Nothing where it has not joined. */
  leave(userId: number, inbox: Inbox): void {
    const inboxes = this.#inboxes.get(userId);
    if (inboxes instanceof Set) inboxes.delete(inbox);
    if (inboxes === inbox || (inboxes instanceof Set && inboxes.size === 0)) this.#inboxes.delete(userId);
  }

  /** Makes the message once for all of the user's connections; makes none when they have none here. */
  deliver(userId: number, make: () => WireMessage): void {
    const inboxes = this.#inboxes.get(userId);
    if (inboxes === undefined) return;
    const startedAtMs = this.#clock.elapsedMs();
    const message = new Outgoing(make());
    for (const inbox of inboxes instanceof Set ? inboxes : [inboxes]) inbox.push(message);
    this.#metrics.broadcast(this.#clock.elapsedMs() - startedAtMs);
  }
}
