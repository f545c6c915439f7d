import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The opcodes of RFC 6455. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One masked frame, as a client sends it. `isFinal` false: more fragments of its message follow. */
export function clientFrame(opcode: keyof typeof OPCODES, payload: string | Buffer, isFinal = true): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(10);
  head[0] = (isFinal ? 0x80 : 0) | OPCODES[opcode];
  let headBytes = 2;
  if (body.length < 126) {
    head[1] = 0x80 | body.length;
  } else if (body.length < 65_536) {
    head[1] = 0x80 | 126;
    headBytes = head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 0x80 | 127;
    headBytes = head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  const mask = randomBytes(4);
  const masked = body.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([head.subarray(0, headBytes), mask, masked]);
}

/** A bare TCP client, for what a well-behaved one never does. */
export class RawSocket {
  readonly socket: Socket;
  /** Resolves once the connection is gone, however that came. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    // A reset by the other side is an end like any other; `closed` tells.
    socket.on('error', () => undefined);
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawSocket> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  /** Connects and becomes a WebSocket. */
  static async upgrade(port: number, path = '/'): Promise<RawSocket> {
    const client = await RawSocket.connect(port);
    client.write(upgradeRequest(path));
    await client.receive('\r\n\r\n');
    return client;
  }

  /** Everything that has arrived. */
  get received(): Buffer {
    return this.#received;
  }

  write(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** Resolves with everything that has arrived once `text` is part of it; rejects when the connection ends. */
  async receive(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      const isOver = await Promise.race([
        once(this.socket, 'data').then(() => false),
        this.closed.then(() => true),
      ]);
      if (isOver) throw new Error(`The connection ended after ${JSON.stringify(this.#received.toString())}`);
    }
    return this.#received.toString();
  }

  /** Reads nothing any more: what is sent to this client fills the buffers of the system. */
  stall(): void {
    this.socket.pause();
  }

  /** Goes away without a word. */
  destroy(): void {
    this.socket.destroy();
  }
}

/** An upgrade request; `headers` replace those of the same name, an empty value leaves one out. */
export function upgradeRequest(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== '');
  return [`GET ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}
