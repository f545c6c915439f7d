import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Frame, Socket, SocketHandlers } from '../../ports/transport.ts';
import type { Faults } from './faults.ts';
import type { CodedError } from '../../ports/errors.ts';

/** One open socket with its handlers, which are called here and nowhere else: what they throw ends this socket only. */
export abstract class HandledSocket implements Socket {
  readonly #handlers: SocketHandlers;
  readonly #faults: Faults;

  constructor(handlers: SocketHandlers, faults: Faults) {
    this.#handlers = handlers;
    this.#faults = faults;
  }

  abstract send(frame: Frame): number;
  abstract subscribe(topic: string): void;
  abstract unsubscribe(topic: string): void;
  abstract bufferedBytes(): number;
  abstract ping(): void;
  abstract admitted(): void;
  abstract close(code: number, reason: string, cause?: CodedError): void;
  abstract terminate(): void;

  /** Tells the handlers something; a fault of theirs closes the socket with 1011. */
  protected tell(event: (handlers: SocketHandlers) => void): void {
    this.guard(() => event(this.#handlers));
  }

  /** Tells the handlers of a message; without a closure, for every bid comes through here. */
  protected tellReceived(text: string | null): void {
    try {
      this.#handlers.received(text);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Tells the handlers of the end a moment later: the caller of `close` is not prepared for it yet. */
  protected tellClosed(code: number): void {
    queueMicrotask(() => this.tell((handlers) => handlers.closed(code)));
  }

  /** Runs; a fault is logged and closes the socket with 1011. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { code, reason } = CLOSE_CODES.internalError;
    this.#faults.report(error);
    this.#faults.contain(() => this.close(code, reason));
  }
}
