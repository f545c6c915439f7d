import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../ports/log.ts';

/** What a connection is for, in Bull's words: commands, news, and waiting for the next job. */
export type ClientType = 'client' | 'subscriber' | 'bclient';

const ANSWER_WITHIN_MS = 2_000;
const RECONNECT_WITHIN_MS = 500;

/**
 * The three connections of one Bull queue. Each comes back by itself after Redis was away; an outage is
 * logged once, and commands that cannot be answered are rejected within about two seconds.
 */
export class RedisClients {
  readonly #url: string;
  readonly #log: Log;
  readonly #clients = new Map<ClientType, Redis>();
  #lastFault: string | null = null;
  #state: 'opening' | 'ready' | 'away' | 'closed' = 'opening';

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  /** The connection of that type, made at the first call. */
  of(type: ClientType): Redis {
    const existing = this.#clients.get(type);
    if (existing !== undefined) return existing;
    const client = new Redis(this.#url, optionsOf(type));
    this.#clients.set(type, client);
    client.on('error', (error: NodeJS.ErrnoException) => {
      this.#lastFault = error.message || (error.code ?? error.name);
    });
    if (type === 'client') this.#watch(client);
    return client;
  }

  /** Why Redis did not answer, in one line: the connection's own fault says more than the command's. */
  fault(error: unknown): string {
    return this.#lastFault ?? (error instanceof Error ? error.message : String(error));
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    for (const client of this.#clients.values()) {
      if (client.status === 'ready') await client.quit().catch(() => client.disconnect());
      else client.disconnect();
    }
  }

  #watch(client: Redis): void {
    client.on('close', () => {
      if (this.#state !== 'ready') return;
      this.#state = 'away';
      this.#log.warn('Redis is away; jobs wait in the store');
    });
    client.on('ready', () => {
      if (this.#state === 'away') this.#log.info('Redis answers again');
      this.#state = 'ready';
      this.#lastFault = null;
    });
  }
}

function optionsOf(type: ClientType): RedisOptions {
  const retryStrategy = (attempt: number) => Math.min(attempt * 50, RECONNECT_WITHIN_MS);
  const common: RedisOptions = { connectTimeout: ANSWER_WITHIN_MS, retryStrategy };
  switch (type) {
    case 'client':
      return { ...common, maxRetriesPerRequest: 1, commandTimeout: ANSWER_WITHIN_MS };
    case 'subscriber':
    case 'bclient':
      // Anything else makes Bull throw, and the process end.
      return { ...common, maxRetriesPerRequest: null, enableReadyCheck: false };
  }
}
