import type { ChannelFamily } from '../ports/channelLayer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Channel } from './consumer.ts';
import { Outgoing, type WireMessage } from './message.ts';

/** A connection as far as its user is concerned. */
export interface Inbox<Message extends WireMessage = WireMessage> extends Pick<Channel<Message>, 'push'> {
  /** Has to make room for a newer connection of the same user. */
  displaced(): void;
  /** That login of its user has ended, of which its token may be. */
  loginEnded(loginId: string): void;
}

/**
 * Who gets what is meant for one user: their connections of this process, most often one, which needs no set. Only these
 * messages are delivered.
 */
export class Inboxes<Message extends WireMessage = WireMessage> {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #maxPerUser: number;
  readonly #inboxes = new Map<number, Inbox<Message> | Set<Inbox<Message>>>();
  /** Where private messages come from; `null`: from this process only. */
  #channels: ChannelFamily | null = null;

  /** `maxPerUser` 0: no bound. */
  constructor(clock: Clock, metrics: Metrics, maxPerUser: number) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#maxPerUser = maxPerUser;
  }

  /** Private messages come by these channels, one for each user who is connected here. */
  receiveBy(channels: ChannelFamily): void {
    this.#channels = channels;
  }

  /**
   * The user's oldest connection is closed where this is one too many (SA10). Resolves once private messages of other
   * processes arrive too.
   */
  async join(userId: number, inbox: Inbox<Message>): Promise<void> {
    const others = this.#inboxes.get(userId);
    if (others === undefined) {
      this.#inboxes.set(userId, inbox);
      await this.#channels?.open(userId);
      return;
    }
    const all = others instanceof Set ? others.add(inbox) : new Set([others, inbox]);
    this.#inboxes.set(userId, all);
    if (this.#maxPerUser === 0 || all.size <= this.#maxPerUser) return;
    // The oldest stands first.
    const [oldest] = all;
    if (oldest === undefined) return;
    all.delete(oldest);
    this.#metrics.limited('connectionsPerUser');
    oldest.displaced();
  }

  /** Nothing where it has not joined. */
  leave(userId: number, inbox: Inbox<Message>): void {
    const inboxes = this.#inboxes.get(userId);
    if (inboxes instanceof Set) inboxes.delete(inbox);
    if (inboxes !== inbox && !(inboxes instanceof Set && inboxes.size === 0)) return;
    this.#inboxes.delete(userId);
    this.#channels?.close(userId);
  }

  /** Tells all of the user's connections that a login has ended. */
  loginEnded(userId: number, loginId: string): void {
    for (const inbox of [...this.#of(userId)]) inbox.loginEnded(loginId);
  }

  /** Makes the message once for all of the user's connections; makes none when they have none here. */
  deliver(userId: number, make: () => Message): void {
    if (!this.#inboxes.has(userId)) return;
    const startedAtMs = this.#clock.elapsedMs();
    const message = new Outgoing(make());
    for (const inbox of this.#of(userId)) inbox.push(message);
    this.#metrics.broadcast(this.#clock.elapsedMs() - startedAtMs);
  }

  #of(userId: number): Iterable<Inbox<Message>> {
    const inboxes = this.#inboxes.get(userId);
    if (inboxes === undefined) return [];
    return inboxes instanceof Set ? inboxes : [inboxes];
  }
}
