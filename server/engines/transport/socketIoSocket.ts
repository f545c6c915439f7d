import type { Socket as NativeSocket } from 'socket.io';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Acknowledgement, Cause, Frame, Socket, SocketHandlers } from '../../ports/transport.ts';
import type { ConnectionListener, SocketIoConnection } from './socketIoConnection.ts';
import type { SocketIoRooms } from './socketIoRooms.ts';
import type { Topics } from './topics.ts';

/** The client said that it leaves. */
const NORMAL_CLOSURE = 1000;
/** The client is gone without a word. */
const ABNORMAL_CLOSURE = 1006;

/** The codes after which a client is to come back. */
const COMES_BACK: ReadonlySet<number> = new Set(
  Object.values(CLOSE_CODES)
    .filter(({ reconnect }) => reconnect)
    .map(({ code }) => code),
);

/** Lets a client in, or refuses it. */
export type Decide = (refusal?: Error) => void;

/** What a socket works with. */
export interface SocketIoSurroundings {
  readonly connection: SocketIoConnection;
  readonly rooms: SocketIoRooms;
  /** Who is still connecting: not in the rooms yet, and to miss nothing. */
  readonly lobby: Topics<SocketIoSocket>;
}

/** `connecting`: not let in yet, or let in and Socket.IO has still to say so; what is sent meanwhile is kept. */
type Phase =
  | { readonly kind: 'connecting'; readonly kept: Frame[] }
  | { readonly kind: 'open' }
  | { readonly kind: 'over' };

/** One socket of Socket.IO. For its handlers it is over as soon as this side closes it. */
export class SocketIoSocket implements Socket, ConnectionListener {
  readonly #native: NativeSocket;
  readonly #handlers: SocketHandlers;
  readonly #surroundings: SocketIoSurroundings;
  readonly #topics = new Set<string>();
  #phase: Phase;
  /** `null` once it is made. */
  #decision: Decide | null;

  /** `decide` is `null` where the client is let in already. */
  constructor(
    native: NativeSocket,
    handlers: SocketHandlers,
    surroundings: SocketIoSurroundings,
    decide: Decide | null,
  ) {
    this.#native = native;
    this.#handlers = handlers;
    this.#surroundings = surroundings;
    this.#phase = decide === null ? { kind: 'open' } : { kind: 'connecting', kept: [] };
    this.#decision = decide;
  }

  /** Starts listening and tells the handlers. */
  open(): void {
    this.#native.onAny((name: unknown, ...values: unknown[]) => this.#received(String(name), values));
    this.#native.on('disconnect', (reason) => {
      this.#finish(reason === 'client namespace disconnect' ? NORMAL_CLOSURE : ABNORMAL_CLOSURE);
    });
    this.#surroundings.connection.add(this.#native.nsp.name, this);
    this.#handlers.opened(this);
  }

  /** Socket.IO has told the client that it is connected. */
  connected(): void {
    const phase = this.#phase;
    if (phase.kind !== 'connecting') return;
    this.#phase = { kind: 'open' };
    for (const topic of this.#topics) {
      this.#surroundings.lobby.remove(topic, this);
      this.#surroundings.rooms.join(this.#native, topic);
    }
    for (const frame of phase.kept) this.send(frame);
  }

  admitted(): void {
    this.#decide();
  }

  send(frame: Frame): void {
    if (this.#phase.kind === 'connecting') this.#phase.kept.push(frame);
    else if (this.#phase.kind === 'open') this.#native.emit(frame.name, ...frame.values);
  }

  subscribe(topic: string): void {
    if (this.#phase.kind === 'over') return;
    this.#topics.add(topic);
    if (this.#phase.kind === 'open') this.#surroundings.rooms.join(this.#native, topic);
    else this.#surroundings.lobby.add(topic, this);
  }

  unsubscribe(topic: string): void {
    if (!this.#topics.delete(topic)) return;
    this.#surroundings.lobby.remove(topic, this);
    this.#surroundings.rooms.leave(this.#native, topic);
  }

  bufferedBytes(): number {
    return this.#phase.kind === 'over' ? 0 : this.#surroundings.connection.waitingBytes;
  }

  /** Socket.IO pings by itself. */
  ping(): void {
    return;
  }

  /** A client that is told to leave does not come back by itself; one whose connection is closed does. */
  close(code: number, _reason: string, cause?: Cause): void {
    const { kind } = this.#phase;
    this.#finish(code, () => {
      if (cause !== undefined && this.#decide(refusalOf(cause))) return;
      if (kind === 'connecting' || COMES_BACK.has(code)) this.#surroundings.connection.close();
      else this.#native.disconnect();
    });
  }

  terminate(): void {
    this.#finish(ABNORMAL_CLOSURE, () => this.#surroundings.connection.cut());
  }

  ponged(): void {
    if (this.#phase.kind !== 'over') this.#handlers.pong();
  }

  upgraded(): void {
    if (this.#phase.kind !== 'open') return;
    for (const topic of this.#topics) this.#surroundings.rooms.join(this.#native, topic);
  }

  gone(): void {
    this.#finish(ABNORMAL_CLOSURE);
  }

  #received(name: string, values: readonly unknown[]): void {
    if (this.#phase.kind !== 'open') return;
    const last = values.at(-1);
    const payload = values.length > 1 || !isCallback(last) ? values[0] : undefined;
    const event = {
      name,
      payload,
      sizeBytes: Buffer.byteLength(JSON.stringify([name, payload])),
      isTooDeep: false,
    };
    if (!isCallback(last)) return this.#handlers.receivedEvent({ ...event, acknowledge: null });
    const acknowledge = (answer: Acknowledgement) => {
      if (this.#phase.kind === 'open') last(answer);
    };
    this.#handlers.receivedEvent({ ...event, acknowledge });
  }

  /** False where that was said before, or is not for this side to say. */
  #decide(refusal?: Error): boolean {
    const decide = this.#decision;
    this.#decision = null;
    decide?.(refusal);
    return decide !== null;
  }

  /** The handlers hear of it a moment later: whoever called `close` is not prepared for it yet. */
  #finish(code: number, end: () => void = () => undefined): void {
    if (this.#phase.kind === 'over') return;
    this.#phase = { kind: 'over' };
    for (const topic of this.#topics) this.unsubscribe(topic);
    end();
    // Socket.IO keeps whom it has not heard of, even when the connection is gone.
    this.#decide();
    this.#surroundings.connection.remove(this.#native.nsp.name, this);
    queueMicrotask(() => this.#handlers.closed(code));
  }
}

/** What came over the wire is data; the one function is the one that Socket.IO puts behind it. */
function isCallback(value: unknown): value is (answer: Acknowledgement) => void {
  return typeof value === 'function';
}

function refusalOf({ message, code }: Cause): Error {
  return Object.assign(new Error(message), { data: { code } });
}
