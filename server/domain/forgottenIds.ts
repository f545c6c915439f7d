/** Bits of one generation: at six million ids in it, one id in fifteen is looked up in vain. */
const BITS = 2 ** 25;
/** How many bits each id sets. */
const HASHES = 4;

/**
 * Which ids may have been forgotten: a Bloom filter of two generations. An id that was added is found for one lifetime
 * at least and two at most; one that was not may be found too, but seldom. Takes no memory before the first id.
 */
export class ForgottenIds {
  readonly #lifetimeMs: number;
  #current: Uint32Array | null = null;
  #earlier: Uint32Array | null = null;
  #sinceMs = 0;

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  add(id: string, elapsedMs: number): void {
    this.#turnOver(elapsedMs);
    this.#current ??= new Uint32Array(BITS / 32);
    for (const bit of bitsOf(id))
      this.#current[bit >>> 5] = (this.#current[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  /** False: none was added within the last lifetime. */
  isInUse(elapsedMs: number): boolean {
    this.#turnOver(elapsedMs);
    return this.#current !== null || this.#earlier !== null;
  }

  /** False: it was not added within the last lifetime. */
  mayHave(id: string, elapsedMs: number): boolean {
    if (!this.isInUse(elapsedMs)) return false;
    const bits = bitsOf(id);
    return holds(this.#current, bits) || holds(this.#earlier, bits);
  }

  #turnOver(elapsedMs: number): void {
    const ageMs = elapsedMs - this.#sinceMs;
    if (ageMs < this.#lifetimeMs) return;
    const isNext = ageMs < 2 * this.#lifetimeMs;
    this.#earlier = isNext ? this.#current : null;
    this.#current = null;
    this.#sinceMs = isNext ? this.#sinceMs + this.#lifetimeMs : elapsedMs;
  }
}

function holds(generation: Uint32Array | null, bits: readonly number[]): boolean {
  return generation !== null && bits.every((bit) => ((generation[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
}

/** By two hashes (FNV-1a from two starting values), from which the others follow. */
function bitsOf(id: string): number[] {
  let one = 0x811c9dc5;
  let two = 0x01000193;
  for (let index = 0; index < id.length; index += 1) {
    const code = id.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x85ebca6b);
    two ^= two >>> 13;
  }
  return Array.from({ length: HASHES }, (_, index) => ((one + Math.imul(index, two | 1)) >>> 0) % BITS);
}
