/** The request that wants to become a socket. All of it is read before anything waits. */
export interface UpgradeRequest {
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** A header's value by its lower-case name; empty when it is absent. */
  header(name: string): string;
  readonly remoteAddress: string;
}

/** What to do with it: the handlers of the socket to be, or the HTTP answer that turns it down. */
export type UpgradeAnswer =
  | { readonly accept: true; readonly handlers: SocketHandlers; readonly subprotocol?: string }
  | { readonly accept: false; readonly status: number; readonly detail: string };

/** A message for clients as each kind of socket carries it; made once, however many get it. */
export interface Frame {
  /** The whole message, for raw sockets. */
  readonly text: string;
  /** The event's name and what it is emitted with, for Socket.IO. */
  readonly name: string;
  readonly values: readonly unknown[];
}

/** What a client that asked for an acknowledgement is told: `seq` where a ledger event came of its message. */
export type Acknowledgement =
  | { readonly ok: true; readonly seq?: number }
  | { readonly ok: false; readonly error: string; readonly code: string };

/**
 * One open socket. Every method does nothing once the socket is closing, and none throws. `send` keeps the
 * order of calls, also against `publish` to a topic that this socket is subscribed to.
 */
export interface Socket {
  send(frame: Frame): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  ping(): void;
  /** Sends what is buffered, then a close frame; the reason has at most 123 bytes. */
  close(code: number, reason: string): void;
  /** Cuts the connection without a close frame: for a peer that is gone. */
  terminate(): void;
}

/**
 * The server's side of one socket; none of its methods throws. `closed` is called exactly once, after everything
 * else, and never from within a method of the socket.
 */
export interface SocketHandlers {
  opened(socket: Socket): void;
  /** One whole message of a raw socket; `null` for a binary one. */
  received(text: string | null): void;
  /** One named event of a Socket.IO client; `acknowledge` is `null` unless it asked to be told of the outcome. */
  receivedEvent(
    name: string,
    payload: unknown,
    acknowledge: ((answer: Acknowledgement) => void) | null,
  ): void;
  /** The peer answered a ping. */
  pong(): void;
  /** The code of whoever closed first; 1005 when the peer gave none, 1006 when it went without a word. */
  closed(code: number): void;
}

/** What a transport asks of the rest of the server. */
export interface TransportApplication {
  /** Synchronous, so that no request is held open before it is known whose it is; does not throw. */
  upgrade(request: UpgradeRequest): UpgradeAnswer;
  /**
   * The answer may be gathered before it is sent, so its body ends by itself. A rejection is answered 500; its
   * cause goes unheard.
   */
  http(request: Request, remoteAddress: string): Promise<Response>;
}

/** Bounds that a transport keeps; 0 switches one off. */
export interface TransportLimits {
  /** A larger message closes its socket with 1009. */
  readonly maxFrameBytes: number;
  /** A socket that has more than this waiting to be sent is closed: it reconnects and gets a snapshot. */
  readonly maxBufferedBytes: number;
}

/**
 * Sockets and HTTP on one port. A message published to a topic reaches every socket subscribed to it, in the
 * order of publishing, or that socket is closed: none is skipped on an open socket.
 */
export interface Transport {
  readonly name: 'uws' | 'ws';
  /**
   * Resolves with the port that is listened on (`port` 0: a free one); rejects with `EngineUnavailable`
   * when it is taken. Called once.
   */
  listen(host: string, port: number, application: TransportApplication): Promise<number>;
  publish(topic: string, frame: Frame): void;
  /** New connections are turned away from now on; open sockets stay. */
  stopListening(): void;
  /** Cuts what is still open. */
  close(): Promise<void>;
}
