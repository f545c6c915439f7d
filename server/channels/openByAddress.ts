/** A connection that has to make room for a newer one. */
interface Displaceable {
  displaced(): void;
}

/** The open connections of each address; the oldest makes room where there would be too many (SA10). */
export class OpenByAddress<Connection extends Displaceable> {
  readonly #maxPerAddress: number;
  readonly #addresses = new Map<Connection, string>();
  /** Oldest first. */
  readonly #open = new Map<string, Set<Connection>>();

  /** `maxPerAddress` 0: no bound, and nothing is kept. */
  constructor(maxPerAddress: number) {
    this.#maxPerAddress = maxPerAddress;
  }

  /** False where the address had too many: its oldest connection has made room. */
  add(address: string, connection: Connection): boolean {
    if (this.#maxPerAddress === 0) return true;
    this.#addresses.set(connection, address);
    const open = (this.#open.get(address) ?? new Set<Connection>()).add(connection);
    this.#open.set(address, open);
    if (open.size <= this.#maxPerAddress) return true;
    const [oldest] = open;
    if (oldest === undefined) return true;
    open.delete(oldest);
    oldest.displaced();
    return false;
  }

  /** Nothing where it was not added. */
  remove(connection: Connection): void {
    const address = this.#addresses.get(connection);
    if (address === undefined) return;
    this.#addresses.delete(connection);
    const open = this.#open.get(address);
    open?.delete(connection);
    if (open?.size === 0) this.#open.delete(address);
  }
}
