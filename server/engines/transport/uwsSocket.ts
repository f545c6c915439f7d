import type { WebSocket as NativeSocket } from 'uWebSockets.js';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Frame, Socket, SocketHandlers } from '../../ports/transport.ts';
import { unsubscribe } from './uwsBehavior.ts';

/** What a native socket carries around. */
export interface SocketData {
  readonly socket: UwsSocket;
}

/** One socket of uWebSockets.js. A native socket throws when it is used after its end, so it is let go of. */
export class UwsSocket implements Socket {
  readonly #handlers: SocketHandlers;
  readonly #maxFrameBytes: number;
  #native: NativeSocket<SocketData> | null = null;

  constructor(handlers: SocketHandlers, maxFrameBytes: number) {
    this.#handlers = handlers;
    this.#maxFrameBytes = maxFrameBytes;
  }

  send({ text }: Frame): void {
    const native = this.#native;
    // What was published to this socket a moment before goes out with it.
    native?.cork(() => native.send(text.toWellFormed()));
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
    this.#handlers.opened(this);
  }

  received(message: ArrayBuffer, isBinary: boolean): void {
    if (this.#native === null) return;
    if (this.#maxFrameBytes > 0 && message.byteLength > this.#maxFrameBytes) {
      const { code, reason } = CLOSE_CODES.messageTooBig;
      this.close(code, reason);
      return;
    }
    this.#handlers.received(isBinary ? null : Buffer.from(message).toString());
  }

  pong(): void {
    if (this.#native !== null) this.#handlers.pong();
  }

  /** Runs inside `close` and `terminate` too, where the caller is not prepared to hear of the end yet. */
  closed(code: number): void {
    this.#native = null;
    queueMicrotask(() => this.#handlers.closed(code));
  }
}
