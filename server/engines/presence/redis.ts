import type { ChannelLayer } from '../../ports/channelLayer.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { EngineUnavailable } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { NodeDirectory } from '../../ports/nodeDirectory.ts';
import type { Presence } from '../../ports/presence.ts';
import { connectRedis, hostOf, type RedisClient } from '../support/redis.ts';
import { LocalCounts, once } from './counts.ts';
import { COUNTS, FORGET, RENEW, SET, TAKE_OUT } from './scripts.ts';

const RENEW_MS = 1_000;
/** A node that did not renew its entry for that long is dead. */
const LIFETIME_MS = 5_000;
/** Changes of a count, but for the first and the last connection, are stored together. */
const STORE_EVERY_MS = 100;

/** What presence stands on. */
export interface RedisPresenceOptions {
  /** Before every key; nodes with different ones are strangers. */
  readonly prefix: string;
  /** Names this process, and no other one before or after it. */
  readonly nodeId: string;
  readonly layer: Pick<ChannelLayer, 'publish' | 'subscribe' | 'onGap'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a node tells the others of a key. */
interface Told {
  readonly node: string;
  readonly count: number;
}

/**
 * Presence in Redis. Each node writes its own counts and never changes those of another, so nothing drifts; a count is the
 * sum over living nodes. A node is alive while it renews its entry. Throws {@link EngineUnavailable} when Redis does not
 * answer now.
 */
export async function openRedisPresence(
  redisUrl: string,
  options: RedisPresenceOptions,
): Promise<Presence & NodeDirectory> {
  const client = connectRedis(redisUrl, 'commands');
  try {
    await client.opened();
    const presence = new RedisPresence(client, options);
    await presence.start();
    return presence;
  } catch (error) {
    await client.close();
    throw new EngineUnavailable(`Redis at ${hostOf(redisUrl)} cannot be used: ${client.fault(error)}`);
  }
}

class RedisPresence implements Presence, NodeDirectory {
  readonly nodeId: string;
  readonly #client: RedisClient;
  readonly #options: RedisPresenceOptions;
  readonly #counts = new LocalCounts();
  /** Counts of other nodes, by watched key and node. */
  readonly #others = new Map<string, Map<string, number>>();
  readonly #unsubscribes = new Map<string, Cancel>();
  readonly #lostListeners = new Set<(key: string) => void>();
  /** Keys whose count is to be stored soon. */
  readonly #unstored = new Set<string>();
  readonly #cancels: Cancel[] = [];
  /** Before that, by the monotonic clock, nodes that live may not be entered. */
  #completeFromMs = 0;
  #isRenewing = false;

  constructor(client: RedisClient, options: RedisPresenceOptions) {
    this.#client = client;
    this.#options = options;
    this.nodeId = options.nodeId;
  }

