import type { Clock } from '../../ports/clock.ts';
import { TokenBucket } from '../tokenBucket.ts';

/** How often addresses that have been quiet are forgotten. */
const SWEEP_MS = 60_000;

/**
 * The address of the client itself. Every trusted proxy has appended the address that it saw, so the right
 * one stands `hops` places from the end of `X-Forwarded-For`.
 */
export function clientAddress(remoteAddress: string, forwardedFor: string, hops: number): string {
  if (hops === 0 || forwardedFor === '') return remoteAddress;
  const addresses = forwardedFor.split(',').map((address) => address.trim());
  return addresses.at(-hops) ?? addresses[0] ?? remoteAddress;
}

/** How many connections each address may open: a minute's worth at once, refilled over a minute. */
export class ConnectionRate {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    clock.every(SWEEP_MS, () => this.#sweep());
  }

  take(address: string): boolean {
    if (this.#perMinute === 0) return true;
    const nowMs = this.#clock.nowMs();
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#perMinute, this.#perMinute / 60, nowMs);
      this.#buckets.set(address, bucket);
    }
    return bucket.take(nowMs);
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [address, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(address);
    }
  }
}
