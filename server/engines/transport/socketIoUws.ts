import type { Namespace, Server, Socket as NativeSocket } from 'socket.io';
import type { HttpRequest, HttpResponse, TemplatedApp, WebSocket, WebSocketBehavior } from 'uWebSockets.js';
import type { Frame, SocketIoApplication, UpgradeRequest } from '../../ports/transport.ts';
import { MALFORMED_HANDSHAKE } from './answers.ts';
import type { TransportContext } from './context.ts';
import { SocketIo } from './socketIo.ts';
import { ownRooms, packetOf, type SocketIoRooms } from './socketIoRooms.ts';
import { nativeSocketOptions, unsubscribe } from './uwsBehavior.ts';
import { isWebSocketHandshake, readUpgrade, turnDown } from './uwsRequest.ts';
import { refuseMalformed } from './uwsRequestCheck.ts';

/** What Socket.IO hangs on a native socket. */
interface EngineData {
  readonly transport: object;
}

type NativeWebSocket = WebSocket<EngineData>;
type HttpHandler = (response: HttpResponse, request: HttpRequest) => void;
/** What Socket.IO gives an app for its WebSockets. */
type EngineBehavior = Required<
  Pick<WebSocketBehavior<EngineData>, 'upgrade' | 'open' | 'message' | 'close'>
> &
  WebSocketBehavior<EngineData>;

/** Socket.IO on uWebSockets.js: the loop over a topic's WebSockets runs in native code. */
export class UwsSocketIo {
  readonly #app: TemplatedApp;
  readonly #context: TransportContext;
  readonly #rooms: NativeRooms;
  readonly #socketIo: SocketIo;

  /** Adds its routes to the app. */
  constructor(app: TemplatedApp, application: SocketIoApplication, context: TransportContext) {
    this.#app = app;
    this.#context = context;
    this.#rooms = new NativeRooms(app);
    this.#socketIo = new SocketIo(application, context, this.#rooms);
    attachUnpatched(this.#socketIo.server, this.#routes());
    this.#socketIo.attached();
  }

  publish(topic: string, frame: Frame): number {
    return this.#socketIo.publish(topic, frame);
  }

  stop(): void {
    this.#socketIo.stop();
  }

  close(): Promise<void> {
    return this.#socketIo.close();
  }

  /** What Socket.IO takes for the app: every request is looked at first, every WebSocket is bounded. */
  #routes(): object {
    const routes = {
      get: (path: string, handler: HttpHandler) => {
        this.#app.get(path, (response, request) => {
          if (!refuseMalformed(response, request)) this.#handle(response, () => handler(response, request));
        });
      },
      any: (path: string, handler: HttpHandler) => {
        this.#app.any(path, (response, request) => {
          if (refuseMalformed(response, request)) return;
          const read = readUpgrade(response, request);
          if (!this.#mayPass(response, request, read, false)) return;
          this.#handle(response, () => handler(response, request));
        });
        return routes;
      },
      ws: (path: string, behavior: EngineBehavior) => this.#app.ws(path, this.#bounded(behavior)),
    };
    return routes;
  }

  #mayPass(
    response: HttpResponse,
    native: HttpRequest,
    request: UpgradeRequest,
    isUpgrade: boolean,
  ): boolean {
    const method = native.getMethod();
    const refusal = this.#socketIo.turnDown(native, { request, method, isUpgrade });
    if (refusal !== null) turnDown(response, refusal);
    return refusal === null;
  }

  /** Has Socket.IO handle a request; a fault is logged and cuts its connection. */
  #handle(response: HttpResponse, run: () => unknown): void {
    this.#context.faults.contain(run, () => response.close());
  }

  /** Runs; a fault is logged and cuts the connection. */
  #guard(native: NativeWebSocket, run: () => unknown): void {
    this.#context.faults.contain(run, () => native.close());
  }

  #bounded(behavior: EngineBehavior): WebSocketBehavior<EngineData> {
    return {
      ...behavior,
      ...nativeSocketOptions(this.#context.limits.maxBufferedBytes),
      upgrade: (response, request, context) => {
        if (refuseMalformed(response, request)) return;
        const read = readUpgrade(response, request);
        if (!isWebSocketHandshake(read)) turnDown(response, MALFORMED_HANDSHAKE);
        else if (this.#mayPass(response, request, read, true)) {
          this.#handle(response, () => behavior.upgrade(response, request, context));
        }
      },
      open: (native) => {
        this.#rooms.opened(native);
        this.#guard(native, () => behavior.open(native));
      },
      message: (native, message, isBinary) => {
        this.#guard(native, () => behavior.message(native, message, isBinary));
      },
      close: (native, code, message) => {
        this.#rooms.closed(native);
        this.#context.faults.contain(() => behavior.close(native, code, message));
      },
    };
  }
}

/**
 * Attaches Socket.IO to an app without what it does to the adapters of every server in the process, whose rooms
 * would end up in this app.
 */
function attachUnpatched(server: Server, app: object): void {
  const adapters = Object.getPrototypeOf(server.of('/').adapter) as object;
  const asTheyAre = Object.getOwnPropertyDescriptors(adapters);
  server.attachApp(app);
  Object.defineProperties(adapters, asTheyAre);
}

/** Rooms of which those members who have a WebSocket are native subscribers; only those who poll are in the room. */
class NativeRooms implements SocketIoRooms {
  readonly #app: TemplatedApp;
  /** The open native sockets, by what Socket.IO knows them as. */
  readonly #natives = new WeakMap<object, NativeWebSocket>();

  constructor(app: TemplatedApp) {
    this.#app = app;
  }

  opened(native: NativeWebSocket): void {
    this.#natives.set(native.getUserData().transport, native);
  }

  /** A native socket throws when it is used after its end, so the reference is dropped then. */
  closed(native: NativeWebSocket): void {
    this.#natives.delete(native.getUserData().transport);
  }

  join(socket: NativeSocket, topic: string): void {
    const native = this.#natives.get(socket.conn.transport);
    if (native === undefined) return ownRooms.join(socket, topic);
    ownRooms.leave(socket, topic);
    native.subscribe(nativeTopic(socket.nsp, topic));
  }

  leave(socket: NativeSocket, topic: string): void {
    ownRooms.leave(socket, topic);
    const native = this.#natives.get(socket.conn.transport);
    if (native !== undefined) unsubscribe(native, nativeTopic(socket.nsp, topic));
  }

  publish(namespace: Namespace, topic: string, frame: Frame): number {
    const native = nativeTopic(namespace, topic);
    const receivers = this.#app.numSubscribers(native);
    let bytes = ownRooms.publish(namespace, topic, frame);
    if (receivers > 0) {
      const packet = packetOf(namespace, frame);
      this.#app.publish(native, packet);
      bytes += receivers * Buffer.byteLength(packet);
    }
    return bytes;
  }

  nativeBufferedBytes({ conn }: NativeSocket): number {
    return this.#natives.get(conn.transport)?.getBufferedAmount() ?? 0;
  }
}

/** Native topics are the app's, and raw sockets have theirs there too. */
function nativeTopic({ name }: Namespace, topic: string): string {
  return `socket.io ${name} ${topic}`;
}
