/**
 * Every code with which the server closes a socket, and whether a client should come back. The 44xx codes
 * read like their HTTP cousins.
 */
export const CLOSE_CODES = {
  messageTooBig: { code: 1009, reconnect: false, reason: 'message too big' },
  internalError: { code: 1011, reconnect: true, reason: 'internal error' },
  restart: { code: 1012, reconnect: true, reason: 'server is restarting' },
  tryLater: { code: 1013, reconnect: true, reason: 'try again later' },
  unauthenticated: { code: 4401, reconnect: false, reason: 'unauthenticated' },
  forbidden: { code: 4403, reconnect: false, reason: 'forbidden' },
  notFound: { code: 4404, reconnect: false, reason: 'not found' },
  timeout: { code: 4408, reconnect: true, reason: 'timeout' },
  tooManyConnections: { code: 4409, reconnect: false, reason: 'too many connections' },
  tooMany: { code: 4429, reconnect: true, reason: 'too many messages' },
} as const;

/** The codes of RFC 6455 and its registry that a client or a library may close with and that are not ours. */
const STANDARD_CODES: Readonly<Record<number, string>> = {
  1000: 'normal',
  1001: 'going_away',
  1002: 'protocol_error',
  1003: 'unsupported_data',
  1005: 'no_status',
  1006: 'abnormal',
  1007: 'invalid_payload',
  1008: 'policy_violation',
  1010: 'mandatory_extension',
  1014: 'bad_gateway',
  1015: 'tls_handshake',
};

const NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(STANDARD_CODES).map(([code, name]) => [Number(code), name] as const),
  ...Object.entries(CLOSE_CODES).map(([name, { code }]) => [code, snakeCase(name)] as const),
]);

/** The name of a close code in snake_case; `other` for what is neither ours nor standard. */
export function closeCodeName(code: number): string {
  return NAMES.get(code) ?? 'other';
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The name of a close code in {@link CLOSE_CODES}. */
export type CloseName = keyof typeof CLOSE_CODES;
