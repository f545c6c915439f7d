import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { detailJson, MALFORMED_REQUEST, refusalHeaders, statusLine } from './answers.ts';

/** Headers that a request has at most once, and the values that they may have. */
const ONCE: ReadonlyMap<string, RegExp> = new Map([
  ['content-length', /^\d{1,15}$/],
  ['transfer-encoding', /^chunked$/i],
  ['host', /^/],
]);

/**
 * An answer of more bytes than the native server gathers before it sends: it is sent at once, and its connection closed
 * before what follows the request is looked at.
 */
const SENT_AT_ONCE = detailJson(MALFORMED_REQUEST.detail).padEnd(17 * 1024, ' ');

/**
 * Refuses a request whose length can be understood in two ways, or whose host: what one side takes for its body, the
 * other would take for the next request. The native server believes the first `Content-Length` and looks at no other
 * `Transfer-Encoding` than that there is one. The answer is 400; nothing more is read from the connection. False: the
 * request is sound.
 */
export function refuseMalformed(response: HttpResponse, request: HttpRequest): boolean {
  const isSound = isSoundHead(request);
  if (isSound) return false;
  response.writeStatus(statusLine(MALFORMED_REQUEST.status));
  for (const [name, value] of Object.entries(refusalHeaders(MALFORMED_REQUEST))) {
    response.writeHeader(name, value);
  }
  response.end(SENT_AT_ONCE, true);
  return true;
}

function isSoundHead(request: HttpRequest): boolean {
  const seen = new Set<string>();
  const faults: string[] = [];
  request.forEach((name, value) => {
    const form = ONCE.get(name);
    if (form === undefined) return;
    if (seen.has(name) || !form.test(value)) faults.push(name);
    seen.add(name);
  });
  return faults.length === 0 && !(seen.has('content-length') && seen.has('transfer-encoding'));
}
