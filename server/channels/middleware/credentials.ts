import type { UpgradeRequest } from '../../ports/transport.ts';

/** The subprotocol to offer together with `token.T`, so that a browser can keep its token out of the URL. */
export const SUBPROTOCOL = 'ringside';

const AUTHORIZATION = /^(?:Bearer|Token) +(\S+)$/i;
const TOKEN_PROTOCOL = 'token.';

/** The token of a request: from its `Authorization`, its subprotocols, or its query; `null` without one. */
export function tokenOf(request: UpgradeRequest): string | null {
  return (
    tokenOfAuthorization(request.header('authorization')) ??
    offeredProtocols(request)
      .find((name) => name.startsWith(TOKEN_PROTOCOL) && name.length > TOKEN_PROTOCOL.length)
      ?.slice(TOKEN_PROTOCOL.length) ??
    (request.query.get('token')?.trim() || null)
  );
}

/** The token in what a Socket.IO client says for itself (`auth: {token}`); `null` without one. */
export function tokenOfAuth(auth: unknown): string | null {
  if (typeof auth !== 'object' || auth === null || !('token' in auth)) return null;
  return typeof auth.token === 'string' ? auth.token.trim() || null : null;
}

/**
 * What a Socket.IO client gives for each of these names, under the fields that stand for them: in its `auth`, which each
 * namespace of a connection has for itself, or in the query of the connection. A name without a field is left out.
 */
export function fieldsOf(
  { query }: UpgradeRequest,
  auth: unknown,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = new Map(typeof auth === 'object' && auth !== null ? Object.entries(auth) : []);
  const given = Object.entries(fields).map(([name, field]) => {
    const value: unknown = own.get(field);
    const isOwn = typeof value === 'string' || typeof value === 'number';
    return [name, isOwn ? String(value) : query.getAll(field).at(-1)] as const;
  });
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The token of an `Authorization: Bearer T` or `Token T` header; `null` for anything else. */
export function tokenOfAuthorization(header: string): string | null {
  return AUTHORIZATION.exec(header.trim())?.[1] ?? null;
}

/** The subprotocol to answer with: ours, if it is offered. */
export function subprotocolOf(request: UpgradeRequest): string | undefined {
  return offeredProtocols(request).includes(SUBPROTOCOL) ? SUBPROTOCOL : undefined;
}

function offeredProtocols(request: UpgradeRequest): string[] {
  return request
    .header('sec-websocket-protocol')
    .split(',')
    .map((name) => name.trim());
}
