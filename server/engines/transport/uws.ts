import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket as ListenSocket,
  us_socket_context_t as SocketContext,
  WebSocketBehavior,
} from 'uWebSockets.js';
import uWS from 'uWebSockets.js';
import type { Frame, Transport, TransportApplication, UpgradeAnswer } from '../../ports/transport.ts';
import { CLOSING, FAULTY, MALFORMED_HANDSHAKE } from './answers.ts';
import type { TransportContext } from './context.ts';
import { type Attempt, cannotListen, isTaken, listenOnceFree, messageOf, whyNotListen } from './listening.ts';
import { UwsSocketIo } from './socketIoUws.ts';
import { NATIVE_MAX, nativeSocketOptions } from './uwsBehavior.ts';
import { serveHttp } from './uwsHttp.ts';
import { isWebSocketHandshake, readUpgrade, turnDown } from './uwsRequest.ts';
import { refuseMalformed } from './uwsRequestCheck.ts';
import { type SocketData, UwsSocket } from './uwsSocket.ts';

/** Beyond this many times the frame limit a message is cut off instead of being answered with 1009. */
const CUT_OFF_FACTOR = 2;

/** What the native app can do and its type leaves out. */
type NativeApp = TemplatedApp & {
  listen(host: string, port: number, tell: (socket: ListenSocket | false) => void): void;
  close(): void;
};

/**
 * Sockets and HTTP on uWebSockets.js: the loop over a topic's sockets runs in native code. A message over
 * `maxFrameBytes` closes with 1009; one over twice that is cut off (1006 for its client), also while it is unfinished.
 * Nothing shows how long a message has been unfinished: it may stay so for ever, and takes at most twice the frame
 * limit of memory. HTTP is 1.1 only; a request that its parser does not take (a head with more than 50 headers, or over
 * 4 KiB and in pieces; a malformed chunk; both `Content-Length` and `Transfer-Encoding`) is cut off without an answer,
 * within ten seconds.
 */
export function createUwsTransport(context: TransportContext): Transport {
  return new UwsTransport(context);
}

class UwsTransport implements Transport {
  readonly name = 'uws';
  readonly #app = uWS.App() as NativeApp;
  readonly #context: TransportContext;
  #socketIo: UwsSocketIo | null = null;
  #listening: ListenSocket | null = null;
  /** Between listening and closing; outside of it the native app crashes the process when it publishes. */
  #isServing = false;
  #isStopping = false;

  constructor(context: TransportContext) {
    this.#context = context;
  }

  async listen(host: string, port: number, application: TransportApplication): Promise<number> {
    this.#socketIo = new UwsSocketIo(this.#app, application.socketIo, this.#context);
    this.#app.ws<SocketData>('/*', this.#behavior(application));
    this.#app.any('/*', (response, request) => {
      if (refuseMalformed(response, request)) return;
      const isUpgrade = request.getHeader('upgrade').toLowerCase() === 'websocket';
      if (isUpgrade) turnDown(response, MALFORMED_HANDSHAKE);
      else serveHttp(response, request, application, this.#context.faults);
    });
    try {
      return await listenOnceFree(host, port, () => this.#tryToListen(host, port), this.#context);
    } catch (error) {
      this.stopListening();
      throw error;
    }
  }

  publish(topic: string, frame: Frame): number {
    if (!this.#isServing) return 0;
    let bytes = this.#socketIo?.publish(topic, frame) ?? 0;
    const receivers = this.#app.numSubscribers(topic);
    if (receivers > 0) {
      const text = frame.text.toWellFormed();
      this.#app.publish(topic, text);
      bytes += receivers * Buffer.byteLength(text);
    }
    return bytes;
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

  /**
   * The native server shares a port with its like, and its option against that also refuses a port that is merely
   * waiting out the connections it had: so Node, which does neither, is asked first.
   */
  async #tryToListen(host: string, port: number): Promise<Attempt> {
    const cause = port === 0 ? null : await whyNotListen(host, port);
    if (isTaken(cause)) return 'taken';
    if (cause !== null) throw cannotListen(host, port, messageOf(cause));
    const listening = await new Promise<ListenSocket | false>((resolve) => {
      this.#app.listen(host, port, resolve);
    });
    if (listening !== false) {
      this.#listening = listening;
      this.#isServing = true;
      return { port: uWS.us_socket_local_port(listening) };
    }
    const nativeCause = await whyNotListen(host, port);
    if (isTaken(nativeCause)) return 'taken';
    throw cannotListen(host, port, nativeCause === null ? 'no reason is given' : messageOf(nativeCause));
  }

  #behavior(application: TransportApplication): WebSocketBehavior<SocketData> {
    const { maxFrameBytes, maxBufferedBytes } = this.#context.limits;
    return {
      ...nativeSocketOptions(maxBufferedBytes),
      maxPayloadLength: maxFrameBytes > 0 ? Math.min(CUT_OFF_FACTOR * maxFrameBytes, NATIVE_MAX) : NATIVE_MAX,
      upgrade: (response, request, context) => this.#upgrade(response, request, context, application),
      open: (native) => native.getUserData().socket.opened(native),
      message: (native, message, isBinary) => native.getUserData().socket.received(message, isBinary),
      pong: (native) => native.getUserData().socket.pong(),
      close: (native, code, reason) => native.getUserData().socket.closed(code, reason),
    };
  }

  #upgrade(
    response: HttpResponse,
    request: HttpRequest,
    context: SocketContext,
    application: TransportApplication,
  ): void {
    if (refuseMalformed(response, request)) return;
    const handshake = readUpgrade(response, request);
    if (this.#isStopping) return turnDown(response, CLOSING);
    if (!isWebSocketHandshake(handshake)) return turnDown(response, MALFORMED_HANDSHAKE);
    const { faults, limits } = this.#context;
    const answer = faults.guard<UpgradeAnswer>(
      () => application.upgrade(handshake),
      () => FAULTY,
    );
    if (!answer.accept) return turnDown(response, answer);
    response.upgrade<SocketData>(
      { socket: new UwsSocket(answer.handlers, faults, limits.maxFrameBytes) },
      handshake.header('sec-websocket-key'),
      answer.subprotocol ?? '',
      '',
      context,
    );
  }
}
