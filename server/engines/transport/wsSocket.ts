import type { WebSocket as NativeSocket } from 'ws';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Frame, Socket, SocketHandlers } from '../../ports/transport.ts';
import type { Topics } from './topics.ts';

/** One object for every frame: `ws` makes one per call otherwise. */
const TEXT_FRAME = { binary: false } as const;

/** The peer is gone without a close frame (RFC 6455, 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** One socket of `ws`. For its handlers it is over as soon as this side closes it. */
export class WsSocket implements Socket {
  readonly #native: NativeSocket;
  readonly #handlers: SocketHandlers;
  readonly #topics: Topics<WsSocket>;
  readonly #maxBufferedBytes: number;
  readonly #subscribed = new Set<string>();
  #isOpen = true;

  constructor(
    native: NativeSocket,
    handlers: SocketHandlers,
    topics: Topics<WsSocket>,
    maxBufferedBytes: number,
  ) {
    this.#native = native;
    this.#handlers = handlers;
    this.#topics = topics;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  /** Starts listening to the native socket and tells the handlers. */
  open(): void {
    this.#native.on('message', (message: Buffer, isBinary) => {
      if (this.#isOpen) this.#handlers.received(isBinary ? null : message.toString());
    });
    this.#native.on('pong', () => {
      if (this.#isOpen) this.#handlers.pong();
    });
    // Every error is followed by `close`, which does not tell this one: `ws` reads no answer to it.
    this.#native.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#finish(CLOSE_CODES.messageTooBig.code);
    });
    this.#native.on('close', (code) => this.#finish(code));
    this.#handlers.opened(this);
  }

  send({ text }: Frame): void {
    this.write(text);
  }

  /** Sends one text message. */
  write(text: string | Buffer): void {
    if (this.#hasRoom()) this.#native.send(text, TEXT_FRAME);
  }

  subscribe(topic: string): void {
    if (!this.#isOpen) return;
    this.#subscribed.add(topic);
    this.#topics.add(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#subscribed.delete(topic);
    this.#topics.remove(topic, this);
  }

  bufferedBytes(): number {
    return this.#isOpen ? this.#native.bufferedAmount : 0;
  }

  ping(): void {
    if (this.#hasRoom()) this.#native.ping();
  }

  admitted(): void {
    return;
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#native.close(code, reason);
    this.#finish(code);
  }

  terminate(): void {
    if (!this.#isOpen) return;
    this.#native.terminate();
    this.#finish(ABNORMAL_CLOSURE);
  }

  /** False when the socket is over, and when it had to be cut because too much waits to be sent. */
  #hasRoom(): boolean {
    if (!this.#isOpen) return false;
    if (this.#maxBufferedBytes === 0 || this.#native.bufferedAmount <= this.#maxBufferedBytes) return true;
    this.terminate();
    return false;
  }

  /** The handlers hear of it a moment later: whoever called `close` is not prepared for it yet. */
  #finish(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const topic of this.#subscribed) this.#topics.remove(topic, this);
    this.#subscribed.clear();
    queueMicrotask(() => this.#handlers.closed(code));
  }
}
