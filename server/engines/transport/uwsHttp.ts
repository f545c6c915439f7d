import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { TransportApplication } from '../../ports/transport.ts';
import { internalError, malformedRequest, statusLine } from './answers.ts';
import type { Faults } from './faults.ts';
import { queryOf, remoteAddressOf } from './uwsRequest.ts';

/** A client that uploads faster than its body is read is held back at this many unread bytes. */
const BODY_AHEAD_BYTES = 64 * 1024;

/** Headers that uWebSockets.js writes itself. */
const NATIVE_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** A host and port, and nothing that would read as part of the path. */
const HOST = /^[\w.:[\]-]+$/;

interface RequestHead {
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly headers: [string, string][];
  readonly remoteAddress: string;
}

/** What the application answered, ready to be written in one go. */
interface WholeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ArrayBuffer | null;
}

/** Answers one HTTP request of uWebSockets.js by the application's `http`. */
export function serveHttp(
  response: HttpResponse,
  request: HttpRequest,
  application: TransportApplication,
  faults: Faults,
): void {
  const head = readHead(response, request);
  void new HttpExchange(response, faults).run(head, application);
}

/** The native request is gone once its handler returns, so all of it is read at once. */
function readHead(response: HttpResponse, request: HttpRequest): RequestHead {
  const headers: [string, string][] = [];
  request.forEach((name, value) => headers.push([name, value]));
  const query = queryOf(request);
  return {
    method: request.getCaseSensitiveMethod(),
    host: request.getHeader('host'),
    target: query === '' ? request.getUrl() : `${request.getUrl()}?${query}`,
    headers,
    remoteAddress: remoteAddressOf(response),
  };
}

/** One request and its answer. A native response throws when it is used after its end, so the reference is dropped then. */
class HttpExchange {
  readonly #abort = new AbortController();
  readonly #faults: Faults;
  #response: HttpResponse | null;
  #body: ReadableStreamDefaultController<Uint8Array> | null = null;
  #isPaused = false;

  constructor(response: HttpResponse, faults: Faults) {
    this.#response = response;
    this.#faults = faults;
    response.onAborted(() => {
      this.#response = null;
      this.#dropBody('The client went away');
      this.#abort.abort();
    });
  }

  /** Never rejects. */
  async run(head: RequestHead, application: TransportApplication): Promise<void> {
    const request = this.#request(head);
    const answer = await this.#answer(async () =>
      request === null ? malformedRequest() : await application.http(request, head.remoteAddress),
    );
    this.#write(answer, head.method === 'HEAD');
  }

  async #answer(answering: () => Promise<Response>): Promise<WholeAnswer> {
    try {
      return await gather(await answering());
    } catch (error) {
      // A client that goes away is no fault of the handler.
      if (!this.#abort.signal.aborted) this.#faults.report(error);
      return gather(internalError());
    }
  }

  #request({ method, host, target, headers }: RequestHead): Request | null {
    if (!HOST.test(host)) return null;
    const signal = this.#abort.signal;
    try {
      if (method === 'GET' || method === 'HEAD') {
        return new Request(`http://${host}${target}`, { method, headers, signal });
      }
      const body = this.#bodyStream();
      return new Request(`http://${host}${target}`, { method, headers, signal, body, duplex: 'half' });
    } catch {
      return null;
    }
  }

  #bodyStream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#body = controller;
          this.#response?.onData((chunk, isLast) => this.#receive(chunk, isLast));
        },
        pull: () => this.#resume(),
        cancel: () => {
          this.#body = null;
          this.#resume();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BODY_AHEAD_BYTES }),
    );
  }

  #receive(chunk: ArrayBuffer, isLast: boolean): void {
    const body = this.#body;
    if (body === null) return;
    // The native buffer is taken back after this call.
    if (chunk.byteLength > 0) body.enqueue(new Uint8Array(chunk.slice(0)));
    if (isLast) {
      this.#body = null;
      body.close();
    } else if ((body.desiredSize ?? 0) <= 0) this.#pause();
  }

  #dropBody(reason: string): void {
    this.#body?.error(new Error(reason));
    this.#body = null;
  }

  #pause(): void {
    if (this.#response === null || this.#isPaused) return;
    this.#isPaused = true;
    this.#response.pause();
  }

  #resume(): void {
    if (this.#response === null || !this.#isPaused) return;
    this.#isPaused = false;
    this.#response.resume();
  }

  #write(answer: WholeAnswer, isHead: boolean): void {
    this.#dropBody('The request is answered');
    this.#resume();
    const response = this.#response;
    this.#response = null;
    response?.cork(() => writeAnswer(response, answer, isHead));
  }
}

function writeAnswer(response: HttpResponse, { status, headers, body }: WholeAnswer, isHead: boolean): void {
  response.writeStatus(statusLine(status));
  for (const [name, value] of headers) {
    if (!NATIVE_HEADERS.has(name)) response.writeHeader(name, value);
  }
  if (isHead) {
    // Given to endWithoutBody, the length would leave the native response waiting for that many bytes.
    const length = headers.get('content-length') ?? body?.byteLength.toString();
    if (length !== undefined) response.writeHeader('content-length', length);
    response.endWithoutBody();
  } else if (status === 204 || status === 304) response.endWithoutBody();
  else response.end(body ?? '');
}

async function gather(response: Response): Promise<WholeAnswer> {
  const { status, headers } = response;
  return { status, headers, body: response.body === null ? null : await response.arrayBuffer() };
}
