import type { Identification } from '../../ports/identity.ts';

/** How long a user's answer is believed: whoever is shut out there is shut out here within this time. */
export const KNOWN_FOR_MS = 60_000;
/** How long a refusal is believed. */
export const REFUSED_FOR_MS = 5_000;

/** What was found out of a token. */
export type Known = Exclude<Identification, { readonly kind: 'unavailable' }>;

/** Remembers the answers of so many tokens at most; the one that was kept first is the first to go. */
export class IdentificationCache {
  readonly #maxKept: number;
  readonly #kept = new Map<string, { readonly known: Known; readonly untilMs: number }>();

  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  /** `null` when nothing is remembered, or not any more. */
  find(key: string, nowMs: number): Known | null {
    const kept = this.#kept.get(key);
    if (kept === undefined) return null;
    if (nowMs < kept.untilMs) return kept.known;
    this.#kept.delete(key);
    return null;
  }

  /** Remembers what was asked at that time; a user no longer than their token holds. */
  keep(key: string, known: Known, askedAtMs: number): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= this.#maxKept) this.#kept.delete(oldest);
    this.#kept.set(key, { known, untilMs: untilMs(known, askedAtMs) });
  }
}

function untilMs(known: Known, askedAtMs: number): number {
  if (known.kind !== 'identified') return askedAtMs + REFUSED_FOR_MS;
  return Math.min(askedAtMs + KNOWN_FOR_MS, known.expiresAtMs ?? Infinity);
}
