import type { MediaCredentials } from '../../ports/media.ts';
import type { Call } from './call.ts';

/** That a call has come to a new state. */
export interface CallNews {
  readonly call: Call;
  /** The connection whose message led to it; `null`: a deadline, a disconnection or the media server did. */
  readonly causedBy: string | null;
  /** How each side enters the room; with an acceptance only. */
  readonly credentials: { readonly caller: MediaCredentials; readonly telecaller: MediaCredentials } | null;
}

/** Hears of the calls of one user, on one connection. */
export type CallListener = (news: CallNews) => void;

/** Which users have a connection here that takes part in calls. */
export class CallParties {
  readonly #listeners = new Map<number, Set<CallListener>>();

  isPresent(userId: number): boolean {
    return this.#listeners.has(userId);
  }

  /** One more connection of that user; true when it is their first. */
  join(userId: number, listener: CallListener): boolean {
    const listeners = this.#listeners.get(userId);
    listeners?.add(listener);
    if (listeners === undefined) this.#listeners.set(userId, new Set([listener]));
    return listeners === undefined;
  }

  /** One connection less; true when it was their last. */
  leave(userId: number, listener: CallListener): boolean {
    const listeners = this.#listeners.get(userId);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return false;
    this.#listeners.delete(userId);
    return true;
  }

  /** Tells both sides, on every connection they have here. */
  tell(news: CallNews): void {
    for (const userId of [news.call.caller.id, news.call.telecaller.id]) {
      for (const listener of this.#listeners.get(userId) ?? []) listener(news);
    }
  }
}
