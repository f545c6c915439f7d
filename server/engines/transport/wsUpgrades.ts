import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket as NativeSocket, WebSocketServer } from 'ws';
import type { TransportApplication, UpgradeAnswer, UpgradeRequest } from '../../ports/transport.ts';
import { canonicalAddress } from './address.ts';
import {
  CLOSING,
  detailJson,
  FAULTY,
  MALFORMED_HANDSHAKE,
  type Refusal,
  refusalHeaders,
  statusLine,
} from './answers.ts';
import type { TransportContext } from './context.ts';
import type { Topics } from './topics.ts';
import { MessageDeadline, partLimits } from './wsMessages.ts';
import { WsSocket } from './wsSocket.ts';

/** What the types of `ws` do not know yet: a peer that does not answer a close frame is cut off after this time. */
export const CLOSE_TIMEOUT: object = { closeTimeout: 5_000 };

type Acceptance = Extract<UpgradeAnswer, { readonly accept: true }>;

/** Makes sockets of the requests that want to become one. */
export class WsUpgrades {
  readonly #application: TransportApplication;
  readonly #context: TransportContext;
  readonly #topics: Topics<WsSocket>;
  readonly #native: WebSocketServer;
  readonly #accepted = new WeakMap<IncomingMessage, Acceptance>();
  readonly #sockets = new WeakMap<NativeSocket, WsSocket>();
  readonly #deadline: MessageDeadline;
  #isClosing = false;

  constructor(application: TransportApplication, context: TransportContext, topics: Topics<WsSocket>) {
    const { maxFrameBytes } = context.limits;
    this.#application = application;
    this.#context = context;
    this.#topics = topics;
    const options: ServerOptions = {
      ...CLOSE_TIMEOUT,
      ...partLimits(maxFrameBytes),
      noServer: true,
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      // Asked once the handshake is known to be sound, so that every connection that is accepted also opens.
      verifyClient: ({ req }, decide) => this.#decide(req, decide),
      handleProtocols: (_offered, request) => this.#accepted.get(request)?.subprotocol ?? false,
    };
    this.#native = new WebSocketServer(options);
    this.#native.on('wsClientError', (_error, socket) => turnDown(socket, MALFORMED_HANDSHAKE));
    this.#deadline = new MessageDeadline(
      context,
      () => this.#native.clients,
      (native, code, reason) => this.#sockets.get(native)?.close(code, reason),
    );
    this.#deadline.start();
  }

  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    this.#native.handleUpgrade(request, socket, head, (native) => {
      const handlers = this.#accepted.get(request)?.handlers;
      if (handlers === undefined) return native.terminate();
      const opened = new WsSocket(native, handlers, this.#topics, this.#context);
      this.#sockets.set(native, opened);
      opened.open();
    });
  }

  /** Refuses connections from now on. */
  stop(): void {
    this.#isClosing = true;
  }

  /** Cuts every socket; resolves when their handlers know. */
  async close(): Promise<void> {
    this.#deadline.stop();
    for (const native of this.#native.clients) native.terminate();
    await new Promise<void>((resolve) => this.#native.close(() => resolve()));
  }

  #decide(
    request: IncomingMessage,
    decide: (accept: boolean, status?: number, body?: string, headers?: Record<string, string>) => void,
  ): void {
    const answer = this.#isClosing ? CLOSING : this.#answer(request);
    if (answer.accept) {
      this.#accepted.set(request, answer);
      decide(true);
    } else decide(false, answer.status, detailJson(answer.detail), refusalHeaders(answer));
  }

  #answer(request: IncomingMessage): UpgradeAnswer {
    return this.#context.faults.guard<UpgradeAnswer>(
      () => this.#application.upgrade(readUpgrade(request)),
      () => FAULTY,
    );
  }
}

/** Reads the request that wants to become a socket. */
export function readUpgrade({ url = '', headers, socket }: IncomingMessage): UpgradeRequest {
  const [path = '', query] = url.split(/\?(.*)/s);
  return {
    path,
    query: new URLSearchParams(query),
    header: (name) => headers[name]?.toString() ?? '',
    remoteAddress: canonicalAddress(socket.remoteAddress ?? ''),
  };
}

/** Answers an upgrade in HTTP and ends its connection. */
export function turnDown(socket: Duplex, refusal: Refusal): void {
  const body = detailJson(refusal.detail);
  const headers = {
    ...refusalHeaders(refusal),
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.once('finish', () => socket.destroy());
  socket.end([`HTTP/1.1 ${statusLine(refusal.status)}`, ...lines, '', body].join('\r\n'));
}
