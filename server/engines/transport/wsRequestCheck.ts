import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Finds the requests that two programs could understand in two ways and Node's parser takes: with more than one host,
 * or with an encoding that tells no length. What follows such a request on its connection is no request any more.
 */
export class RequestCheck {
  readonly #refused = new WeakSet<Duplex>();

  /** `ambiguous`: to be answered 400, `ignored`: not to be answered, for its connection has been refused. */
  of(request: IncomingMessage): 'sound' | 'ambiguous' | 'ignored' {
    if (this.#refused.has(request.socket)) return 'ignored';
    if (isSoundHead(request)) return 'sound';
    this.#refused.add(request.socket);
    return 'ambiguous';
  }
}

function isSoundHead({ rawHeaders, headers }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  }
  const encoding = headers['transfer-encoding'];
  return hosts <= 1 && (encoding === undefined || encoding.toLowerCase() === 'chunked');
}
