import type { WebSocket as NativeSocket } from 'ws';
import { CLOSE_CODES } from '../../../shared/closeCodes.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { TransportContext } from './context.ts';

/** Sockets are looked at so often while one message may take. */
const LOOKS_PER_MESSAGE = 10;
const LONGEST_BETWEEN_LOOKS_MS = 1_000;

/** A message under the limit may come in that many parts, or in parts of that many bytes. */
const FEWEST_PARTS = 256;
const SMALLEST_PART_BYTES = 256;

/** The fields of `ws` that its types leave out: what its receiver has of a message that came in fragments so far. */
interface Receiving {
  readonly _receiver?: { readonly _fragmented: number; readonly _fragments: object };
}

/** A message that is not finished, and since when it is known. */
interface Unfinished {
  readonly message: object;
  readonly sinceMs: number;
}

/**
 * Bounds the parts in which a message may come, fragments and pieces of one frame, for each of them costs more memory
 * than its bytes. The types of `ws` do not know these options yet.
 */
export function partLimits(maxFrameBytes: number): object {
  if (maxFrameBytes === 0) return {};
  const parts = Math.max(FEWEST_PARTS, Math.ceil(maxFrameBytes / SMALLEST_PART_BYTES));
  return { maxFragments: parts, maxBufferedChunks: parts };
}

/**
 * Closes with 4408 each of these sockets whose message is not finished within `idleMs` (0: never) of its first
 * fragment, at most a second later: pings and pongs between the fragments would keep it for ever. The sockets are
 * looked at now and then, so that messages which come as a whole cost nothing. Ends with `stop`.
 */
export class MessageDeadline {
  readonly #context: TransportContext;
  readonly #sockets: () => Iterable<NativeSocket>;
  readonly #close: (socket: NativeSocket, code: number, reason: string) => void;
  #unfinished: ReadonlyMap<NativeSocket, Unfinished> = new Map();
  #cancel: Cancel | null = null;

  constructor(
    context: TransportContext,
    sockets: () => Iterable<NativeSocket>,
    close: (socket: NativeSocket, code: number, reason: string) => void,
  ) {
    this.#context = context;
    this.#sockets = sockets;
    this.#close = close;
  }

  start(): void {
    const { clock, limits } = this.#context;
    if (limits.idleMs === 0) return;
    const everyMs = Math.max(1, Math.min(limits.idleMs / LOOKS_PER_MESSAGE, LONGEST_BETWEEN_LOOKS_MS));
    this.#cancel = clock.every(everyMs, () => this.#look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #look(): void {
    const { clock, limits } = this.#context;
    const nowMs = clock.elapsedMs();
    const unfinished = new Map<NativeSocket, Unfinished>();
    for (const socket of this.#sockets()) {
      const message = unfinishedMessage(socket);
      if (message === null) continue;
      const known = this.#unfinished.get(socket);
      const sinceMs = known?.message === message ? known.sinceMs : nowMs;
      unfinished.set(socket, { message, sinceMs });
    }
    this.#unfinished = unfinished;
    const { code, reason } = CLOSE_CODES.timeout;
    for (const [socket, { sinceMs }] of unfinished) {
      if (nowMs - sinceMs >= limits.idleMs) this.#close(socket, code, reason);
    }
  }
}

/** The fragments of the message that a socket has begun: another object for each message. `null`: there is none. */
function unfinishedMessage(socket: NativeSocket): object | null {
  const { _receiver: receiver }: Receiving = socket as object;
  return receiver === undefined || receiver._fragmented === 0 ? null : receiver._fragments;
}
