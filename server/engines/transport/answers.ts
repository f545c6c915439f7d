import { STATUS_CODES } from 'node:http';
import type { UpgradeAnswer } from '../../ports/transport.ts';

/** An upgrade that is turned down. */
export type Refusal = Extract<UpgradeAnswer, { readonly accept: false }>;

/** What an upgrade hears once the transport accepts no new sockets. */
export const CLOSING: Refusal = { accept: false, status: 503, detail: 'The server is shutting down' };

/** What an upgrade hears that is none by RFC 6455. */
export const MALFORMED_HANDSHAKE: Refusal = {
  accept: false,
  status: 426,
  detail: 'Not a WebSocket handshake of version 13',
};

/** The headers of an upgrade that is turned down. */
export function refusalHeaders(refusal: Refusal): Record<string, string> {
  const headers = { 'Content-Type': 'application/json' };
  return refusal === MALFORMED_HANDSHAKE ? { ...headers, 'Sec-WebSocket-Version': '13' } : headers;
}

/** What a request hears that cannot be read. */
export function malformedRequest(): Response {
  return Response.json({ detail: 'Malformed request' }, { status: 400 });
}

/** What a request hears whose handler failed. */
export function internalError(): Response {
  return Response.json({ detail: 'Internal server error' }, { status: 500 });
}

/** The body of every HTTP error. */
export function detailJson(detail: string): string {
  return JSON.stringify({ detail });
}

/** A status as the first line of an answer spells it: `404 Not Found`. */
export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`;
}
