import type { Clock } from '../../ports/clock.ts';
import type { Identification } from '../../ports/identity.ts';

/** How long a user's answer is believed: a user who is shut out there is shut out here within this time. */
export const KNOWN_FOR_MS = 60_000;
/** How long a refusal is believed. */
export const REFUSED_FOR_MS = 5_000;

/** What was found out of a token. */
export type Known = Exclude<Identification, { readonly kind: 'unavailable' }>;

/**
 * Remembers the answers of so many tokens at most; the one that was kept first is the first to go. How long an answer is
 * believed is measured on the monotonic clock; until when a token holds is a moment of the wall clock.
 */
export class IdentificationCache {
  readonly #maxKept: number;
  readonly #clock: Pick<Clock, 'nowMs' | 'elapsedMs'>;
  readonly #kept = new Map<string, { readonly known: Known; readonly untilElapsedMs: number }>();

  constructor(maxKept: number, clock: Pick<Clock, 'nowMs' | 'elapsedMs'>) {
    this.#maxKept = maxKept;
    this.#clock = clock;
  }

  /** `null` when nothing is remembered, or not any more. */
  find(key: string): Known | null {
    const kept = this.#kept.get(key);
    if (kept === undefined) return null;
    const { known, untilElapsedMs } = kept;
    if (this.#clock.elapsedMs() < untilElapsedMs && this.#clock.nowMs() < expiryOf(known)) return known;
    this.#kept.delete(key);
    return null;
  }

  /** Remembers what was asked when `elapsedMs` was `askedAtElapsedMs`; a user no longer than their token holds. */
  keep(key: string, known: Known, askedAtElapsedMs: number): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= this.#maxKept) this.#kept.delete(oldest);
    const lifetimeMs = known.kind === 'identified' ? KNOWN_FOR_MS : REFUSED_FOR_MS;
    this.#kept.set(key, { known, untilElapsedMs: askedAtElapsedMs + lifetimeMs });
  }
}

function expiryOf(known: Known): number {
  return known.kind === 'identified' ? (known.expiresAtMs ?? Infinity) : Infinity;
}
