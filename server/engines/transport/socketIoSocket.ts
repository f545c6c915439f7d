import type { Socket as NativeSocket } from 'socket.io';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Acknowledgement, Frame, SocketHandlers } from '../../ports/transport.ts';
import type { Faults } from './faults.ts';
import { HandledSocket } from './handledSocket.ts';
import type { ConnectionListener, SocketIoConnection } from './socketIoConnection.ts';
import { MeasuredPayload } from './socketIoDecoder.ts';
import { packetOf, type SocketIoRooms } from './socketIoRooms.ts';
import type { Topics } from './topics.ts';
import type { CodedError } from '../../ports/errors.ts';

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
  readonly faults: Faults;
}

/** `connecting`: not let in yet, or let in and Socket.IO has still to say so; what is sent meanwhile is kept. */
type Phase =
  | { readonly kind: 'connecting'; readonly kept: Frame[] }
  | { readonly kind: 'open' }
  | { readonly kind: 'over' };

/** One socket of Socket.IO. For its handlers it is over as soon as this side closes it. */
export class SocketIoSocket extends HandledSocket implements ConnectionListener {
  readonly #native: NativeSocket;
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
    super(handlers, surroundings.faults);
    this.#native = native;
    this.#surroundings = surroundings;
    this.#phase = decide === null ? { kind: 'open' } : { kind: 'connecting', kept: [] };
    this.#decision = decide;
  }

  /** Starts listening and tells the handlers. */
  open(): void {
    this.#native.onAny((name: unknown, measured: unknown, callback: unknown) => {
      this.guard(() => this.#received(String(name), measured, callback));
    });
    this.#native.on('disconnect', (reason) => {
      const { closeCode } = this.#surroundings.connection;
      this.gone(reason === 'client namespace disconnect' ? NORMAL_CLOSURE : closeCode);
    });
    this.#surroundings.connection.add(this.#native.nsp.name, this);
    this.tell((handlers) => handlers.opened(this));
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

  send(frame: Frame): number {
    const { connection } = this.#surroundings;
    if (this.#phase.kind === 'connecting') this.#phase.kept.push(frame);
    if (this.#phase.kind !== 'open') return 0;
    const before = connection.createdCharacters;
    this.#native.emit(frame.name, ...frame.values);
    return connection.createdCharacters - before;
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
    if (this.#phase.kind === 'over') return 0;
    const { connection, rooms } = this.#surroundings;
    const kept = this.#phase.kind === 'connecting' ? this.#phase.kept : [];
    const keptBytes = kept.reduce(
      (bytes, frame) => bytes + Buffer.byteLength(packetOf(this.#native.nsp, frame)),
      0,
    );
    return keptBytes + connection.waitingBytes + rooms.nativeBufferedBytes(this.#native);
  }

  /** Socket.IO pings by itself too. */
  ping(): void {
    if (this.#phase.kind !== 'over') this.#surroundings.connection.ping();
  }

  /** A client that is told to leave does not come back by itself; one whose connection is closed does. */
  close(code: number, _reason: string, cause?: CodedError): void {
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
    if (this.#phase.kind !== 'over') this.tell((handlers) => handlers.pong());
  }

  upgraded(): void {
    if (this.#phase.kind !== 'open') return;
    for (const topic of this.#topics) this.#surroundings.rooms.join(this.#native, topic);
  }

  gone(code: number): void {
    this.#finish(code);
  }

  #received(name: string, measured: unknown, callback: unknown): void {
    if (this.#phase.kind !== 'open' || !(measured instanceof MeasuredPayload)) return;
    const { payload, sizeBytes, isTooDeep } = measured;
    const acknowledge = isCallback(callback)
      ? (answer: Acknowledgement) => {
          this.guard(() => this.#phase.kind === 'open' && callback(answer));
        }
      : null;
    this.tell((handlers) => handlers.receivedEvent({ name, payload, sizeBytes, isTooDeep, acknowledge }));
  }

  /** False where that was said before, or is not for this side to say. */
  #decide(refusal?: Error): boolean {
    const decide = this.#decision;
    this.#decision = null;
    decide?.(refusal);
    return decide !== null;
  }

  #finish(code: number, end: () => void = () => undefined): void {
    if (this.#phase.kind === 'over') return;
    this.#phase = { kind: 'over' };
    for (const topic of this.#topics) this.unsubscribe(topic);
    end();
    // Socket.IO keeps whom it has not heard of, even when the connection is gone.
    this.#decide();
    this.#surroundings.connection.remove(this.#native.nsp.name, this);
    this.tellClosed(code);
  }
}

/** What Socket.IO puts behind the payload of an event whose client asks for an acknowledgement. */
function isCallback(value: unknown): value is (answer: Acknowledgement) => void {
  return typeof value === 'function';
}

function refusalOf({ message, code }: CodedError): Error {
  return Object.assign(new Error(message), { data: { code } });
}
