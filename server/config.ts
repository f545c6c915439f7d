import { existsSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TOKEN_EXPIRIES, type TokenExpiry } from './channels/connectionToken.ts';
import type { AllowedOrigins } from './channels/middleware/origin.ts';
import type { CallRates } from './domain/call/telecaller.ts';
import { type LimitName, LIMITS, type Limits } from './limits.ts';

/** The environment cannot be used as it is; the message names every fault, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The folder of package.json: migrations are found from there, both from sources and from the build. */
export const PROJECT_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The pictures of the demo: from the sources and from the build. */
const BUILT_IN_PICTURES = join(dirname(fileURLToPath(import.meta.url)), 'http', 'media');

const optionalText = z.string().trim().min(1).optional();

const secret = z.string().min(16, 'must have at least 16 characters');
/** A secret of Standard Webhooks: its key in base64 after `whsec_`, or a text that is the key itself. */
const webhookSecret = secret.refine((value) => {
  if (!value.startsWith('whsec_')) return true;
  const digits = value.slice('whsec_'.length);
  const key = Buffer.from(digits, 'base64');
  return key.toString('base64') === digits && key.length >= 24 && key.length <= 64;
}, 'must have 24 to 64 bytes in base64 after whsec_');
/** A secret that is sent as it is. */
const headerSecret = secret.regex(/^[!-~]*$/, 'must hold ASCII characters without spaces only');

/** Another server, which we call. */
const elsewhere = (secretName: string, protocol = /^https?$/) =>
  z
    .url({ protocol, abort: true })
    .refine((url) => new URL(url).username === '', `must hold no user: set ${secretName}`);

