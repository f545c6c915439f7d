import type { Redis } from 'ioredis';
import type { ChannelFamily, ChannelLayer, Receive } from '../../ports/channelLayer.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { EngineUnavailable } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import { connectRedis, hostOf, type RedisClient } from '../support/redis.ts';
import { LocalChannels } from './localChannels.ts';

/** A larger message is not sent to other processes, which read what they miss from the store. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** While so much waits to be taken by Redis, nothing more is sent. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;
/** A process that did not run for this long may have missed messages. */
const STOPPED_MS = 3_000;
const WATCH_MS = 1_000;
/** The most channels that one command subscribes to. */
const SUBSCRIBED_AT_ONCE = 500;
const ORIGIN_CHARACTERS = 16;
/** On this channel a process says that others may have missed what it published. */
const GAPS = 'layer.gaps';

/** What the layer stands on. */
export interface RedisLayerOptions {
  /** Before every channel's name; processes with different ones are strangers. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The channel layer of processes that share a Redis: one connection publishes, one subscribes. Throws
 * {@link EngineUnavailable} when Redis does not answer now; when it goes away later, messages reach this process only,
 * and all processes are told of a gap once it is back.
 */
export async function openRedisLayer(redisUrl: string, options: RedisLayerOptions): Promise<ChannelLayer> {
  const publisher = connectRedis(redisUrl, 'commands');
  const subscriber = connectRedis(redisUrl, 'subscriptions');
  const layer = new RedisLayer(publisher, subscriber, options);
  try {
    await Promise.all([publisher.opened(), subscriber.opened()]);
    await layer.start();
    return layer;
  } catch (error) {
    await layer.close();
    throw new EngineUnavailable(`Redis at ${hostOf(redisUrl)} cannot be used: ${publisher.fault(error)}`);
  }
}

class RedisLayer implements ChannelLayer {
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #prefix: string;
  readonly #log: Log;
  readonly #local: LocalChannels;
  /** How often each channel is subscribed to here. */
  readonly #counts = new Map<string, number>();
  readonly #origin: string;
  readonly #stopWatching: Cancel;
  #unsentBytes = 0;
  /** Others missed something that was published here. */
  #hasDropped = false;
  #isClosed = false;

  constructor(publisher: RedisClient, subscriber: RedisClient, { prefix, clock, log }: RedisLayerOptions) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#prefix = prefix;
    this.#log = log;
    this.#local = new LocalChannels(log);
    this.#origin = clock.randomId().slice(0, ORIGIN_CHARACTERS);
    let seenAtMs = clock.elapsedMs();
    this.#stopWatching = clock.every(WATCH_MS, () => {
      const elapsedMs = clock.elapsedMs();
      if (elapsedMs - seenAtMs > STOPPED_MS) this.#local.gap();
      seenAtMs = elapsedMs;
      if (this.#hasDropped) this.#tellOfGap();
    });
  }

  async start(): Promise<void> {
    const receive = (channel: string, text: string) =>
      this.#received(channel.slice(this.#prefix.length), text);
    this.#subscriber.redis.on('message', receive);
    await this.subscribe(GAPS, () => this.#local.gap());
    this.#subscriber.onReturn(() => void this.#subscribeAgain());
    this.#publisher.onReturn(() => this.#tellOfGap());
    this.#publisher.onAway(() => (this.#hasDropped = true));
  }

  publish(channel: string, message: unknown): void {
    this.#local.deliver(channel, message);
    this.#send(channel, message);
  }

  async subscribe(channel: string, receive: Receive): Promise<Cancel> {
    const cancel = this.#local.add(channel, receive);
    let isOver = false;
    await this.#open(channel);
    return () => {
      if (isOver) return;
      isOver = true;
      cancel();
      this.#close(channel);
    };
  }

  family(prefix: string, receive: (key: string, message: unknown) => void): ChannelFamily {
    this.#local.addFamily(prefix, receive);
    return {
      open: (key) => this.#open(`${prefix}${key}`),
      close: (key) => this.#close(`${prefix}${key}`),
    };
  }

  onGap(heal: () => void): Cancel {
    return this.#local.onGap(heal);
  }

  async ping(): Promise<void> {
    await this.#publisher.redis.ping();
    if (!this.#subscriber.isReady) throw new Error('the connection for subscriptions is away');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    this.#local.clear();
    await Promise.all([this.#publisher.close(), this.#subscriber.close()]);
  }

  #send(channel: string, message: unknown): void {
    if (!this.#publisher.isReady || this.#unsentBytes > MAX_UNSENT_BYTES) {
      this.#hasDropped = true;
      return;
    }
    const text = this.#origin + JSON.stringify(message);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_MESSAGE_BYTES) {
      this.#hasDropped = true;
      this.#log.error('a message is too large for other processes', { channel, bytes });
      return;
    }
    this.#unsentBytes += bytes;
    const settled = () => {
      this.#unsentBytes -= bytes;
    };
    this.#publisher.redis.publish(this.#prefix + channel, text).then(settled, () => {
      settled();
      this.#hasDropped = true;
    });
  }

  #received(channel: string, text: string): void {
    if (text.startsWith(this.#origin)) return;
    let message: unknown;
    try {
      message = JSON.parse(text.slice(ORIGIN_CHARACTERS));
    } catch (error) {
      this.#log.error('a message of another process cannot be read', { channel, error });
      return;
    }
    this.#local.deliver(channel, message);
  }

  async #open(channel: string): Promise<void> {
    const count = this.#counts.get(channel) ?? 0;
    this.#counts.set(channel, count + 1);
    // Commands are answered in order: this one waits behind the one that subscribes, if there is one.
    if (this.#subscriber.isReady) await this.#commanded((redis) => redis.subscribe(this.#prefix + channel));
  }

  #close(channel: string): void {
    const count = (this.#counts.get(channel) ?? 0) - 1;
    if (count > 0) {
      this.#counts.set(channel, count);
      return;
    }
    this.#counts.delete(channel);
    if (this.#subscriber.isReady && !this.#isClosed) {
      void this.#commanded((redis) => redis.unsubscribe(this.#prefix + channel));
    }
  }

  /** A connection that breaks meanwhile subscribes again by itself, and a gap is told. */
  async #commanded(command: (redis: Redis) => Promise<unknown>): Promise<void> {
    try {
      await command(this.#subscriber.redis);
    } catch (error) {
      this.#log.debug('a subscription waits for Redis', { error });
    }
  }

  async #subscribeAgain(): Promise<void> {
    const channels = [...this.#counts.keys()].map((channel) => this.#prefix + channel);
    for (let first = 0; first < channels.length; first += SUBSCRIBED_AT_ONCE) {
      await this.#commanded((redis) => redis.subscribe(...channels.slice(first, first + SUBSCRIBED_AT_ONCE)));
    }
    if (!this.#isClosed) this.#local.gap();
  }

  /** Others read from the store what they may have missed of this process. */
  #tellOfGap(): void {
    if (!this.#publisher.isReady || this.#unsentBytes > MAX_UNSENT_BYTES) return;
    this.#hasDropped = false;
    this.#send(GAPS, null);
  }
}
