import type { Receive } from '../../ports/channelLayer.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

type ReceiveOfFamily = (key: string, message: unknown) => void;

/** Who hears which channel in this process. A subscriber that throws is logged and holds up no other. */
export class LocalChannels {
  readonly #log: Log;
  readonly #channels = new Map<string, Set<Receive>>();
  readonly #families = new Map<string, ReceiveOfFamily>();
  readonly #healers = new Set<() => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(channel: string, receive: Receive): Cancel {
    const subscribers = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, subscribers.add(receive));
    return () => {
      subscribers.delete(receive);
      if (subscribers.size === 0 && this.#channels.get(channel) === subscribers)
        this.#channels.delete(channel);
    };
  }

  /** Throws where the family has a subscriber already. */
  addFamily(prefix: string, receive: ReceiveOfFamily): void {
    if (this.#families.has(prefix)) throw new Error(`the channels ${prefix}* have a subscriber already`);
    this.#families.set(prefix, receive);
  }

  onGap(heal: () => void): Cancel {
    this.#healers.add(heal);
    return () => this.#healers.delete(heal);
  }

  deliver(channel: string, message: unknown): void {
    for (const receive of this.#channels.get(channel) ?? []) {
      try {
        receive(message);
      } catch (error) {
        this.#failed(channel, error);
      }
    }
    for (const [prefix, receive] of this.#families) {
      if (!channel.startsWith(prefix)) continue;
      try {
        receive(channel.slice(prefix.length), message);
      } catch (error) {
        this.#failed(channel, error);
      }
    }
  }

  gap(): void {
    for (const heal of this.#healers) {
      try {
        heal();
      } catch (error) {
        this.#failed('gap', error);
      }
    }
  }

  clear(): void {
    this.#channels.clear();
    this.#families.clear();
    this.#healers.clear();
  }

  #failed(channel: string, error: unknown): void {
    this.#log.error('a subscriber of the channel layer failed', { channel, error });
  }
}
