import type { Frame, Socket } from '../../server/ports/transport.ts';
import type { CodedError } from '../../server/ports/errors.ts';

/** A socket that keeps what was done to it: a session is tested without a network. */
export class RecordedSocket implements Socket {
  readonly sent: Record<string, unknown>[] = [];
  readonly topics = new Set<string>();
  pings = 0;
  /** What `bufferedBytes` gives. */
  waiting = 0;
  isAdmitted = false;
  isTerminated = false;
  closedWith: number | null = null;
  /** Why, if the client was not let in yet. */
  cause: CodedError | null = null;

  send({ text }: Frame): number {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
    return text.length;
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  bufferedBytes(): number {
    return this.waiting;
  }

  ping(): void {
    this.pings += 1;
  }

  admitted(): void {
    this.isAdmitted = true;
  }

  close(code: number, _reason: string, cause?: CodedError): void {
    this.closedWith ??= code;
    this.cause ??= cause ?? null;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** The codes of the errors that were sent, in order. */
  get errorCodes(): unknown[] {
    return this.sent.filter(({ type }) => type === 'error').map(({ code }) => code);
  }
}
