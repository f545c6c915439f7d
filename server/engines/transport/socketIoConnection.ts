import type { Socket as NativeSocket } from 'socket.io';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import { TokenBucket } from '../../channels/tokenBucket.ts';
import type { TransportContext } from './context.ts';
import { isEvent } from './socketIoDecoder.ts';

/** The connection under the sockets of one client, one socket for each namespace. */
export type NativeConnection = NativeSocket['conn'];

/** The client is gone without a word. */
const ABNORMAL_CLOSURE = 1006;

/** What a socket hears of the connection under it. */
export interface ConnectionListener {
  /** The client has answered a ping. */
  ponged(): void;
  /** The client has gone over from polling to a WebSocket. */
  upgraded(): void;
  /** The connection is gone. */
  gone(code: number): void;
}

/** What Engine.IO pings with itself; its types keep it private. */
interface PingingConnection {
  sendPacket(type: 'ping'): void;
}

/** A packet of Engine.IO. */
interface EnginePacket {
  readonly type: string;
  readonly data?: unknown;
}

/**
 * One client's connection: bounded in what waits for it and in what it sends, and closed when no socket needs it any
 * more. Events are not counted here: each reaches a socket that counts it, or ends the connection.
 */
export class SocketIoConnection {
  readonly #native: NativeConnection;
  readonly #context: TransportContext;
  /** By their namespaces. */
  readonly #listeners = new Map<string, ConnectionListener>();
  readonly #packets: TokenBucket;
  #waitingBytes = 0;
  #createdCharacters = 0;
  #closeCode = ABNORMAL_CLOSURE;

  constructor(native: NativeConnection, context: TransportContext) {
    const { messageBurst, messagesPerSecond } = context.limits;
    this.#native = native;
    this.#context = context;
    this.#packets = new TokenBucket(
      { burst: messageBurst, perSecond: messagesPerSecond },
      context.clock.elapsedMs(),
    );
    this.#listen('packet', ({ type, data }) => {
      if (type !== 'message' || !isEvent(data)) this.#count();
    });
    // A probe of the WebSocket that a client may go over to.
    this.#listen('upgrading', () => this.#count());
    this.#listen('packetCreate', ({ data }) => this.#waits(data));
    this.#listen('flush', () => {
      this.#waitingBytes = 0;
    });
    this.#listen('heartbeat', () => this.#tell((listener) => listener.ponged()));
    this.#listen('upgrade', () => this.#tell((listener) => listener.upgraded()));
    this.#listen('close', () => this.#tell((listener) => listener.gone(this.#closeCode)));
  }

  /** What Socket.IO has not handed on yet: to a native socket, or to a client that polls. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** How long everything is that Socket.IO was told to send so far. */
  get createdCharacters(): number {
    return this.#createdCharacters;
  }

  /** The code of its end, unless a socket has said one. */
  get closeCode(): number {
    return this.#closeCode;
  }

  /** A client that connects to a namespace twice is there once: the one before is gone. */
  add(namespace: string, listener: ConnectionListener): void {
    const before = this.#listeners.get(namespace);
    this.#listeners.set(namespace, listener);
    before?.gone(ABNORMAL_CLOSURE);
  }

  /** Closes once the last listener has gone: Socket.IO would keep a connection without any namespace. */
  remove(namespace: string, listener: ConnectionListener): void {
    if (this.#listeners.get(namespace) === listener) this.#listeners.delete(namespace);
    // Socket.IO tells a refused client within the next tick.
    process.nextTick(() => this.guard(() => this.#listeners.size === 0 && this.close()));
  }

  /** Pings out of turn: the pong counts as every other, and puts the next ping of Socket.IO off. */
  ping(): void {
    this.guard(() => (this.#native as unknown as PingingConnection).sendPacket('ping'));
  }

  /** Sends what is buffered and closes; its client comes back by itself. */
  close(): void {
    this.#native.close();
  }

  /** Closes without waiting for anything. */
  cut(): void {
    this.#native.close(true);
  }

  /** Runs; a fault is logged and cuts the connection. */
  guard(run: () => unknown): void {
    this.#context.faults.contain(run, () => this.cut());
  }

  /** Only some events tell a packet. */
  #listen(event: string, heard: (packet: EnginePacket) => void): void {
    this.#native.on(event, (packet: EnginePacket) => this.guard(() => heard(packet)));
  }

  #count(): void {
    if (this.#packets.take(this.#context.clock.elapsedMs())) return;
    this.#closeCode = CLOSE_CODES.tooMany.code;
    this.cut();
  }

  /** What can be handed on at once does not wait. */
  #waits(data: unknown): void {
    const { maxBufferedBytes } = this.#context.limits;
    if (typeof data === 'string') this.#createdCharacters += data.length;
    if (maxBufferedBytes > 0 && this.#waitingBytes > maxBufferedBytes) this.cut();
    else if (typeof data === 'string' && !this.#native.transport.writable) {
      this.#waitingBytes += Buffer.byteLength(data);
    }
  }

  #tell(how: (listener: ConnectionListener) => void): void {
    for (const listener of [...this.#listeners.values()]) how(listener);
  }
}
