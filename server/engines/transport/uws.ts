import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket as ListenSocket,
  us_socket_context_t as SocketContext,
  WebSocketBehavior,
} from 'uWebSockets.js';
import uWS from 'uWebSockets.js';
import type { Frame, Transport, TransportApplication, TransportLimits } from '../../ports/transport.ts';
import { CLOSING, MALFORMED_HANDSHAKE } from './answers.ts';
import { cannotListen, hasListener, whyNotListen } from './listening.ts';
import { UwsSocketIo } from './socketIoUws.ts';
import { NATIVE_MAX, unwatched } from './uwsBehavior.ts';
import { serveHttp } from './uwsHttp.ts';
import { isWebSocketHandshake, readUpgrade, turnDown } from './uwsRequest.ts';
import { type SocketData, UwsSocket } from './uwsSocket.ts';

/** Beyond this many times the frame limit a message is cut off instead of being answered with 1009. */
const CUT_OFF_FACTOR = 64;

/** What the native app can do and its type leaves out. */
type NativeApp = TemplatedApp & {
  listen(host: string, port: number, tell: (socket: ListenSocket | false) => void): void;
  close(): void;
};

/**
 * Sockets and HTTP on uWebSockets.js: the loop over a topic's sockets runs in native code. A message over
 * `maxFrameBytes` closes with 1009, one over 64 times that is cut off. Its HTTP is 1.1 only; a request with more
 * than 50 headers, or a head over 4 KiB that arrives in pieces, is cut off without an answer.
 */
export function createUwsTransport(limits: TransportLimits): Transport {
  return new UwsTransport(limits);
}

class UwsTransport implements Transport {
  readonly name = 'uws';
  readonly #app = uWS.App() as NativeApp;
  readonly #limits: TransportLimits;
  #socketIo: UwsSocketIo | null = null;
  #listening: ListenSocket | null = null;
  /** Between listening and closing; outside of it the native app crashes the process when it publishes. */
  #isServing = false;
  #isStopping = false;

  constructor(limits: TransportLimits) {
    this.#limits = limits;
  }

  async listen(host: string, port: number, application: TransportApplication): Promise<number> {
    this.#socketIo = new UwsSocketIo(this.#app, application.socketIo, this.#limits);
    this.#app.ws<SocketData>('/*', this.#behavior(application));
    this.#app.any('/*', (response, request) => {
      const isUpgrade = request.getHeader('upgrade').toLowerCase() === 'websocket';
      if (isUpgrade) turnDown(response, MALFORMED_HANDSHAKE);
      else serveHttp(response, request, application);
    });
    // The native server shares a port with its like, and its option against that also refuses a port that is
    // merely waiting out the connections it had: so somebody who answers is looked for first.
    if (await hasListener(host, port)) throw cannotListen(host, port, 'the address is already in use');
    const listening = await new Promise<ListenSocket | false>((resolve) => {
      this.#app.listen(host, port, resolve);
    });
    if (listening === false) throw cannotListen(host, port, await whyNotListen(host, port));
    this.#listening = listening;
    this.#isServing = true;
    return uWS.us_socket_local_port(listening);
  }

  publish(topic: string, frame: Frame): number {
    if (!this.#isServing) return 0;
    const receivers = this.#app.numSubscribers(topic);
    if (receivers > 0) this.#app.publish(topic, frame.text.toWellFormed());
    const bytes = receivers > 0 ? receivers * frame.text.length : 0;
    return bytes + (this.#socketIo?.publish(topic, frame) ?? 0);
  }

  stopListening(): void {
    this.#isStopping = true;
    this.#socketIo?.stop();
    if (this.#listening === null) return;
    uWS.us_listen_socket_close(this.#listening);
    this.#listening = null;
  }

  async close(): Promise<void> {
    this.stopListening();
    this.#isServing = false;
    await this.#socketIo?.close();
    this.#app.close();
  }

  #behavior(application: TransportApplication): WebSocketBehavior<SocketData> {
    const { maxFrameBytes, maxBufferedBytes } = this.#limits;
    return {
      ...unwatched(maxBufferedBytes),
      maxPayloadLength: maxFrameBytes > 0 ? Math.min(CUT_OFF_FACTOR * maxFrameBytes, NATIVE_MAX) : NATIVE_MAX,
      upgrade: (response, request, context) => this.#upgrade(response, request, context, application),
      open: (native) => native.getUserData().socket.opened(native),
      message: (native, message, isBinary) => native.getUserData().socket.received(message, isBinary),
      pong: (native) => native.getUserData().socket.pong(),
      close: (native, code) => native.getUserData().socket.closed(code),
    };
  }

  #upgrade(
    response: HttpResponse,
    request: HttpRequest,
    context: SocketContext,
    application: TransportApplication,
  ): void {
    const handshake = readUpgrade(response, request);
    if (this.#isStopping) return turnDown(response, CLOSING);
    if (!isWebSocketHandshake(handshake)) return turnDown(response, MALFORMED_HANDSHAKE);
    const answer = application.upgrade(handshake);
    if (!answer.accept) return turnDown(response, answer);
    response.upgrade<SocketData>(
      { socket: new UwsSocket(answer.handlers, this.#limits.maxFrameBytes) },
      handshake.header('sec-websocket-key'),
      answer.subprotocol ?? '',
      '',
      context,
    );
  }
}
