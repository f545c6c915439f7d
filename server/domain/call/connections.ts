import type { MediaCredentials } from '../../ports/media.ts';
import type { Call } from './call.ts';

/** The two sides of a call, by the names that they have in it. */
export type CallSide = 'caller' | 'telecaller';

/** Who asks, and on which connection. */
export interface CallPeer {
  readonly userId: number;
  readonly connectionId: string;
}

/** That a call has come to a new state. */
export interface CallUpdate {
  readonly call: Call;
  /** The connection whose message led to it; `null`: a deadline, a disconnection or the media server did. */
  readonly causedBy: string | null;
  /**
   * The caller's connection that began the call: the one that is let into the room. `null`: it is gone, and every other
   * connection of the caller stands in for it.
   */
  readonly begunBy: string | null;
  /** How each side enters the room; with an acceptance only. */
  readonly credentials: Readonly<Record<CallSide, MediaCredentials>> | null;
}

/** Hears of the calls of one user, on one connection. */
export type CallListener = (update: CallUpdate) => void;

/** Which users have a connection here that takes part in calls, and on which side. */
export class CallConnections {
  readonly #listeners: Readonly<Record<CallSide, Map<number, Map<string, CallListener>>>> = {
    caller: new Map(),
    telecaller: new Map(),
  };

  isPresent(side: CallSide, userId: number): boolean {
    return this.#listeners[side].has(userId);
  }

  /** True while that very connection is here. */
  isConnected(side: CallSide, { userId, connectionId }: CallPeer): boolean {
    return this.#listeners[side].get(userId)?.has(connectionId) === true;
  }

  /** One more connection of that user; true when it is their first. */
  join(side: CallSide, { userId, connectionId }: CallPeer, listener: CallListener): boolean {
    const listeners = this.#listeners[side].get(userId);
    listeners?.set(connectionId, listener);
    if (listeners === undefined) this.#listeners[side].set(userId, new Map([[connectionId, listener]]));
    return listeners === undefined;
  }

  /** One connection less; true when it was their last. */
  leave(side: CallSide, { userId, connectionId }: CallPeer): boolean {
    const listeners = this.#listeners[side].get(userId);
    if (listeners?.delete(connectionId) !== true || listeners.size > 0) return false;
    this.#listeners[side].delete(userId);
    return true;
  }

  /** Tells both sides, on every connection they have here. */
  tell(update: CallUpdate): void {
    for (const side of ['caller', 'telecaller'] as const) {
      for (const listener of this.#listeners[side].get(update.call[side].id)?.values() ?? [])
        listener(update);
    }
  }
}
