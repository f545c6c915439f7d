import { type Namespace, Server, type ServerOptions, type Socket as NativeSocket } from 'socket.io';
import * as parser from 'socket.io-parser';
import type {
  Frame,
  SocketIoApplication,
  SocketIoNamespace,
  TurnedDown,
  UpgradeRequest,
} from '../../ports/transport.ts';
import { CLOSING, FAULTY } from './answers.ts';
import type { TransportContext } from './context.ts';
import { type NativeConnection, SocketIoConnection } from './socketIoConnection.ts';
import { MeasuringDecoder } from './socketIoDecoder.ts';
import type { SocketIoRooms } from './socketIoRooms.ts';
import { type Decide, SocketIoSocket } from './socketIoSocket.ts';
import { Topics } from './topics.ts';

/** Where its clients look for it. */
export const SOCKET_IO_PATH = '/socket.io/';

/** Native bounds are 32-bit numbers. */
const NATIVE_MAX = 2 ** 31 - 1;

/** What switches a heartbeat off that has no switch; both sides must be able to wait for twice as long. */
const NEVER_MS = 24 * 60 * 60 * 1_000;

/** A client has at least that long to answer a ping. */
const SHORTEST_PONG_MS = 1_000;

/** A namespace, and who is still connecting to it. */
interface Place {
  readonly namespace: Namespace;
  readonly lobby: Topics<SocketIoSocket>;
}

/** A request to Socket.IO. */
export interface SocketIoRequest {
  readonly request: UpgradeRequest;
  readonly method: string;
  /** Whether it wants to become a WebSocket. */
  readonly isUpgrade: boolean;
}

const WRONG_CARRIER: TurnedDown = { accept: false, status: 400, detail: 'Not a WebSocket transport' };

/**
 * Socket.IO next to the raw sockets of a transport, which attaches `server` to itself, shows every request to
 * `turnDown` first, and publishes to both.
 */
export class SocketIo {
  readonly server: Server;
  readonly #application: SocketIoApplication;
  readonly #rooms: SocketIoRooms;
  readonly #context: TransportContext;
  readonly #places: readonly Place[];
  /** What is known of a connection, by the request that it was opened with. */
  readonly #requests = new WeakMap<object, UpgradeRequest>();
  readonly #connections = new WeakMap<NativeConnection, SocketIoConnection>();
  #isStopping = false;

