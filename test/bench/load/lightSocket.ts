import { connect, type Socket } from 'node:net';

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const HEAD_END = Buffer.from('\r\n\r\n');
const UPGRADED = 'HTTP/1.1 101';

/** All sockets read into one buffer: what is read is dealt with before anything else is. */
const shared = Buffer.allocUnsafe(256 * 1024);

/** Who is told what a {@link LightSocket} hears. */
export interface Listener {
  /** The server has become a WebSocket. */
  opened?(): void;
  /** A text message: `bytes` from `start` to `end`, which hold something else once this returns. */
  message(bytes: Buffer, start: number, end: number): void;
  /** The connection is gone, and not by {@link LightSocket.drop}. */
  closed(why: string): void;
}

/**
 * A WebSocket client that does as little as a client can, so that thousands of them take less of the machine
 * than the server: no streams, one buffer for all, no object per message, no masking (a mask of zeros is one).
 * What is sent while a chunk is being read leaves in one write after it.
 */
export class LightSocket {
  readonly #socket: Socket;
  readonly #listener: Listener;
  #rest: Buffer | null = null;
  #isUpgraded = false;
  #isDropped = false;
  #isReading = false;
  #unsent: Buffer[] = [];

  /** `headers` are sent with the upgrade request. */
  constructor(
    port: number,
    path: string,
    listener: Listener,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const further = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#listener = listener;
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: shared, callback: (bytes) => this.#read(bytes) },
    });
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${further.join('')}\r\n`,
    );
    // Every error is followed by a close.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#end('the connection is gone'));
  }

  /** Sends a text of ASCII characters. */
  send(text: string): void {
    this.#write(frame(TEXT, text));
  }

  /** Sends bytes as they are: whole frames, or what only looks like them. */
  sendBytes(bytes: Buffer): void {
    this.#write(bytes);
  }

  /** What the system has not taken yet, in bytes. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  /** Stops reading, or reads again: what is sent meanwhile waits in the buffers of the system and of the server. */
  set isStalled(isStalled: boolean) {
    if (isStalled) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Goes away without a word and without leaving a port behind that waits. */
  drop(): void {
    this.#isDropped = true;
    this.#socket.resetAndDestroy();
  }

  #write(bytes: Buffer): void {
    if (this.#isReading) this.#unsent.push(bytes);
    else this.#socket.write(bytes);
  }

  #end(why: string): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#socket.destroy();
    this.#listener.closed(why);
  }

  #read(count: number): boolean {
    let bytes = shared;
    let end = count;
    if (this.#rest !== null) {
      bytes = Buffer.concat([this.#rest, shared.subarray(0, count)]);
      end = bytes.length;
      this.#rest = null;
    }
    this.#isReading = true;
    const start = this.#isUpgraded ? 0 : this.#readHead(bytes, end);
    const read = this.#isUpgraded ? this.#readFrames(bytes, start, end) : 0;
    this.#isReading = false;
    if (read < end && !this.#isDropped) this.#rest = Buffer.from(bytes.subarray(read, end));
    this.#flush();
    return true;
  }

  #flush(): void {
    const [first, ...further] = this.#unsent;
    if (first === undefined) return;
    if (!this.#isDropped) this.#socket.write(further.length === 0 ? first : Buffer.concat(this.#unsent));
    this.#unsent = [];
  }

  /** Where the first frame begins, if the head of the answer is complete. */
  #readHead(bytes: Buffer, end: number): number {
    const head = bytes.subarray(0, end);
    const headEnd = head.indexOf(HEAD_END);
    if (headEnd < 0) return 0;
    if (!head.toString('latin1', 0, UPGRADED.length).startsWith(UPGRADED)) {
      this.#end(`the server answered ${head.toString('latin1', 0, 200)}`);
      return end;
    }
    this.#isUpgraded = true;
    this.#listener.opened?.();
    return headEnd + HEAD_END.length;
  }

  /** Reads the frames that are complete; gives where the next one begins. */
  #readFrames(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (end - at >= 2 && !this.#isDropped) {
      const opcode = (bytes[at] ?? 0) & 0x0f;
      let length = bytes[at + 1] ?? 0;
      let payload = at + 2;
      if (length === 126) {
        if (end - at < 4) break;
        length = bytes.readUInt16BE(payload);
        payload += 2;
      } else if (length === 127) {
        if (end - at < 10) break;
        length = Number(bytes.readBigUInt64BE(payload));
        payload += 8;
      }
      if (end - payload < length) break;
      at = payload + length;
      this.#hear(opcode, bytes, payload, at);
    }
    return at;
  }

  #hear(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === TEXT) this.#listener.message(bytes, start, end);
    else if (opcode === PING) this.#write(frame(PONG, bytes.toString('latin1', start, end)));
    else if (opcode === CLOSE) this.#end(`closed with ${end - start < 2 ? 1005 : bytes.readUInt16BE(start)}`);
  }
}

function frame(opcode: number, text: string): Buffer {
  const length = text.length;
  const headBytes = length < 126 ? 6 : 8;
  const bytes = Buffer.allocUnsafe(headBytes + length);
  bytes[0] = 0x80 | opcode;
  if (length < 126) {
    bytes[1] = 0x80 | length;
  } else {
    bytes[1] = 0x80 | 126;
    bytes.writeUInt16BE(length, 2);
  }
  bytes.fill(0, headBytes - 4, headBytes);
  bytes.write(text, headBytes, 'latin1');
  return bytes;
}
