import type { Limits } from '../limits.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Within this time the strikes of a connection are counted together. */
const STRIKE_WINDOW_MS = 10_000;

/** How fast one connection may speak, and when it has been told often enough. Its time is the monotonic clock's. */
export class MessageRate {
  readonly #bucket: TokenBucket;
  readonly #maxStrikes: number;
  #strikesAtMs: number[] = [];

  constructor(limits: Limits, elapsedMs: number) {
    const pace = { burst: limits.messageBurst, perSecond: limits.messagesPerSecond };
    this.#bucket = new TokenBucket(pace, elapsedMs);
    this.#maxStrikes = limits.rateStrikes;
  }

  /** Counts one more message; false when it is to be refused. */
  take(elapsedMs: number): boolean {
    return this.#bucket.take(elapsedMs);
  }

  /** Counts one more refusal; true when the connection is to be closed for it. */
  strike(elapsedMs: number): boolean {
    this.#strikesAtMs = this.#strikesAtMs.filter((atMs) => elapsedMs - atMs < STRIKE_WINDOW_MS);
    this.#strikesAtMs.push(elapsedMs);
    return this.#maxStrikes > 0 && this.#strikesAtMs.length >= this.#maxStrikes;
  }
}
