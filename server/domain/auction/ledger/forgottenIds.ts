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
    const bits = this.#current;
    const step = secondHashOf(id);
    let hash = firstHashOf(id);
    for (let count = 0; count < HASHES; count += 1) {
      const bit = (hash >>> 0) % BITS;
      bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
      hash = (hash + step) | 0;
    }
  }

  /** False: none was added within the last lifetime. */
  isInUse(elapsedMs: number): boolean {
    this.#turnOver(elapsedMs);
    return this.#current !== null || this.#earlier !== null;
  }

  /** False: it was not added within the last lifetime. */
  mayHave(id: string, elapsedMs: number): boolean {
    if (!this.isInUse(elapsedMs)) return false;
    const [hash, step] = [firstHashOf(id), secondHashOf(id)];
    return holds(this.#current, hash, step) || holds(this.#earlier, hash, step);
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

function holds(generation: Uint32Array | null, firstHash: number, step: number): boolean {
  if (generation === null) return false;
  let hash = firstHash;
  for (let count = 0; count < HASHES; count += 1) {
    const bit = (hash >>> 0) % BITS;
    if (((generation[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    hash = (hash + step) | 0;
  }
  return true;
}

/** FNV-1a. */
function firstHashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** How far the further hashes are apart; odd, so that they reach every bit. */
function secondHashOf(id: string): number {
  let hash = 0x01000193;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return hash | 1;
}
