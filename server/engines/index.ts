import { join } from 'node:path';
import { type Config, ConfigError, PROJECT_ROOT } from '../config.ts';
import type { Accounts } from '../domain/account/accounts.ts';
import type { BackendCalls } from '../domain/notification/backendCalls.ts';
import type { Store } from './store/store.ts';
import type { ChannelLayer } from '../ports/channelLayer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { IdentityProvider, TokenIssuer } from '../ports/identity.ts';
import type { Log } from '../ports/log.ts';
import type { KeptMailbox, Mailer } from '../ports/mailer.ts';
import type { Media } from '../ports/media.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { NodeDirectory } from '../ports/nodeDirectory.ts';
import type { Presence } from '../ports/presence.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { SmsSender } from '../ports/sms.ts';
import type { Transport } from '../ports/transport.ts';
import { openBackendCalls } from './backend/index.ts';
import { systemClock } from './clock/systemClock.ts';
import { createDigest } from './identity/digest.ts';
import { openIdentity } from './identity/index.ts';
import { keptSecret } from './identity/secretFile.ts';
import { createTokenIssuer, type JwtKeys, jwtKeys } from './identity/tokens.ts';
import { createInProcessLayer } from './layer/inProcess.ts';
import { openRedisLayer, type RedisLayerOptions } from './layer/redis.ts';
import { createPinoLog, standardError } from './log/pinoLog.ts';
import { openMailer } from './mailer/index.ts';
import { openMedia } from './media/index.ts';
import { createPrometheusMetrics } from './metrics/prometheus.ts';
import { createInProcessPresence } from './presence/inProcess.ts';
import { openRedisPresence, type RedisPresenceOptions } from './presence/redis.ts';
import { openQueue } from './queue/index.ts';
import { openSms } from './sms/index.ts';
import { openStore } from './store/index.ts';
import { openTransport } from './transport/index.ts';

/** An HTTP request that is not there as a whole by then ends. */
const REQUEST_TIMEOUT_MS = 10_000;
/** What tells nodes of one name apart. */
const NODE_ID_CHARACTERS = 8;

/** The database with what is needed to use it from a command. */
export interface StoreEngines {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly tokens: TokenIssuer;
}

/** Everything the server stands on. */
export interface Engines extends StoreEngines {
  readonly metrics: Metrics;
  readonly queue: JobQueue;
  readonly mailer: Mailer;
  /** The letters that the development mailer kept; `null` where letters are really sent. */
  readonly mailbox: KeptMailbox | null;
  /** `null`: production has no way to send text messages. */
  readonly sms: SmsSender | null;
  readonly backend: BackendCalls;
  /** `null`: production without a media server has no calls. */
  readonly media: Media | null;
  readonly digest: Digest;
  readonly layer: ChannelLayer;
  readonly presence: Presence;
  /** `null`: without Redis this process serves alone. */
  readonly directory: NodeDirectory | null;
  readonly transport: Transport;
  identity(accounts: Accounts): IdentityProvider;
}

/** Opens the database only (migrated), for commands that need no server. */
export async function openStoreEngines(
  config: Config,
  log = createPinoLog(config.logLevel, standardError()),
): Promise<StoreEngines> {
  const clock = systemClock;
  const store = await openStore(config.database, {
    migrationsFolder: join(PROJECT_ROOT, 'migrations'),
    migrate: true,
    clock,
    log,
  });
  return { clock, log, store, tokens: createTokenIssuer(keysOf(config), store.accounts, clock) };
}

/** Opens everything; rejects with `EngineUnavailable` when an engine that was asked for is absent. */
export async function openEngines(config: Config): Promise<Engines> {
  const log = createPinoLog(config.logLevel);
  const transport = await openTransport(
    config.transport,
    { ...config.limits, requestTimeoutMs: REQUEST_TIMEOUT_MS },
    log,
    systemClock,
  );
  const keys = keysOf(config);
  const base = await openStoreEngines(config, log);
  const { store, clock } = base;
  const opened: { close(): Promise<void> }[] = [store];
  try {
    const queue = await openQueue(config.redisUrl, log);
    opened.push(queue);
    const redis = { prefix: config.redisPrefix, clock, log };
    const layer = await openLayer(config, redis);
    opened.push(layer);
    const { presence, directory } = await openPresence(config, { ...redis, layer });
    opened.push(presence);
    const { mailer, mailbox } = await openMailer(config, clock, log);
    return {
      ...base,
      metrics: createPrometheusMetrics(),
      queue,
      mailer,
      mailbox,
      sms: openSms(config, clock),
      backend: openBackendCalls(config, clock),
      media: openMedia(config, log, clock),
      digest: createDigest(keys),
      layer,
      presence,
      directory,
      transport,
      identity: openIdentity(config, { keys, store: store.accounts, clock, log }),
    };
  } catch (error) {
    for (const engine of opened.reverse()) await engine.close();
    throw error;
  }
}

function openLayer({ redisUrl }: Config, options: RedisLayerOptions): Promise<ChannelLayer> {
  if (redisUrl === null) return Promise.resolve(createInProcessLayer(options.log));
  return openRedisLayer(redisUrl, options);
}

async function openPresence(
  { redisUrl, nodeName }: Config,
  options: Omit<RedisPresenceOptions, 'nodeId'>,
): Promise<Pick<Engines, 'presence' | 'directory'>> {
  if (redisUrl === null) return { presence: createInProcessPresence(), directory: null };
  const nodeId = `${nodeName}-${options.clock.randomId().slice(0, NODE_ID_CHARACTERS)}`;
  const presence = await openRedisPresence(redisUrl, { ...options, nodeId });
  return { presence, directory: presence };
}

function keysOf({ jwtSecret, jwtPublicKey, dataDir }: Config): JwtKeys {
  const secret = jwtSecret ?? (jwtPublicKey === null ? keptSecret(dataDir) : null);
  try {
    return jwtKeys(secret, jwtPublicKey);
  } catch {
    throw new ConfigError('JWT_PUBLIC_KEY: must be a public key in PEM form');
  }
}
