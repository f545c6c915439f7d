import WebSocket, { type ClientOptions } from 'ws';

/** A frame as it came from the server. */
export interface Frame {
  readonly type: string;
  readonly seq?: number;
  /** The number of the first event that a message stands for, where it stands for several. */
  readonly firstSeq?: number;
  readonly id?: string | number;
  readonly code?: string;
  readonly message?: string;
  readonly data?: Record<string, unknown>;
  readonly [key: string]: unknown;
}

/** How a socket was closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** How long to wait for what should come at once, before the test is told that it did not. */
const PATIENCE_MS = 10_000;

/** A WebSocket client that keeps every frame in order, for a test to read one by one. */
export class TestClient {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  readonly closing: Promise<Closing>;
  #read = 0;
  #wake: (() => void)[] = [];
  #isClosed = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
      this.#notify();
    });
    this.closing = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#isClosed = true;
        this.#notify();
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on('error', () => undefined);
  }

  /** Connects; rejects with the HTTP status when the socket is turned down. */
  static async connect(
    url: string,
    protocols: string[] = [],
    options: ClientOptions = {},
  ): Promise<TestClient> {
    const socket = new WebSocket(url, protocols, options);
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`HTTP ${response.statusCode}`));
        socket.terminate();
      });
      socket.once('error', reject);
    });
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next frame that was not read yet. */
  async next(): Promise<Frame> {
    return this.nextThat(() => true);
  }

  /** The next frame of that type; those before it are passed over. */
  async nextOf(type: string): Promise<Frame> {
    return this.nextThat((frame) => frame.type === type);
  }

  /** The next frame that fits; those before it are passed over. */
  async nextThat(fits: (frame: Frame) => boolean): Promise<Frame> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      while (this.#read < this.frames.length) {
        const frame = this.frames[this.#read];
        this.#read += 1;
        if (frame !== undefined && fits(frame)) return frame;
      }
      const seen = this.frames.map(({ type }) => type).join(', ');
      if (this.#isClosed) throw new Error(`the socket closed before the frame came; seen: ${seen}`);
      if (performance.now() > deadline) throw new Error(`the frame did not come; seen: ${seen}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Sends a message that the server does not know and reads its error: everything before has been answered. */
  async settle(): Promise<void> {
    const id = `settle-${this.frames.length}-${performance.now()}`;
    this.send({ type: 'settle', id });
    await this.nextThat((frame) => frame.id === id);
  }

  close(): void {
    this.socket.close();
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
