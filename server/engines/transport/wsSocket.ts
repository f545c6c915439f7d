import type { WebSocket as NativeSocket } from 'ws';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Frame, SocketHandlers } from '../../ports/transport.ts';
import type { TransportContext } from './context.ts';
import { HandledSocket } from './handledSocket.ts';
import type { Topics } from './topics.ts';

/** One object for every frame: `ws` makes one per call otherwise. */
const TEXT_FRAME = { binary: false } as const;

/** The peer is gone without a close frame (RFC 6455, 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** The faults of a peer that `ws` answers with a close frame of its own, and the codes in it. */
const PEER_FAULTS: ReadonlyMap<string | undefined, number> = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', CLOSE_CODES.messageTooBig.code],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1008],
]);

/** One socket of `ws`. For its handlers it is over as soon as this side closes it. */
export class WsSocket extends HandledSocket {
  readonly #native: NativeSocket;
  readonly #topics: Topics<WsSocket>;
  readonly #maxBufferedBytes: number;
  readonly #subscribed = new Set<string>();
  #isOpen = true;

  constructor(
    native: NativeSocket,
    handlers: SocketHandlers,
    topics: Topics<WsSocket>,
    { faults, limits }: TransportContext,
  ) {
    super(handlers, faults);
    this.#native = native;
    this.#topics = topics;
    this.#maxBufferedBytes = limits.maxBufferedBytes;
  }

  /** Starts listening to the native socket and tells the handlers. */
  open(): void {
    this.#native.on('message', (message: Buffer, isBinary) => {
      if (!this.#isOpen) return;
      const text = isBinary ? null : message.toString();
      this.tellReceived(text);
    });
    this.#native.on('pong', () => {
      if (this.#isOpen) this.tell((handlers) => handlers.pong());
    });
    // Every error is followed by `close`, which does not tell these: `ws` reads no answer to them.
    this.#native.on('error', ({ code }: NodeJS.ErrnoException) => {
      const told = PEER_FAULTS.get(code);
      if (told !== undefined) this.#finish(told);
    });
    this.#native.on('close', (code) => this.#finish(code));
    this.tell((handlers) => handlers.opened(this));
  }

  send({ text }: Frame): number {
    return this.write(text) ? text.length : 0;
  }

  /** Sends one text message; false when the socket is over, or had to be cut. */
  write(text: string | Buffer): boolean {
    const hasRoom = this.#hasRoom();
    if (hasRoom) this.#native.send(text, TEXT_FRAME);
    return hasRoom;
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

  #finish(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const topic of this.#subscribed) this.#topics.remove(topic, this);
    this.#subscribed.clear();
    this.tellClosed(code);
  }
}
