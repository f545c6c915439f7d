import pino, { type DestinationStream } from 'pino';
import type { Log } from '../../ports/log.ts';

/** Fields that may hold a secret, wherever they stand. */
const SECRETS = [
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'password',
  'secret',
  'otpCode',
  'number',
  'email',
  'to',
];

const ADDRESS = /[^\s<>"'@]+@[^\s<>"'@]+\.[^\s<>"'@]+/g;
const URL_TOKEN = /([?&]token=)[^&\s"']+/gi;
const URL_PASSWORD = /(\/\/[^:@/\s]*):[^@/\s]+@/g;

/** JSON lines on standard output (or `destination`); tokens, passwords and addresses are cut. */
export function createPinoLog(level: string, destination?: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[cut]' },
      hooks: { streamWrite: cutSecrets },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  const write =
    (name: 'debug' | 'info' | 'warn' | 'error'): Log['debug'] =>
    (message, fields = {}) => {
      const { error, ...others } = fields;
      logger[name](error === undefined ? others : { ...others, err: error }, message);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The last gate: secrets that a library put into an error's text are cut out here. */
export function cutSecrets(line: string): string {
  return line.replace(URL_TOKEN, '$1[cut]').replace(URL_PASSWORD, '$1:[cut]@').replace(ADDRESS, '[address]');
}

/** Where a command logs whose standard output is its answer. */
export function standardError(): DestinationStream {
  return pino.destination({ dest: 2, sync: true });
}
