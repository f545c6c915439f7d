import type { Limits } from '../domain/limits.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Within this time the strikes of a connection are counted together. */
const STRIKE_WINDOW_MS = 10_000;

/** How fast one connection may speak, and when it has been told often enough. */
export class MessageRate {
  readonly #bucket: TokenBucket;
  readonly #maxStrikes: number;
  #strikesAtMs: number[] = [];

  constructor(limits: Limits, nowMs: number) {
    this.#bucket = new TokenBucket(limits.messageBurst, limits.messagesPerSecond, nowMs);
    this.#maxStrikes = limits.rateStrikes;
  }

  /** `limited`: the message is refused; `strike out`: refused, and the connection is to be closed. */
  take(nowMs: number): 'pass' | 'limited' | 'strike out' {
    if (this.#bucket.take(nowMs)) return 'pass';
    this.#strikesAtMs = this.#strikesAtMs.filter((atMs) => nowMs - atMs < STRIKE_WINDOW_MS);
    this.#strikesAtMs.push(nowMs);
    return this.#maxStrikes > 0 && this.#strikesAtMs.length >= this.#maxStrikes ? 'strike out' : 'limited';
  }
}
