import type { CodedError } from './errors.ts';

/** The request that wants to become a socket. All of it is read before anything waits. */
export interface UpgradeRequest {
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** A header's value by its lower-case name; empty when it is absent. */
  header(name: string): string;
  readonly remoteAddress: string;
}

/** The HTTP answer that turns a request down. */
export interface TurnedDown {
  readonly accept: false;
  readonly status: number;
  readonly detail: string;
}

/** What to do with it: the handlers of the socket to be, or the HTTP answer that turns it down. */
export type UpgradeAnswer =
  { readonly accept: true; readonly handlers: SocketHandlers; readonly subprotocol?: string } | TurnedDown;

/** A message for clients as each kind of socket carries it; made once, however many get it. */
export interface Frame {
  /** The whole message, for raw sockets. */
  readonly text: string;
  /** The event's name and what it is emitted with, for Socket.IO. */
  readonly name: string;
  readonly values: readonly unknown[];
}

/** What a client that asked for an acknowledgement is told: also what came of its message, such as the `seq` of an event. */
export type Acknowledgement =
  | (Readonly<Record<string, unknown>> & { readonly ok: true })
  | { readonly ok: false; readonly error: string; readonly code: string };

/** One named event of a Socket.IO client, with what its transport knows of the packet that carried it. */
export interface ReceivedEvent {
  readonly name: string;
  /** The first argument; `undefined` where there is none, and where `isTooDeep`. */
  readonly payload: unknown;
  /** The size of the packet, attachments included. */
  readonly sizeBytes: number;
  /** It nests deeper than payloads may: nothing has looked into it. */
  readonly isTooDeep: boolean;
  /** `null` unless the client asked to be told of the outcome. */
  readonly acknowledge: ((answer: Acknowledgement) => void) | null;
}

/**
 * One open socket. Every method does nothing once the socket is closing, and none throws. `send` keeps the
 * order of calls, also against `publish` to a topic that this socket is subscribed to.
 */
export interface Socket {
  /** Gives the size of what was handed over, in bytes or in characters; 0 where nothing was. */
  send(frame: Frame): number;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /**
   * How many bytes wait to be sent to this peer; 0 once the socket is over. Sockets of Socket.IO that share a connection
   * each count all of it.
   */
  bufferedBytes(): number;
  /** Asks the peer for a sign of life. */
  ping(): void;
  /** The client is let in. Until then a socket that can be refused keeps what is sent to it. Called at most once. */
  admitted(): void;
  /**
   * Sends what is buffered, then a close frame; the reason has at most 123 bytes. A socket that can be refused and
   * was not admitted yet is refused with the cause instead, where there is one.
   */
  close(code: number, reason: string, cause?: CodedError): void;
  /** Cuts the connection without a close frame: for a peer that is gone. */
  terminate(): void;
}

/**
 * The server's side of one socket. `closed` is called exactly once, after everything else, and never from within a
 * method of the socket. What a method throws is logged and closes the socket with 1011: no other connection notices.
 */
export interface SocketHandlers {
  opened(socket: Socket): void;
  /** One whole message of a raw socket; `null` for a binary one. */
  received(text: string | null): void;
  receivedEvent(event: ReceivedEvent): void;
  /** The peer answered a ping. */
  pong(): void;
  /**
   * The code of the side that closed first; 1005 when the peer gave none, 1006 when it went without a word, 1009 when
   * it was cut because its message was too big.
   */
  closed(code: number): void;
}

/** How a namespace tells a client that it is not let in, which its protocol's document decides. */
export type WayOfRefusing =
  /** It connects, gets an `error` event, and is disconnected. */
  | 'error'
  /** It does not connect: its `connect_error` has the message, and the code in its `data`. */
  | 'connect_error';

/** A namespace of Socket.IO; its name begins with a slash. */
export interface SocketIoNamespace {
  readonly name: string;
  readonly refusesBy: WayOfRefusing;
}

/** What Socket.IO clients are served. What a method throws is logged; the client it was called for is turned away. */
export interface SocketIoApplication {
  readonly namespaces: readonly SocketIoNamespace[];
  /** Whether pages of every origin may connect. */
  readonly isOpenToAllOrigins: boolean;
  /** Asked for each new connection, before it is known which namespaces it is for; `null`: it may be opened. */
  turnDown(request: UpgradeRequest): TurnedDown | null;
  /**
   * A client connects to that namespace; `auth` is what it sends as its handshake, unchecked, and `socketId` the id that it
   * knows its socket by.
   */
  connect(namespace: string, request: UpgradeRequest, auth: unknown, socketId: string): SocketHandlers;
}

/** What a transport asks of the rest of the server. */
export interface TransportApplication {
  /**
   * Synchronous, so that no request is held open before it is known whose it is. What it throws is logged and answered
   * 500.
   */
  upgrade(request: UpgradeRequest): UpgradeAnswer;
  /**
   * The answer may be gathered before it is sent, so its body ends by itself. A rejection is logged and answered 500.
   */
  http(request: Request, remoteAddress: string): Promise<Response>;
  readonly socketIo: SocketIoApplication;
}

/** Bounds that a transport keeps; 0 switches one off. */
export interface TransportLimits {
  /** A larger message closes its socket with 1009. At most twice as much of an unfinished message is held. */
  readonly maxFrameBytes: number;
  /** A socket that has more than this waiting to be sent is closed: it reconnects and gets a snapshot. */
  readonly maxBufferedBytes: number;
  /** How many packets other than events a Socket.IO client may send at once, and for long; one more cuts it off. */
  readonly messageBurst: number;
  readonly messagesPerSecond: number;
  /** How often Socket.IO pings its clients; `ping` pings every socket out of turn. */
  readonly pingEveryMs: number;
  /**
   * A Socket.IO client that has been silent that long is gone. On `ws` a message that is not finished that long after
   * its first fragment closes its socket with 4408.
   */
  readonly idleMs: number;
  /** A Socket.IO connection that has joined no namespace by then is closed. */
  readonly identityWaitMs: number;
  /** An HTTP request that is not there as a whole by then ends; uWebSockets.js has ten seconds of its own. */
  readonly requestTimeoutMs: number;
}

/**
 * Raw sockets, Socket.IO under `/socket.io/`, and HTTP on one port. A message published to a topic reaches every socket
 * subscribed to it, in the order of publishing, or that socket is closed: none is skipped on an open socket. An HTTP
 * request of ambiguous length ends its connection before the application hears of it.
 */
export interface Transport {
  readonly name: 'uws' | 'ws';
  /**
   * Resolves with the port that is listened on (`port` 0: a free one), once it answers. A port that another process
   * listens on is waited for, for five seconds. Rejects with `EngineUnavailable` when it stays taken, cannot be listened
   * on, or does not answer. Called once.
   */
  listen(host: string, port: number, application: TransportApplication): Promise<number>;
  /** Gives the number of bytes that were handed to sockets: the frame's size times its receivers. */
  publish(topic: string, frame: Frame): number;
  /** New connections are turned away from now on; open sockets stay. */
  stopListening(): void;
  /** Cuts what is still open. */
  close(): Promise<void>;
}
