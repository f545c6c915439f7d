import type { WebSocket as NativeSocket } from 'uWebSockets.js';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Frame, SocketHandlers } from '../../ports/transport.ts';
import type { Faults } from './faults.ts';
import { HandledSocket } from './handledSocket.ts';
import { unsubscribe } from './uwsBehavior.ts';

/** What a native socket carries around. */
export interface SocketData {
  readonly socket: UwsSocket;
}

/** The peer is gone without a close frame (RFC 6455, 7.1.5). */
const ABNORMAL_CLOSURE = 1006;
/** The native server's words for a message over its own bound, on which it cuts the connection. */
const TOO_BIG = Buffer.from('Received too big message');

/** One socket of uWebSockets.js. A native socket throws when it is used after its end, so the reference is dropped then. */
export class UwsSocket extends HandledSocket {
  readonly #maxFrameBytes: number;
  #native: NativeSocket<SocketData> | null = null;

  constructor(handlers: SocketHandlers, faults: Faults, maxFrameBytes: number) {
    super(handlers, faults);
    this.#maxFrameBytes = maxFrameBytes;
  }

  send({ text }: Frame): number {
    const native = this.#native;
    if (native === null) return 0;
    // What was published to this socket a moment before goes out with it.
    native.cork(() => native.send(text.toWellFormed()));
    return text.length;
  }

  subscribe(topic: string): void {
    this.#native?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#native !== null) unsubscribe(this.#native, topic);
  }

  bufferedBytes(): number {
    return this.#native?.getBufferedAmount() ?? 0;
  }

  ping(): void {
    this.#native?.ping();
  }

  admitted(): void {
    return;
  }

  close(code: number, reason: string): void {
    this.#native?.end(code, reason);
  }

  terminate(): void {
    this.#native?.close();
  }

  opened(native: NativeSocket<SocketData>): void {
    this.#native = native;
    this.tell((handlers) => handlers.opened(this));
  }

  received(message: ArrayBuffer, isBinary: boolean): void {
    if (this.#native === null) return;
    if (this.#maxFrameBytes > 0 && message.byteLength > this.#maxFrameBytes) {
      const { code, reason } = CLOSE_CODES.messageTooBig;
      this.close(code, reason);
      return;
    }
    const text = isBinary ? null : Buffer.from(message).toString();
    this.tellReceived(text);
  }

  pong(): void {
    if (this.#native !== null) this.tell((handlers) => handlers.pong());
  }

  /** Runs inside `close` and `terminate` too. */
  closed(code: number, reason: ArrayBuffer): void {
    this.#native = null;
    const isTooBig = code === ABNORMAL_CLOSURE && TOO_BIG.equals(new Uint8Array(reason));
    this.tellClosed(isTooBig ? CLOSE_CODES.messageTooBig.code : code);
  }
}
