import { Redis, type RedisOptions } from 'ioredis';

/** What a connection is for: commands that are given up soon, or subscriptions. */
export type RedisUse = 'commands' | 'subscriptions';

const ANSWER_WITHIN_MS = 2_000;
const RECONNECT_WITHIN_MS = 500;

/** The host and port in a URL of Redis, without a password. */
export function hostOf(redisUrl: string): string {
  return new URL(redisUrl).host;
}

/**
 * A connection to Redis that comes back by itself. Nothing is kept for the time in which it is away: commands are
 * rejected at once then, and those that were under way are not sent again.
 */
export class RedisClient {
  readonly redis: Redis;
  readonly #whenBack: (() => void)[] = [];
  readonly #whenAway: (() => void)[] = [];
  #lastFault: string | null = null;
  #wasReady = false;

  constructor(redis: Redis) {
    this.redis = redis;
    redis.on('error', (error: NodeJS.ErrnoException) => {
      this.#lastFault = error.message || (error.code ?? error.name);
    });
    redis.on('ready', () => {
      this.#lastFault = null;
      if (this.#wasReady) for (const run of this.#whenBack) run();
      this.#wasReady = true;
    });
    redis.on('close', () => {
      if (this.#wasReady) for (const run of this.#whenAway) run();
    });
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  /** Resolves with the first answer of Redis; rejects when there is none in time. */
  async opened(): Promise<void> {
    await this.redis.connect();
  }

  /** Called each time that the connection is there again. */
  onReturn(run: () => void): void {
    this.#whenBack.push(run);
  }

  /** Called each time that the connection is lost. */
  onAway(run: () => void): void {
    this.#whenAway.push(run);
  }

  /** Why Redis did not answer, in one line: the connection's own fault says more than the command's. */
  fault(error: unknown): string {
    return this.#lastFault ?? (error instanceof Error ? error.message : String(error));
  }

  async close(): Promise<void> {
    if (this.isReady) await this.redis.quit().catch(() => this.redis.disconnect());
    else this.redis.disconnect();
  }
}

/** A connection that is opened by {@link RedisClient.opened}. */
export function connectRedis(redisUrl: string, use: RedisUse): RedisClient {
  return new RedisClient(new Redis(redisUrl, optionsOf(use)));
}

function optionsOf(use: RedisUse): RedisOptions {
  return {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_WITHIN_MS),
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    ...(use === 'commands' ? { commandTimeout: ANSWER_WITHIN_MS } : {}),
  };
}