  constructor(
    application: SocketIoApplication,
    context: TransportContext,
    rooms: SocketIoRooms,
    options: Partial<ServerOptions> = {},
  ) {
    this.#application = application;
    this.#context = context;
    this.#rooms = rooms;
    this.server = new Server({
      ...optionsOf(application, context),
      // However its address is read: a connection that was not checked is not opened.
      allowRequest: (request, decide) => decide(null, this.#requests.has(request)),
      ...options,
    });
    this.#places = application.namespaces.map((described) => this.#open(described));
  }

  /** Called once `server` is attached: every connection is heard from its first packet on. */
  attached(): void {
    this.server.engine.on('connection', (native: NativeConnection) => {
      this.#connections.set(native, new SocketIoConnection(native, this.#context));
    });
  }

  /** Asked for every request, whose native object opens a connection; `null`: it may pass. */
  turnDown(native: object, { request, method, isUpgrade }: SocketIoRequest): TurnedDown | null {
    // Socket.IO on uWebSockets.js throws where no code of ours can catch it, and ends the process.
    if (isUpgrade && parameter(request, 'transport') !== 'websocket') return WRONG_CARRIER;
    if (parameter(request, 'sid') !== '' || method.toUpperCase() === 'OPTIONS') return null;
    const refusal = this.#isStopping ? CLOSING : this.#ask(request);
    if (refusal === null) this.#requests.set(native, request);
    return refusal;
  }

  publish(topic: string, frame: Frame): number {
    if (this.server.engine.clientsCount === 0) return 0;
    let bytes = 0;
    for (const { namespace, lobby } of this.#places) {
      for (const socket of lobby.subscribers(topic)) socket.send(frame);
      bytes += this.#rooms.publish(namespace, topic, frame);
    }
    return bytes;
  }

  /** Refuses connections from now on. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Closes every connection; resolves when their handlers know. */
  async close(): Promise<void> {
    await this.server.close();
  }

  #ask(request: UpgradeRequest): TurnedDown | null {
    return this.#context.faults.guard<TurnedDown | null>(
      () => this.#application.turnDown(request),
      () => FAULTY,
    );
  }

  #open({ name, refusesBy }: SocketIoNamespace): Place {
    const namespace = this.server.of(name);
    const place = { namespace, lobby: new Topics<SocketIoSocket>() };
    if (refusesBy === 'error') {
      namespace.on('connection', (native) => {
        this.#guard(native, () => this.#socket(place, native, null).open());
      });
      return place;
    }
    const connecting = new WeakMap<NativeSocket, SocketIoSocket>();
    namespace.use((native, decide) => {
      this.#guard(native, () => {
        if (native.conn.readyState !== 'open') return;
        const socket = this.#socket(place, native, decide);
        connecting.set(native, socket);
        socket.open();
      });
      // Gone already: Socket.IO forgets it once it is decided.
      if (!connecting.has(native)) decide();
    });
    namespace.on('connection', (native) => {
      this.#guard(native, () => connecting.get(native)?.connected());
    });
    return place;
  }

  /** Runs; a fault is logged and closes the connection: its client comes back by itself. */
  #guard(native: NativeSocket, run: () => void): void {
    this.#context.faults.contain(run, () => native.conn.close());
  }

  #socket({ namespace, lobby }: Place, native: NativeSocket, decide: Decide | null): SocketIoSocket {
    const { auth } = native.handshake as { readonly auth: unknown };
    const handlers = this.#application.connect(namespace.name, this.#requestOf(native), auth, native.id);
    const connection = this.#connectionOf(native.conn);
    const { faults } = this.#context;
    return new SocketIoSocket(native, handlers, { connection, rooms: this.#rooms, lobby, faults }, decide);
  }

  #requestOf({ request }: NativeSocket): UpgradeRequest {
    const known = this.#requests.get(request);
    if (known === undefined) throw new Error('A connection was opened by a request that was not checked');
    return known;
  }

  #connectionOf(native: NativeConnection): SocketIoConnection {
    const known = this.#connections.get(native);
    if (known === undefined) throw new Error('A socket was opened on a connection that is not known');
    return known;
  }
}

/** A parameter of the query as Socket.IO reads it: the last of its name. */
function parameter({ query }: UpgradeRequest, name: string): string {
  return query.getAll(name).at(-1) ?? '';
}

function optionsOf(application: SocketIoApplication, { limits }: TransportContext): Partial<ServerOptions> {
  const { maxFrameBytes, pingEveryMs, idleMs, identityWaitMs } = limits;
  return {
    path: SOCKET_IO_PATH,
    parser: { ...parser, Decoder: MeasuringDecoder },
    // Pages of an origin that may not connect are turned down before Socket.IO hears of them.
    cors: { origin: application.isOpenToAllOrigins ? '*' : true, methods: ['GET', 'POST'] },
    maxHttpBufferSize: maxFrameBytes > 0 ? maxFrameBytes : NATIVE_MAX,
    pingInterval: pingEveryMs > 0 ? pingEveryMs : NEVER_MS,
    pingTimeout: idleMs > 0 ? Math.max(idleMs - pingEveryMs, SHORTEST_PONG_MS) : NEVER_MS,
    connectTimeout: identityWaitMs > 0 ? identityWaitMs : NEVER_MS,
    // On uWebSockets.js a client that goes away while its answer is being compressed ends the process.
    httpCompression: false,
  };
}
