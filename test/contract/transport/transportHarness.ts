import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Clock } from '../../../server/ports/clock.ts';
import type { Log } from '../../../server/ports/log.ts';
import type {
  Frame,
  ReceivedEvent,
  Socket,
  SocketHandlers,
  SocketIoApplication,
  Transport,
  TransportApplication,
  TransportLimits,
  UpgradeRequest,
} from '../../../server/ports/transport.ts';
import { RecordedLog } from '../../support/recordedLog.ts';

/** Makes a transport; every contract is a function of it. */
export type CreateTransport = (
  limits: TransportLimits,
  log?: Log,
  clock?: Clock,
) => Promise<Transport> | Transport;

/** A message with that text. */
export function frame(text: string): Frame {
  return { text, name: 'said', values: [text] };
}

/** Somebody who has come to a namespace of Socket.IO. */
export interface Arrival {
  readonly namespace: string;
  readonly request: UpgradeRequest;
  readonly auth: unknown;
}

/** The server's side of one socket: keeps what it was told, and may act when told. */
export class Peer implements SocketHandlers {
  readonly messages: (string | null)[] = [];
  readonly events: ReceivedEvent[] = [];
  readonly closes: number[] = [];
  pongs = 0;
  onOpened: (socket: Socket) => void = (socket) => socket.admitted();
  onReceived: (text: string | null) => void = () => undefined;
  onEvent: (event: ReceivedEvent) => void = () => undefined;
  onPong: () => void = () => undefined;
  onClosed: () => void = () => undefined;
  #socket: Socket | null = null;

  get socket(): Socket {
    if (this.#socket === null) throw new Error('The socket has not opened');
    return this.#socket;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    this.onOpened(socket);
  }

  received(text: string | null): void {
    this.messages.push(text);
    this.onReceived(text);
  }

  receivedEvent(event: ReceivedEvent): void {
    this.events.push(event);
    this.onEvent(event);
  }

  pong(): void {
    this.pongs += 1;
    this.onPong();
  }

  closed(code: number): void {
    this.closes.push(code);
    this.onClosed();
  }
}

/** A well-behaved client that keeps what it was sent. */
export class Client {
  readonly socket: WebSocket;
  readonly messages: string[] = [];
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (message: Buffer) => this.messages.push(message.toString()));
    this.ended = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    // Every error is followed by `close`; `ended` tells.
    socket.on('error', () => undefined);
  }

  send(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** Resolves with the messages once there are `count`; rejects when the socket ends before. */
  async receive(count: number): Promise<string[]> {
    while (this.messages.length < count) {
      const end = await Promise.race([once(this.socket, 'message').then(() => null), this.ended]);
      if (end !== null) throw new Error(`Closed with ${end.code} after ${this.messages.length} messages`);
    }
    return this.messages;
  }
}

/** What a test may say about its harness; the rest is usual. */
export interface TransportHarnessOptions {
  readonly limits?: Partial<TransportLimits>;
  readonly upgrade?: TransportApplication['upgrade'];
  readonly http?: TransportApplication['http'];
  readonly socketIo?: Partial<SocketIoApplication>;
  readonly host?: string;
  readonly port?: number;
  /** The system's own, unless it is given. */
  readonly clock?: Clock;
}

/** A transport that listens, with an application that lets everybody in and remembers them. */
export class TransportHarness {
  readonly transport: Transport;
  /** What the transport has logged. */
  readonly log: RecordedLog;
  readonly peers: Peer[] = [];
  readonly requests: UpgradeRequest[] = [];
  /** Who has come through Socket.IO: their peers are among the others. */
  readonly arrivals: Arrival[] = [];
  /** Called with every new peer before it opens. */
  prepare: (peer: Peer) => void = () => undefined;
  port = 0;

  constructor(transport: Transport, log: RecordedLog) {
    this.transport = transport;
    this.log = log;
  }

  /** An open socket, seen from both sides. */
  async connect(path = '/', options: ClientOptions = {}): Promise<{ client: Client; peer: Peer }> {
    const client = this.dial(path, options);
    await once(client.socket, 'open');
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('The server knows of no socket');
    return { client, peer };
  }

  /** A client that is still connecting. */
  dial(path = '/', options: ClientOptions = {}): Client {
    return new Client(new WebSocket(`ws://127.0.0.1:${this.port}${path}`, options));
  }

  /** Asks the HTTP side. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }
}

/** The limits of a harness that names none. */
export const HARNESS_LIMITS: TransportLimits = {
  maxFrameBytes: 16 * 1024,
  maxBufferedBytes: 1024 * 1024,
  messageBurst: 20,
  messagesPerSecond: 10,
  pingEveryMs: 25_000,
  idleMs: 60_000,
  identityWaitMs: 10_000,
  requestTimeoutMs: 10_000,
};

/** Two namespaces, one of each kind, for everybody. */
export const SOCKET_IO: SocketIoApplication = {
  namespaces: [
    { name: '/', refusesBy: 'error' },
    { name: '/refusing', refusesBy: 'connect_error' },
  ],
  isOpenToAllOrigins: true,
  turnDown: () => null,
  connect: () => new Peer(),
};

/** Starts a transport that stops when the running test is over. */
export async function startTransport(
  create: CreateTransport,
  options: TransportHarnessOptions = {},
): Promise<TransportHarness> {
  const log = new RecordedLog();
  const transport = await create({ ...HARNESS_LIMITS, ...options.limits }, log, options.clock);
  onTestFinished(() => transport.close());
  const harness = new TransportHarness(transport, log);
  const newPeer = () => {
    const peer = new Peer();
    harness.prepare(peer);
    harness.peers.push(peer);
    return peer;
  };
  const letIn: TransportApplication['upgrade'] = (request) => {
    harness.requests.push(request);
    return { accept: true, handlers: newPeer() };
  };
  harness.port = await transport.listen(options.host ?? '127.0.0.1', options.port ?? 0, {
    upgrade: options.upgrade ?? letIn,
    http: options.http ?? (() => Promise.resolve(new Response('not found', { status: 404 }))),
    socketIo: {
      ...SOCKET_IO,
      connect: (namespace, request, auth) => {
        harness.arrivals.push({ namespace, request, auth });
        return newPeer();
      },
      ...options.socketIo,
    },
  });
  return harness;
}
