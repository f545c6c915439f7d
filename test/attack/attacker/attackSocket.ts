import { LightSocket } from '../../bench/load/lightSocket.ts';
import { addressHeaders } from '../place.ts';
import { answerIn, endingIn, type Tally } from './tally.ts';

/** With more than that waiting in its own process a socket sends nothing: the server does not read. */
const MOST_WAITING_BYTES = 64 * 1024;

/** How one is opened. */
export interface AttackSocketOptions {
  readonly port: number;
  readonly path: string;
  /** The number of the address that it comes from. */
  readonly address: number;
  readonly tally: Tally;
  /** What a message is counted as; `null`: not at all. What raw sockets are told, unless given. */
  readonly read?: (bytes: Buffer, start: number, end: number, socket: AttackSocket) => string | null;
  /** Called when it has become a WebSocket. */
  readonly opened?: (socket: AttackSocket) => void;
}

/** One connection of an attacker. What it is told and how it ends is counted. */
export class AttackSocket {
  readonly #socket: LightSocket;
  #state: 'connecting' | 'open' | 'gone' = 'connecting';

  constructor({ port, path, address, tally, read = answerIn, opened }: AttackSocketOptions) {
    const listener = {
      opened: () => {
        this.#state = 'open';
        opened?.(this);
      },
      message: (bytes: Buffer, start: number, end: number) => {
        const name = read(bytes, start, end, this);
        if (name !== null) tally.add(name);
      },
      closed: (why: string) => {
        this.#state = 'gone';
        tally.add(endingIn(why));
      },
    };
    this.#socket = new LightSocket(port, path, listener, addressHeaders(address));
  }

  /** It can be sent to, and what was sent before has left. */
  get isReady(): boolean {
    return this.#state === 'open' && this.#socket.waitingBytes < MOST_WAITING_BYTES;
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Sends a text of ASCII characters. */
  send(text: string): void {
    if (this.isReady) this.#socket.send(text);
  }

  /** Sends whole frames, or what only looks like them. */
  sendBytes(bytes: Buffer): void {
    if (this.isReady) this.#socket.sendBytes(bytes);
  }

  set isStalled(isStalled: boolean) {
    this.#socket.isStalled = isStalled;
  }

  /** Goes away without a word; that is not counted. */
  drop(): void {
    this.#state = 'gone';
    this.#socket.drop();
  }
}
