import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { UpgradeRequest } from '../../ports/transport.ts';
import { canonicalAddress } from './address.ts';
import { detailJson, type Refusal, refusalHeaders, statusLine } from './answers.ts';

/** Reads all of a native request, which is gone once its handler returns. */
export function readUpgrade(response: HttpResponse, request: HttpRequest): UpgradeRequest {
  const headers = new Map<string, string>();
  request.forEach((name, value) => {
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  });
  return {
    path: request.getUrl(),
    query: new URLSearchParams(queryOf(request)),
    header: (name) => headers.get(name) ?? '',
    remoteAddress: remoteAddressOf(response),
  };
}

/** What stands after the question mark. */
export function queryOf(request: HttpRequest): string {
  // The type hides that there is nothing where the address has no question mark.
  const query = request.getQuery() as string | undefined;
  return query ?? '';
}

/** Where the request comes from, in its canonical spelling. */
export function remoteAddressOf(response: HttpResponse): string {
  return canonicalAddress(Buffer.from(response.getRemoteAddressAsText()).toString());
}

/** What uWebSockets.js leaves unchecked: it only looks for a key. */
export function isWebSocketHandshake(request: UpgradeRequest): boolean {
  return (
    request.header('upgrade').toLowerCase() === 'websocket' &&
    request.header('sec-websocket-version') === '13'
  );
}

/** Answers a request in HTTP and ends its connection. */
export function turnDown(response: HttpResponse, refusal: Refusal): void {
  response.writeStatus(statusLine(refusal.status));
  for (const [name, value] of Object.entries(refusalHeaders(refusal))) response.writeHeader(name, value);
  response.end(detailJson(refusal.detail), true);
}
