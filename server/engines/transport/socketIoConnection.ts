import type { Socket as NativeSocket } from 'socket.io';

/** The connection under the sockets of one client, one socket for each namespace. */
export type NativeConnection = NativeSocket['conn'];

/** What a socket hears of the connection under it. */
export interface ConnectionListener {
  /** The client has answered a ping. */
  ponged(): void;
  /** The client has gone over from polling to a WebSocket. */
  upgraded(): void;
  /** The connection is gone. */
  gone(): void;
}

/** One client's connection: bounded in what waits for it, and closed when no socket needs it any more. */
export class SocketIoConnection {
  readonly #native: NativeConnection;
  /** By their namespaces. */
  readonly #listeners = new Map<string, ConnectionListener>();
  #waitingBytes = 0;

  /** `maxBufferedBytes` 0: as much may wait as wants to. */
  constructor(native: NativeConnection, maxBufferedBytes: number) {
    this.#native = native;
    // Characters stand for bytes here: counting those would cost every message of every client.
    native.on('packetCreate', ({ data }: { readonly data?: unknown }) => {
      if (maxBufferedBytes > 0 && this.#waitingBytes > maxBufferedBytes) this.cut();
      else if (typeof data === 'string') this.#waitingBytes += data.length;
    });
    native.on('flush', () => {
      this.#waitingBytes = 0;
    });
    native.on('heartbeat', () => this.#tell((listener) => listener.ponged()));
    native.on('upgrade', () => this.#tell((listener) => listener.upgraded()));
    native.once('close', () => this.#tell((listener) => listener.gone()));
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** A client that connects to a namespace twice is there once: the one before is gone. */
  add(namespace: string, listener: ConnectionListener): void {
    const before = this.#listeners.get(namespace);
    this.#listeners.set(namespace, listener);
    before?.gone();
  }

  /** Closes once the last listener has gone: Socket.IO would keep a connection in which there is nobody. */
  remove(namespace: string, listener: ConnectionListener): void {
    if (this.#listeners.get(namespace) === listener) this.#listeners.delete(namespace);
    // Socket.IO tells a refused client within the next tick.
    process.nextTick(() => {
      if (this.#listeners.size === 0) this.close();
    });
  }

  /** Sends what is buffered and closes; its client comes back by itself. */
  close(): void {
    this.#native.close();
  }

  /** Closes without waiting for anything. */
  cut(): void {
    this.#native.close(true);
  }

  #tell(how: (listener: ConnectionListener) => void): void {
    for (const listener of [...this.#listeners.values()]) how(listener);
  }
}
