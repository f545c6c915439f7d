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

/** What an upgrade hears whose handler failed. */
export const FAULTY: Refusal = { accept: false, status: 500, detail: 'Internal server error' };

/** What a request hears that cannot be read, or whose length is ambiguous. */
export const MALFORMED_REQUEST: Refusal = { accept: false, status: 400, detail: 'Malformed request' };

/** The headers of an upgrade that is turned down. */
export function refusalHeaders(refusal: Refusal): Record<string, string> {
  const headers = { 'Content-Type': 'application/json' };
  return refusal === MALFORMED_HANDSHAKE ? { ...headers, 'Sec-WebSocket-Version': '13' } : headers;
}

/** What a request hears that cannot be read. */
export function malformedRequest(): Response {
  const { detail, status } = MALFORMED_REQUEST;
  return Response.json({ detail }, { status });
}

/** What a request hears whose handler failed. */
export function internalError(): Response {
  const { detail, status } = FAULTY;
  return Response.json({ detail }, { status });
}

/** The body of every HTTP error. */
export function detailJson(detail: string): string {
  return JSON.stringify({ detail });
}

/** A status as the first line of an answer spells it: `404 Not Found`. */
export function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`;
}