/** Where files are, to which paths are appended. */
const baseUrl = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((url) => !/[?#]/.test(url), 'must have no query and no fragment');

/** The page of an auction, whose number takes the place of `{id}`. */
const auctionPage = z
  .string()
  .refine((url) => url.includes('{id}'), { error: 'must contain {id}', abort: true })
  .refine((url) => /^https?:\/\/[^\s/]/.test(url) && URL.canParse(url), 'must be an http(s) URL');

const folder = z.string().refine(isFolder, 'must be a folder');

const coins = z.coerce.number().int().min(0);

/** Given all together or not at all. */
const LIVEKIT_SETTINGS = ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'] as const;

const settings = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  AUCTION_URL: auctionPage.optional(),
  SITE_NAME: z.string().trim().min(1).default('MadeInPK'),
  DATA_DIR: z.string().min(1).default('.data'),
  MEDIA_DIR: folder.optional(),
  MEDIA_URL: baseUrl.optional(),
  DATABASE_URL: z.url({ protocol: /^(mysql|mariadb|file)$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:-]{1,50}$/, 'must have 1 to 50 letters, digits, or .:_-')
    .default('ringside:'),
  NODE_NAME: z
    .string()
    .regex(/^[\w.-]{1,50}$/, 'must have 1 to 50 letters, digits, or ._-')
    .optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().trim().min(3).default('no-reply@madeinpk.example'),
  SMS_WEBHOOK_URL: elsewhere('SMS_WEBHOOK_SECRET').optional(),
  SMS_WEBHOOK_SECRET: secret.optional(),
  AUTH_VERIFY_URL: elsewhere('AUTH_VERIFY_SECRET').optional(),
  AUTH_VERIFY_SECRET: headerSecret.optional(),
  RING_CLOSED_WEBHOOK_URL: elsewhere('RING_CLOSED_WEBHOOK_SECRET').optional(),
  RING_CLOSED_WEBHOOK_SECRET: secret.optional(),
  RING_WEBHOOK_URL: elsewhere('RING_WEBHOOK_SECRET').optional(),
  RING_WEBHOOK_SECRET: webhookSecret.optional(),
  LIVEKIT_URL: elsewhere('LIVEKIT_API_SECRET', /^wss?$/).optional(),
  LIVEKIT_API_KEY: optionalText,
  LIVEKIT_API_SECRET: optionalText,
  CALL_AUDIO_COINS_PER_MINUTE: coins.default(10),
  CALL_VIDEO_COINS_PER_MINUTE: coins.default(20),
  OUTBID_LETTER_WINDOW_MS: z.coerce.number().int().min(0).default(60_000),
  JWT_SECRET: secret.optional(),
  JWT_PUBLIC_KEY: optionalText,
  TOKEN_EXPIRY: z.enum(TOKEN_EXPIRIES).default('on-connect'),
  TRANSPORT: z.enum(['auto', 'uws', 'ws']).default('auto'),
  ALLOWED_ORIGINS: optionalText,
  TRUST_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The environment variables there are, without those of the limits. */
export const SETTING_NAMES: readonly string[] = Object.keys(settings.shape);

/** The media server of calls, as its own settings have it. */
export interface LiveKitServer {
  /** `ws:` or `wss:`; what clients are given. */
  readonly url: string;
  readonly apiKey: string;
  /** Signs what its clients and we ourselves say to it, and what it tells us. */
  readonly apiSecret: string;
}

/** Everything the environment decides. */
export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  readonly port: number;
  /** Where people reach the site. Without a slash at the end. */
  readonly publicUrl: string;
  /** The page of an auction, with `{id}` in place of its number; letters link there. */
  readonly auctionUrl: string;
  readonly siteName: string;
  readonly dataDir: string;
  /** Where pictures are looked for, the house's own folder first. */
  readonly mediaFolders: readonly string[];
  /** Where pictures are instead of here, without a slash at the end; `null`: here. */
  readonly mediaUrl: string | null;
  /** A `mysql:` URL, or `null` for the SQLite file in `dataDir` (or the file of a `file:` URL). */
  readonly database:
    { readonly kind: 'mysql'; readonly url: string } | { readonly kind: 'sqlite'; readonly file: string };
  readonly redisUrl: string | null;
  /** Before every key and channel on Redis: servers with different ones are strangers. */
  readonly redisPrefix: string;
  /** Names this process among those that serve together; unlike any other's. */
  readonly nodeName: string;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Where text messages are handed over; `null`: printed in development, refused in production. */
  readonly smsWebhookUrl: string | null;
  /** Signs what is handed over. */
  readonly smsWebhookSecret: string | null;
  /** The main backend that is asked whose a token is; `null`: the tokens are our own. */
  readonly authVerifyUrl: string | null;
  /** Sent with each question. */
  readonly authVerifySecret: string | null;
  /** Where the main backend is told that a ring has closed; `null`: it is not. */
  readonly ringClosedWebhookUrl: string | null;
  /** Signs what it is told. */
  readonly ringClosedWebhookSecret: string | null;
  /** Where it is told of every change of a ring, those of one ring in order; `null`: it is not. */
  readonly ringWebhookUrl: string | null;
  /** Signs that. */
  readonly ringWebhookSecret: string | null;
  /** `null`: there is none; calls go on in development only, without rooms of their own. */
  readonly livekit: LiveKitServer | null;
  /** What a started minute of a call costs where a telecaller has no rate of their own. */
  readonly callRates: CallRates;
  /** Outbid letters to one person on one auction within this time become one. */
  readonly outbidLetterWindowMs: number;
  readonly jwtSecret: string | null;
  /** PEM text; RS256 tokens are taken when it is set. */
  readonly jwtPublicKey: string | null;
  /** When the end of a token counts. */
  readonly tokenExpiry: TokenExpiry;
  readonly transport: 'auto' | 'uws' | 'ws';
  readonly allowedOrigins: AllowedOrigins;
  readonly trustProxyHops: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly limits: Limits;
}

/** Reads the environment; throws {@link ConfigError}. The only reader of `process.env`. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  const limits = z.object(limitShape()).safeParse(given);
  if (!parsed.success || !limits.success) {
    const issues = [...(parsed.error?.issues ?? []), ...(limits.error?.issues ?? [])];
    throw new ConfigError(issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  const values = parsed.data;
  const isProduction = values.NODE_ENV === 'production';
  if (isProduction && values.JWT_SECRET === undefined && values.JWT_PUBLIC_KEY === undefined) {
    throw new ConfigError('JWT_SECRET: production needs it (or JWT_PUBLIC_KEY); there is no default');
  }
  if (
    values.REDIS_URL !== undefined &&
    values.JWT_SECRET === undefined &&
    values.JWT_PUBLIC_KEY === undefined
  ) {
    throw new ConfigError(
      'JWT_SECRET: is needed with REDIS_URL: processes must take the tokens of each other',
    );
  }
  const publicUrl = (values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, '');
  return {
    isProduction,
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    auctionUrl: values.AUCTION_URL ?? `${publicUrl}/?auction={id}`,
    siteName: values.SITE_NAME,
    dataDir: values.DATA_DIR,
    mediaFolders: [...(values.MEDIA_DIR === undefined ? [] : [values.MEDIA_DIR]), BUILT_IN_PICTURES],
    mediaUrl: values.MEDIA_URL?.replace(/\/+$/, '') ?? null,
    database: database(values.DATABASE_URL, values.DATA_DIR),
    redisUrl: values.REDIS_URL ?? null,
    redisPrefix: values.REDIS_PREFIX,
    nodeName: values.NODE_NAME ?? hostname().slice(0, 40),
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM,
    smsWebhookUrl: values.SMS_WEBHOOK_URL ?? null,
    smsWebhookSecret: values.SMS_WEBHOOK_SECRET ?? null,
    authVerifyUrl: values.AUTH_VERIFY_URL ?? null,
    authVerifySecret: values.AUTH_VERIFY_SECRET ?? null,
    ringClosedWebhookUrl: values.RING_CLOSED_WEBHOOK_URL ?? null,
    ringClosedWebhookSecret: values.RING_CLOSED_WEBHOOK_SECRET ?? null,
    ringWebhookUrl: values.RING_WEBHOOK_URL ?? null,
    ringWebhookSecret: values.RING_WEBHOOK_SECRET ?? null,
    livekit: livekit(values),
    callRates: { AUDIO: values.CALL_AUDIO_COINS_PER_MINUTE, VIDEO: values.CALL_VIDEO_COINS_PER_MINUTE },
    outbidLetterWindowMs: values.OUTBID_LETTER_WINDOW_MS,
    jwtSecret: values.JWT_SECRET ?? null,
    jwtPublicKey: values.JWT_PUBLIC_KEY?.replaceAll('\\n', '\n') ?? null,
    tokenExpiry: values.TOKEN_EXPIRY,
    transport: values.TRANSPORT,
    allowedOrigins: origins(values.ALLOWED_ORIGINS, isProduction),
    trustProxyHops: values.TRUST_PROXY_HOPS,
    logLevel: values.LOG_LEVEL,
    limits: limitsOf(limits.data),
  };
}

/** The environment variable of a limit: `maxFrameBytes` → `LIMIT_MAX_FRAME_BYTES`. */
export function limitVariable(name: LimitName): string {
  return `LIMIT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function limitNames(): LimitName[] {
  return Object.keys(LIMITS) as LimitName[];
}

function limitShape(): Record<string, z.ZodType<number>> {
  return Object.fromEntries(
    limitNames().map((name) => [
      limitVariable(name),
      z.coerce.number().int().min(0).default(LIMITS[name].value) as z.ZodType<number>,
    ]),
  );
}

function limitsOf(values: Record<string, number>): Limits {
  const entries = limitNames().map((name) => [name, values[limitVariable(name)]] as const);
  return Object.fromEntries(entries) as Limits;
}

function database(url: string | undefined, dataDir: string): Config['database'] {
  if (url === undefined) return { kind: 'sqlite', file: join(dataDir, 'ringside.sqlite') };
  if (url.startsWith('file:')) return { kind: 'sqlite', file: fileURLToPath(url) };
  return { kind: 'mysql', url: url.replace(/^mariadb:/, 'mysql:') };
}

function livekit(values: z.infer<typeof settings>): LiveKitServer | null {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = values;
  if (url !== undefined && apiKey !== undefined && apiSecret !== undefined) return { url, apiKey, apiSecret };
  const [given] = LIVEKIT_SETTINGS.filter((name) => values[name] !== undefined);
  if (given === undefined) return null;
  const missing = LIVEKIT_SETTINGS.filter((name) => values[name] === undefined);
  throw new ConfigError(missing.map((name) => `${name}: must be set where ${given} is`).join('\n'));
}

function origins(text: string | undefined, isProduction: boolean): AllowedOrigins {
  if (text === undefined) return isProduction ? 'same-host' : 'all';
  if (text === '*' || text === 'all') return 'all';
  if (text === 'same-host') return 'same-host';
  return text.split(',').map((origin) => origin.trim().replace(/\/+$/, '').toLowerCase());
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new ConfigError('package.json is missing: run from an installed project');
  return findRoot(parent);
}
