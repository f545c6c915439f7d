import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { onTestFinished } from 'vitest';

/** An event as it came from the server. */
export interface Told {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** How long to wait for what should come at once, before the test is told that it did not. */
const PATIENCE_MS = 10_000;

/** A client of Socket.IO that keeps every event in order, for a test to read one by one. Gone when the test is. */
export class SocketIoClient {
  readonly socket: Socket;
  readonly told: Told[] = [];
  /** Why it was disconnected, each time. */
  readonly disconnects: string[] = [];
  #read = 0;
  #wake: (() => void) | null = null;

  /** Begins to connect. */
  constructor(url: string, options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.socket = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
    this.socket.onAny((name: string, ...values: unknown[]) => {
      this.told.push({ name, values });
      this.#wake?.();
    });
    this.socket.on('disconnect', (reason) => {
      this.disconnects.push(reason);
      this.#wake?.();
    });
    onTestFinished(() => void this.socket.close());
  }

  /** Connects; rejects with what `connect_error` says. */
  static async connect(
    url: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<SocketIoClient> {
    const client = new SocketIoClient(url, options);
    await client.connected();
    return client;
  }

  /** Resolves when it is connected; rejects with what `connect_error` says. */
  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.socket.connected) resolve();
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
    });
  }

  /** `websocket` or `polling`. */
  get carrier(): string {
    return this.socket.io.engine.transport.name;
  }

  /** What the callback is told. */
  async ask(name: string, payload?: object): Promise<unknown> {
    const asking = this.socket.timeout(PATIENCE_MS);
    return payload === undefined ? asking.emitWithAck(name) : asking.emitWithAck(name, payload);
  }

  /** The values of the next event of that name that was not read yet; those before it are passed over. */
  async next(name: string): Promise<readonly unknown[]> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      while (this.#read < this.told.length) {
        const told = this.told[this.#read];
        this.#read += 1;
        if (told?.name === name) return told.values;
      }
      const seen = this.told.map((told) => told.name).join(', ');
      if (this.disconnects.length > 0) throw new Error(`disconnected before ${name} came; seen: ${seen}`);
      if (performance.now() > deadline) throw new Error(`${name} did not come; seen: ${seen}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** Where a client without the library connects. */
export const HANDSHAKE = {
  websocket: '/socket.io/?EIO=4&transport=websocket',
  polling: '/socket.io/?EIO=4&transport=polling',
} as const;