  async start(): Promise<void> {
    const { clock, layer } = this.#options;
    this.#isIncomplete();
    await this.#renew();
    this.#client.onReturn(() => {
      this.#isIncomplete();
      this.#tryTo('renew its entry', () => this.#renew());
    });
    this.#cancels.push(
      clock.every(RENEW_MS, () => this.#tryTo('renew its entry', () => this.#renew())),
      clock.every(STORE_EVERY_MS, () => this.#storeAll()),
      layer.onGap(() => this.#readAll()),
    );
  }

  join(key: string): void {
    this.#changed(key, this.#counts.add(key, 1), 1);
  }

  leave(key: string): void {
    this.#changed(key, this.#counts.add(key, -1), 0);
  }

  countOf(key: string): number {
    let sum = this.#counts.of(key);
    for (const count of this.#others.get(key)?.values() ?? []) sum += count;
    return sum;
  }

  async watch(key: string, changed: (count: number) => void): Promise<Cancel> {
    if (!this.#counts.watch(key, changed)) return once(() => this.#unwatch(key, changed));
    this.#others.set(key, new Map());
    const { layer } = this.#options;
    const unsubscribe = await layer.subscribe(channelOf(key), (told) => this.#told(key, told as Told));
    this.#unsubscribes.set(key, unsubscribe);
    await this.#read(key).catch((error: unknown) => this.#failed('read a count', error));
    return once(() => this.#unwatch(key, changed));
  }

  async isPresent(key: string): Promise<boolean | 'unknown'> {
    if (this.#counts.of(key) > 0) return true;
    try {
      if ((await this.#countsOf(key)).size > 0) return true;
    } catch (error) {
      this.#failed('ask who is present', error);
      return 'unknown';
    }
    return this.#options.clock.elapsedMs() < this.#completeFromMs ? 'unknown' : false;
  }

  onLost(lost: (key: string) => void): Cancel {
    this.#lostListeners.add(lost);
    return () => this.#lostListeners.delete(lost);
  }

  async known(nodeIds: readonly string[]): Promise<readonly string[]> {
    const scores = await Promise.all(
      nodeIds.map((nodeId) => this.#client.redis.zscore(this.#nodesKey, nodeId)),
    );
    return nodeIds.filter((_nodeId, index) => scores[index] !== null);
  }

  async close(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    for (const unsubscribe of this.#unsubscribes.values()) unsubscribe();
    if (this.#client.isReady) {
      for (const key of [...this.#counts.all.keys()]) this.#store(key, 0);
      await this.#client.redis
        .zrem(this.#nodesKey, this.nodeId)
        .catch((error: unknown) => this.#failed('take its entry out', error));
    }
    await this.#client.close();
  }

  /** `edge`: the count at which the key became present, or absent; others need to know that at once. */
  #changed(key: string, count: number, edge: 0 | 1): void {
    this.#counts.tell(key, this.countOf(key));
    if (count === edge) this.#store(key, count);
    else this.#unstored.add(key);
  }

  #storeAll(): void {
    const keys = [...this.#unstored];
    this.#unstored.clear();
    for (const key of keys) this.#store(key, this.#counts.of(key));
  }

  /** Commands are carried out in order. What is lost is stored again when the connection is back. */
  #store(key: string, count: number): void {
    this.#unstored.delete(key);
    this.#tryTo('store a count', () =>
      this.#client.redis.eval(SET, 2, this.#keyOf(key), this.#heldKey(this.nodeId), this.nodeId, count, key),
    );
    this.#options.layer.publish(channelOf(key), { node: this.nodeId, count } satisfies Told);
  }

  /** Nodes may have to enter themselves anew first. */
  #isIncomplete(): void {
    this.#completeFromMs = this.#options.clock.elapsedMs() + LIFETIME_MS;
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      const [lived, dead] = (await this.#client.redis.eval(
        RENEW,
        1,
        this.#nodesKey,
        this.nodeId,
        LIFETIME_MS,
      )) as [number, string[]];
      // It was taken to be dead, or Redis has lost everything.
      if (lived === 0) for (const [key, count] of this.#counts.all) this.#store(key, count);
      for (const node of dead) await this.#takeOut(node);
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Every living node does so; for each key one of them finds something to take out. */
  async #takeOut(node: string): Promise<void> {
    const { redis } = this.#client;
    for (const key of await redis.smembers(this.#heldKey(node))) {
      const keys = [this.#keyOf(key), this.#heldKey(node), this.#nodesKey];
      const result = await redis.eval(TAKE_OUT, 3, ...keys, node, LIFETIME_MS, key);
      if (result === 0) continue;
      this.#told(key, { node, count: 0 });
      this.#options.layer.publish(channelOf(key), { node, count: 0 } satisfies Told);
      if (result === 2) for (const lost of this.#lostListeners) lost(key);
    }
    await redis.eval(FORGET, 1, this.#nodesKey, node, LIFETIME_MS);
  }

  #told(key: string, { node, count }: Told): void {
    const others = this.#others.get(key);
    if (others === undefined || node === this.nodeId) return;
    if (count > 0) others.set(node, count);
    else if (!others.delete(node)) return;
    this.#counts.tell(key, this.countOf(key));
  }

  #unwatch(key: string, changed: (count: number) => void): void {
    if (!this.#counts.unwatch(key, changed)) return;
    this.#others.delete(key);
    this.#unsubscribes.get(key)?.();
    this.#unsubscribes.delete(key);
  }

  #readAll(): void {
    for (const key of this.#others.keys()) this.#tryTo('read a count', () => this.#read(key));
  }

  async #read(key: string): Promise<void> {
    const counts = await this.#countsOf(key);
    const others = this.#others.get(key);
    if (others === undefined) return;
    counts.delete(this.nodeId);
    this.#others.set(key, counts);
    this.#counts.tell(key, this.countOf(key));
  }

  async #countsOf(key: string): Promise<Map<string, number>> {
    const keys = [this.#keyOf(key), this.#nodesKey];
    const words = (await this.#client.redis.eval(COUNTS, 2, ...keys, LIFETIME_MS)) as string[];
    const counts = new Map<string, number>();
    for (let index = 0; index + 1 < words.length; index += 2) {
      counts.set(String(words[index]), Number(words[index + 1]));
    }
    return counts;
  }

  #tryTo(what: string, command: () => Promise<unknown>): void {
    command().catch((error: unknown) => this.#failed(what, error));
  }

  #failed(what: string, error: unknown): void {
    this.#options.log.debug(`a node could not ${what}`, { error });
  }

  // In a Redis cluster all of it belongs to one server, as scripts need it.

  get #nodesKey(): string {
    return `${this.#options.prefix}{presence}:nodes`;
  }

  #keyOf(key: string): string {
    return `${this.#options.prefix}{presence}:at:${key}`;
  }

  #heldKey(nodeId: string): string {
    return `${this.#options.prefix}{presence}:of:${nodeId}`;
  }
}

function channelOf(key: string): string {
  return `presence.${key}`;
}
